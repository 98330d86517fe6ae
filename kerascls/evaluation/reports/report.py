"""Everything an evaluation has to say, as one value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.errors import BundleError
from kerascls.evaluation.metrics.scores import Scores, score
from kerascls.evaluation.reports.baselines import LinearBaseline
from kerascls.evaluation.reports.best_member import BestMember
from kerascls.evaluation.reports.details import Details
from kerascls.evaluation.reports.distributions import DistributionDetails
from kerascls.evaluation.reports.features import Features
from kerascls.evaluation.reports.label_effects import LabelEffects
from kerascls.evaluation.reports.language import Language

# What earlier versions did not write, like the notes.
_OPTIONAL: dict[str, Any] = {
    "details": Details,
    "all_labels": Scores,
    "linear": LinearBaseline,
    "features": Features,
    "best_member": BestMember,
    "at_half": Scores,
    "label_effects": LabelEffects,
    "distribution": DistributionDetails,
}


TEST_PART = ", test part"


@dataclass(frozen=True, eq=False, kw_only=True)
class Report:
    """Scores on some data, and what is needed to judge them.

    Args:
        task: `"multiclass"`, `"multilabel"` or `"distribution"`.
        scores: The scores, labels unseen in training included.
        baseline: Scores of giving every row the most frequent training label; of
            distributions, the mean of those of training.
        baseline_label: That label, or what the mean is called.
        rule: How probabilities became labels.
        train_support: Training rows of each label.
        unseen: Rows of each label that the training data did not have.
        source: Where the rows came from, e.g. a file name.
        details: Scores of probabilities and of rows, and intervals; None where they
            were not computed.
        notes: What should be known of the rows and their labels, a line each.
        all_labels: Scores of giving every row all labels, for multilabel.
        linear: How a linear model does on the same rows, where one was trained.
        features: What speaks for each label, where the model can tell.
        best_member: How the best of the classifiers does that it was made of.
        at_half: Scores of giving each label from probability 0.5 on, before
            calibration, for multilabel where the decision is another.
        label_effects: What training did about skewed labels; None where nothing.
        distribution: How far predicted distributions are from true ones; None of other
            tasks.
    """

    task: Task
    scores: Scores
    baseline: Scores
    baseline_label: str
    rule: Rule
    train_support: dict[str, int] = field(default_factory=dict)
    unseen: dict[str, int] = field(default_factory=dict)
    source: str = ""
    details: Details | None = None
    notes: tuple[str, ...] = ()
    all_labels: Scores | None = None
    linear: LinearBaseline | None = None
    features: Features | None = None
    best_member: BestMember | None = None
    at_half: Scores | None = None
    label_effects: LabelEffects | None = None
    distribution: DistributionDetails | None = None

    def source_in(self, say: Language) -> str:
        """Returns where the rows came from, in the words of a language."""
        name = self.source.removesuffix(TEST_PART)
        return name if name == self.source else say("{name}, test part", name=name)

    def _repr_html_(self) -> str:
        from kerascls.evaluation.reports.notebook import report_html_lines

        return report_html_lines(self)

    def to_dict(self) -> dict[str, Any]:
        """Returns the report as plain JSON types."""
        return {
            "source": self.source,
            "task": str(self.task),
            "rule": self.rule.to_dict(),
            "scores": self.scores.to_dict(),
            "baseline_label": self.baseline_label,
            "baseline": self.baseline.to_dict(),
            "unseen": dict(self.unseen),
            "train_support": dict(self.train_support),
            "notes": list(self.notes),
            **{
                name: None if (one := getattr(self, name)) is None else one.to_dict()
                for name in _OPTIONAL
            },
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Report":
        """Returns the report that `to_dict` wrote; earlier ones lacked some keys.

        Raises:
            BundleError: When a key is missing or unknown.
        """
        names = {field.name for field in fields(cls)}
        if {*values, *_OPTIONAL, "notes"} != names:
            raise BundleError(
                f"A stored report has the keys {', '.join(sorted(names))}. Received: "
                f"keys={sorted(values)}. It was damaged, or written by another "
                f"version: evaluate once more, or read it with that version."
            )
        return cls(
            **{
                **values,
                "task": Task(values["task"]),
                "rule": Rule.from_dict(values["rule"]),
                "scores": Scores.from_dict(values["scores"]),
                "baseline": Scores.from_dict(values["baseline"]),
                "notes": tuple(values.get("notes", ())),
                **{
                    name: kind.from_dict(values[name]) if values.get(name) else None
                    for name, kind in _OPTIONAL.items()
                },
            }
        )


def majority_baseline(
    targets: np.ndarray, train_counts: np.ndarray, labels: Sequence[str]
) -> tuple[str, Scores]:
    """Returns the most frequent training label, and scores of it for every row.

    Args:
        targets: bool `(rows, num_classes)`, the labels that are true.
        train_counts: int `(known,)`, training rows of each label; the first of
            several largest counts.
        labels: Names of the `num_classes` columns.
    """
    column = int(np.argmax(train_counts))
    predicted = np.zeros(targets.shape, np.bool_)
    predicted[:, column] = True
    return labels[column], score(targets, predicted, labels)
