"""What a report says of predicted distributions: distances, masses, shares."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascls.decision.rule import Rule
from kerascls.evaluation.metrics.bootstrap import Difference
from kerascls.evaluation.metrics.distributions import (
    TITLES,
    MassRow,
    compared_means,
    mass_rows,
    mean_intervals,
    row_distances,
    task_scores,
)
from kerascls.evaluation.metrics.scores import Scores, pad_columns
from kerascls.evaluation.reports.language import ENGLISH, Language
from kerascls.evaluation.reports.markdown_table import markdown_table
from kerascls.evaluation.scored_rows import ScoredRows

if TYPE_CHECKING:
    from kerascls.evaluation.reports.report import Report

TRAINING_MEAN = "the training mean"
# What is known of each label, and its name for people.
SHARES = {
    "true_share": "true share",
    "predicted_share": "predicted share",
    "share_error": "mean absolute error",
}
_LEVEL = 0.95


@dataclass(frozen=True, eq=False, kw_only=True)
class DistributionDetails:
    """What a report knows of distributions beside their mean distances.

    Args:
        intervals: Of the mean of each measure, by its name.
        differences: The classifier's means less those of the training mean, given
            for every row.
        level: Of the intervals.
        masses: What giving the fewest labels that reach a mass misses.
        labels: Names of the labels.
        shares: By name, those of `SHARES`, float64 `(labels,)`: the mean true share,
            the mean predicted share, and how far both are apart in a row on average.
    """

    intervals: dict[str, tuple[float, float]]
    differences: dict[str, Difference]
    level: float
    masses: tuple[MassRow, ...]
    labels: tuple[str, ...]
    shares: dict[str, np.ndarray]

    def to_dict(self) -> dict[str, Any]:
        """Returns everything as plain JSON types."""
        columns = [self.shares[name].tolist() for name in SHARES]
        return {
            "level": self.level,
            "intervals": {name: list(ends) for name, ends in self.intervals.items()},
            "differences": {n: asdict(one) for n, one in self.differences.items()},
            "masses": [asdict(row) for row in self.masses],
            "classes": {
                label: dict(zip(SHARES, row, strict=True))
                for label, *row in zip(self.labels, *columns, strict=True)
            },
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "DistributionDetails":
        """Returns what `to_dict` wrote."""
        classes = values["classes"]
        return cls(
            level=values["level"],
            intervals={
                n: (low, high) for n, (low, high) in values["intervals"].items()
            },
            differences={n: Difference(**d) for n, d in values["differences"].items()},
            masses=tuple(MassRow(**row) for row in values["masses"]),
            labels=tuple(classes),
            shares={
                name: np.array([one[name] for one in classes.values()], np.float64)
                for name in SHARES
            },
        )


def distribution_details(
    scored: ScoredRows, mean_shares: np.ndarray
) -> DistributionDetails:
    """Compares true and predicted distributions, and both with the training mean.

    Args:
        scored: The rows, with weights of labels.
        mean_shares: The mean share of each label in training, float `(known,)`.
    """
    truth, predicted = scored.shares, scored.probabilities.astype(np.float64)
    of_model = row_distances(truth, predicted)
    of_mean = row_distances(truth, _everywhere(scored, mean_shares))
    shares = truth.mean(axis=0), predicted.mean(axis=0), abs(truth - predicted)
    return DistributionDetails(
        intervals=mean_intervals(of_model, level=_LEVEL),
        differences=compared_means(of_mean, of_model, level=_LEVEL),
        level=_LEVEL,
        masses=mass_rows(truth, scored.probabilities),
        labels=scored.labels,
        shares=dict(zip(SHARES, (*shares[:2], shares[2].mean(axis=0)), strict=True)),
    )


def mean_baseline(scored: ScoredRows, mean_shares: np.ndarray, rule: Rule) -> Scores:
    """Returns the scores of the training mean for every row, whatever it says.

    Args:
        scored: The rows, with weights of labels.
        mean_shares: The mean share of each label in training, float `(known,)`.
        rule: How labels are given.
    """
    predicted = _everywhere(scored, mean_shares)
    chosen = rule.apply(predicted[:, : scored.known])
    chosen = pad_columns(chosen, len(scored.labels))
    return task_scores(scored.task, scored.shares, predicted, chosen, scored.labels)


def _everywhere(scored: ScoredRows, mean_shares: np.ndarray) -> np.ndarray:
    known = np.broadcast_to(mean_shares, (len(scored), len(mean_shares)))
    return pad_columns(np.asarray(known, np.float64), len(scored.labels))


def distance_rows(report: "Report", say: Language = ENGLISH) -> list[list[str]]:
    """Returns a heading, and a row of cells for each measure."""
    details, linear = report.distribution, report.linear
    ours, mean = report.scores.distances, report.baseline.distances
    if details is None or ours is None or mean is None:
        return []
    level = f"{100 * details.level:g}"
    headings = [
        say("measure"),
        say("classifier"),
        say("{level} % interval", level=level),
    ]
    headings += [say("the training mean"), say("difference")]
    rows = [
        [
            say(title),
            f"{ours[name]:.4f}",
            _ends(details.intervals[name], say),
            f"{mean[name]:.4f}",
            _changed(details.differences[name]),
        ]
        for name, title in TITLES.items()
    ]
    if linear is not None and linear.scores.distances is not None:
        headings += [say("linear model"), say("difference")]
        for name, row in zip(TITLES, rows, strict=True):
            row += [f"{linear.scores.distances[name]:.4f}"]
            row += [_changed(linear.differences[name])]
    return [headings, *rows]


def distance_records(report: "Report") -> list[list[object]]:
    """Returns a header, and the numbers of each measure in full."""
    details, linear = report.distribution, report.linear
    header = ["measure", "classifier", "low", "high", "training_mean"]
    header += ["difference", "difference_low", "difference_high"]
    header += ["linear", *(f"linear_{name}" for name in header[5:])]
    records: list[list[object]] = [[*header]]
    theirs = {} if linear is None else linear.scores.distances or {}
    if details is None:
        return records
    for name, ends in details.intervals.items():
        one = details.differences[name]
        record: list[object] = [name, one.b, *ends, one.a]
        record += [one.difference, one.low, one.high]
        if linear is not None and name in theirs:
            other = linear.differences[name]
            record += [theirs[name], other.difference, other.low, other.high]
        records.append(record)
    return records


def mass_records(details: DistributionDetails) -> list[list[object]]:
    """Returns a header, and the numbers of each mass in full."""
    return [
        [field.name for field in fields(MassRow)],
        *([*asdict(row).values()] for row in details.masses),
    ]


def mass_table(
    details: DistributionDetails, say: Language = ENGLISH
) -> list[list[str]]:
    """Returns a heading, and a row of cells for each mass."""
    return [
        [
            say("mass"),
            say("labels in a row"),
            say("missed mass"),
            say("expected"),
            say("rows without the top label"),
        ],
        *(
            [
                f"{row.mass:.2f}",
                f"{row.labels:.2f}",
                f"{row.missed_mass:.4f}",
                f"{row.expected_mass:.4f}",
                f"{row.missed_top:.4f}",
            ]
            for row in details.masses
        ),
    ]


def meanings(say: Language = ENGLISH) -> list[str]:
    """Returns what the numbers mean, a sentence a line."""
    return [
        say(
            "Smaller is better: KL, Jensen-Shannon, Chebyshev, Clark, Canberra; larger "
            "is better: cosine, intersection, top-1 (rows whose likeliest label has "
            "the largest true share)."
        ),
        say(
            "Mass: the fewest labels whose probabilities reach it are given; missed "
            "mass is the true share of all other labels, expected is their predicted "
            "share."
        ),
        say(
            "Precision, recall and F1 compare the labels given with those of a true "
            "share above 0."
        ),
    ]


def distribution_markdown(report: "Report", say: Language = ENGLISH) -> list[str]:
    """Returns lines of Markdown: distances, and what is missed at each mass."""
    if report.distribution is None:
        return []
    return [
        "",
        f"## {say('Distributions')}",
        "",
        *(f"- {line}" for line in meanings(say)),
        "",
        *_table(distance_rows(report, say)),
        "",
        *_table(mass_table(report.distribution, say)),
    ]


def _table(rows: list[list[str]]) -> list[str]:
    return markdown_table(rows[0], rows[1:])


def _ends(ends: tuple[float, float], say: Language) -> str:
    low, high = (f"{end:.4f}" for end in ends)
    return say("{low} to {high}", low=low, high=high)


def _changed(one: Difference) -> str:
    return f"{one.difference:+.4f} [{one.low:+.4f}, {one.high:+.4f}]"
