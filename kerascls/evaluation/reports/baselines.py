"""What a classifier has to beat: the linear model, and labels given without looking."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascls.data.labels import Task
from kerascls.evaluation.metrics.bootstrap import Difference, paired_bootstrap
from kerascls.evaluation.metrics.distributions import (
    TITLES,
    compared_means,
    row_distances,
)
from kerascls.evaluation.metrics.resampling import HEADLINE
from kerascls.evaluation.metrics.scores import Scores, averages, score
from kerascls.evaluation.reports.best_member import BestMember
from kerascls.evaluation.reports.language import ENGLISH, Language
from kerascls.settings.training import is_smaller_better

if TYPE_CHECKING:
    from kerascls.evaluation.reports.distributions import DistributionDetails
    from kerascls.evaluation.reports.report import Report

# For people; `SCORE_NAMES` are said in the language of the report.
SCORE_NAMES = {name: name.replace("_f1", "-F1") for name in HEADLINE} | TITLES
# What they are told apart by, the first saying who wins.
JUDGED_BY = {
    Task.MULTICLASS: ("macro_f1", "accuracy"),
    Task.MULTILABEL: ("macro_f1", "micro_f1"),
    Task.DISTRIBUTION: ("kl", "jensen_shannon"),
}


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearBaseline:
    """How a linear model does on the same rows, and how the classifier differs.

    Args:
        how: How it was trained, for people.
        seconds: How long that took.
        scores: Its scores.
        differences: By name of a headline score, the classifier's less the linear's.
        level: Of their intervals.
        terms: What `how` says, by name, for other languages; earlier reports have none.
    """

    how: str
    seconds: float
    scores: Scores
    differences: dict[str, Difference]
    level: float
    terms: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Returns everything as plain JSON types."""
        return {
            "how": self.how,
            "seconds": self.seconds,
            "scores": self.scores.to_dict(),
            "differences": {n: asdict(d) for n, d in self.differences.items()},
            "level": self.level,
            "terms": self.terms,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "LinearBaseline":
        """Returns what `to_dict` wrote."""
        differences = values["differences"].items()
        changes = {
            "scores": Scores.from_dict(values["scores"]),
            "differences": {name: Difference(**one) for name, one in differences},
        }
        return cls(**{**values, **changes})


def compared_with_linear(
    targets: np.ndarray,
    linear: np.ndarray,
    chosen: np.ndarray,
    labels: tuple[str, ...],
    how: str,
    seconds: float,
    terms: Mapping[str, str] | None = None,
) -> LinearBaseline:
    """Scores the linear model and tests the difference with the paired bootstrap.

    Args:
        targets: bool `(rows, labels)`, the labels that are true.
        linear: bool `(rows, labels)`, those that the linear model gives.
        chosen: bool `(rows, labels)`, those that the classifier gives.
        labels: Names of the columns.
        how: How the linear model was trained.
        seconds: How long that took.
        terms: What `how` says, by name.
    """
    bootstrap = paired_bootstrap(targets, linear, chosen)
    return LinearBaseline(
        how=how,
        seconds=round(seconds, 1),
        scores=score(targets, linear, labels),
        differences=bootstrap.headline,
        level=bootstrap.level,
        terms=dict(terms or {}),
    )


def with_distances(
    linear: LinearBaseline,
    shares: np.ndarray,
    of_linear: np.ndarray,
    probabilities: np.ndarray,
) -> LinearBaseline:
    """Returns the comparison with that of predicted distributions beside.

    Args:
        linear: That of the labels given.
        shares: float `(rows, labels)`, the true shares.
        of_linear: Probabilities of the linear model, of the same shape.
        probabilities: Those of the classifier.
    """
    a, b = row_distances(shares, of_linear), row_distances(shares, probabilities)
    means = {name: float(values.mean()) for name, values in a.items()}
    differences = compared_means(a, b, level=linear.level)
    return replace(
        linear,
        scores=replace(linear.scores, distances=means),
        differences=linear.differences | differences,
    )


def all_labels_baseline(
    targets: np.ndarray, known: int, labels: tuple[str, ...]
) -> Scores:
    """Returns the scores of giving every row the first `known` labels."""
    given = np.zeros(targets.shape, np.bool_)
    given[:, :known] = True
    return score(targets, given, labels)


def baseline_lines(report: "Report", say: Language = ENGLISH) -> list[str]:
    """Returns what is to be beaten, and whether it is, a sentence a line."""
    if report.distribution is not None:
        return _mean_lines(report, report.distribution, say)
    label = say("'{label}'", label=report.baseline_label)
    always = say("{label} always", label=label)
    lines = [
        say(
            "Always {label}: {scores}.",
            label=label,
            scores=numbers(report.baseline, say),
        )
    ]
    all_labels = report.all_labels
    if all_labels is not None:
        scores = numbers(all_labels, say)
        lines.append(say("All labels always: {scores}.", scores=scores))
    if report.linear is not None:
        lines += _linear_lines(report.linear, report.task, say)
    if report.best_member is not None:
        lines += _member_lines(report.best_member, report.task, say)
    lines += _not_beaten(report, report.baseline, always, say)
    if all_labels is not None:
        lines += _not_beaten(report, all_labels, say("all labels always"), say)
    return lines


def numbers(scores: Scores, say: Language) -> str:
    """Returns the scores that are told of each baseline."""
    if scores.distances is not None:
        told = ("kl", "jensen_shannon", "top_1")
        return say(", ").join(
            f"{say(TITLES[name])} {scores.distances[name]:.4f}" for name in told
        )
    return say(
        "accuracy {accuracy}, micro-F1 {micro}, macro-F1 {macro}",
        accuracy=f"{scores.accuracy:.4f}",
        micro=f"{scores.micro.f1:.4f}",
        macro=f"{scores.macro.f1:.4f}",
    )


def _mean_lines(
    report: "Report", details: "DistributionDetails", say: Language
) -> list[str]:
    lines = [
        say("This classifier: {scores}.", scores=numbers(report.scores, say)),
        say(
            "Always the training mean: {scores}.", scores=numbers(report.baseline, say)
        ),
    ]
    if report.linear is not None:
        lines += _linear_lines(report.linear, report.task, say)
    verdict = _verdict(
        details,
        report.task,
        say,
        better=say("Beats the training mean"),
        unsure=say("NOT SURELY BETTER THAN THE TRAINING MEAN, whatever is read"),
        worse=say("WORSE THAN THE TRAINING MEAN, whatever is read"),
    )
    return [*lines, verdict]


def _linear_lines(linear: LinearBaseline, task: Task, say: Language) -> list[str]:
    return [
        say(
            "Linear model on the same rows ({how}; {seconds} s): {scores}.",
            how=_how(linear, say),
            seconds=f"{linear.seconds:.1f}",
            scores=numbers(linear.scores, say),
        ),
        _verdict(
            linear,
            task,
            say,
            better=say("Beats the linear model"),
            unsure=say("Not surely better than the linear model"),
            worse=say("WORSE THAN THE LINEAR MODEL, which `fit --model linear` trains"),
        ),
    ]


def _member_lines(best: BestMember, task: Task, say: Language) -> list[str]:
    return [
        say(
            "Best member on the same rows ({name}): {scores}.",
            name=best.name,
            scores=numbers(best.scores, say),
        ),
        _verdict(
            best,
            task,
            say,
            better=say("Beats its best member"),
            unsure=say("Not surely better than its best member"),
            worse=say("WORSE THAN ITS BEST MEMBER"),
        ),
    ]


def _verdict(
    compared: "LinearBaseline | BestMember | DistributionDetails",
    task: Task,
    say: Language,
    *,
    better: str,
    unsure: str,
    worse: str,
) -> str:
    names = JUDGED_BY[task]
    first = compared.differences[names[0]]
    low, high = first.low, first.high
    if is_smaller_better(names[0]):
        low, high = -high, -low
    by = (_difference(name, compared.differences[name], say) for name in names)
    return say(
        "{verdict}: {by} ({level} % intervals).",
        verdict=better if low > 0 else worse if high < 0 else unsure,
        by=say(", ").join(by),
        level=f"{100 * compared.level:g}",
    )


def _how(linear: LinearBaseline, say: Language) -> str:
    if say.code == ENGLISH.code or not linear.terms:
        return linear.how
    words = {name: say(text) for name, text in linear.terms.items()}
    how = say(
        "{ngrams} n-grams of 1 and 2 {unit}, {model}, C {strength}, class weights "
        "{weights}",
        **words,
    )
    if "rows" in words:
        how += say(" of {rows} of {all_rows} rows", **words)
    return how


def _difference(name: str, one: Difference, say: Language) -> str:
    return say(
        "{score} by {difference} [{low}, {high}]",
        score=say(SCORE_NAMES[name]),
        difference=f"{one.difference:+.4f}",
        low=f"{one.low:+.4f}",
        high=f"{one.high:+.4f}",
    )


def _not_beaten(report: "Report", scores: Scores, who: str, say: Language) -> list[str]:
    ours, theirs = averages(report.scores), averages(scores)
    names = [n for n in JUDGED_BY[report.task] if ours[n] <= theirs[n]]
    if not names:
        return []
    by = say(", ").join(
        say(
            "{score} {ours}, not above {theirs}",
            score=say(SCORE_NAMES[n]),
            ours=f"{ours[n]:.4f}",
            theirs=f"{theirs[n]:.4f}",
        )
        for n in names
    )
    return [say("NO BETTER THAN GIVING {who}: {by}.", who=who, by=by)]
