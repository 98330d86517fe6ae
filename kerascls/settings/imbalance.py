"""Settings of what is done about labels that few rows have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from kerascls.data.labels import LABEL_TASKS, Task
from kerascls.settings.group import Group, NameIn

_BOTH = LABEL_TASKS
_LOSSES = "kerascls.training.losses"
_SAMPLERS = "kerascls.data.sampling"


@dataclass(frozen=True, kw_only=True)
class Method:
    """One way to learn from skewed labels.

    Args:
        title: One line for people.
        loss: `module:function` of `(task, counts, settings, label_smoothing)` that
            returns a Keras loss on logits, `counts` being the `LabelCounts` of the
            training rows.
        sampler: `module:function` of `(targets, task, seed, **parameters)` that returns
            a `Sampler` of training rows; None for each row once an epoch.
        tasks: For which targets it is defined.
        parameters: Fields of `ImbalanceSettings` that it follows.
        packages: Import names out of `EXTRAS` that it needs where a row has one label.
        mixes_lengths: Whether a batch has to have texts of any length. Sorted by it,
            batches have the labels of texts as long, and none is like the epoch.
    """

    title: str
    loss: str = f"{_LOSSES}.cross_entropy:plain_loss"
    sampler: str | None = None
    tasks: tuple[Task, ...] = _BOTH
    parameters: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    mixes_lengths: bool = False


METHODS: dict[str, Method] = {
    "none": Method(title="each row and label alike", tasks=tuple(Task)),
    "class_weight": Method(
        title="a label counts by the inverse of its rows",
        loss=f"{_LOSSES}.weighted:class_weight_loss",
        parameters=("weight_power", "max_weight"),
    ),
    "pos_weight": Method(
        title="a label's yes counts by how many rows have a no for each",
        loss=f"{_LOSSES}.weighted:pos_weight_loss",
        tasks=(Task.MULTILABEL,),
        parameters=("weight_power", "max_weight"),
    ),
    "focal": Method(
        title="what is right already counts less",
        loss=f"{_LOSSES}.focal:focal_loss",
        parameters=("focal_gamma", "focal_alpha"),
    ),
    "class_balanced": Method(
        title="a label counts by the inverse of its effective rows",
        loss=f"{_LOSSES}.weighted:class_balanced_loss",
        parameters=("class_balanced_beta",),
    ),
    "asymmetric": Method(
        title="easy negatives count less than easy positives",
        loss=f"{_LOSSES}.asymmetric:asymmetric_loss",
        parameters=("gamma_negative", "gamma_positive", "negative_margin"),
    ),
    "distribution_balanced": Method(
        title="weights that know of other labels of a row, and lenient negatives",
        loss=f"{_LOSSES}.distribution_balanced:distribution_balanced_loss",
        tasks=(Task.MULTILABEL,),
        parameters=(
            *("map_alpha", "map_beta", "map_mu", "negative_scale", "bias_kappa"),
            "focal_gamma",
        ),
    ),
    "logit_adjustment": Method(
        title="logits are compared after adding how frequent each label is",
        loss=f"{_LOSSES}.margins:logit_adjusted_loss",
        parameters=("logit_tau",),
    ),
    "ldam": Method(
        title="rarer labels are asked for a larger margin",
        loss=f"{_LOSSES}.margins:ldam_loss",
        parameters=("ldam_margin",),
    ),
    "zlpr": Method(
        title="each label of a row above zero and above each that it has not",
        loss=f"{_LOSSES}.pairwise:zlpr_loss",
        tasks=(Task.MULTILABEL,),
    ),
    "oversample": Method(
        title="rows of rare labels come more often",
        sampler=f"{_SAMPLERS}:oversampler",
        parameters=("sampling_rule", "sampling_share"),
        packages=("imblearn",),
    ),
    "undersample": Method(
        title="rows of frequent labels come less often",
        sampler=f"{_SAMPLERS}:undersampler",
        parameters=("sampling_rule", "sampling_share"),
        packages=("imblearn",),
    ),
    "balanced_batches": Method(
        title="each label is as likely in an epoch, rows being drawn with replacement",
        sampler=f"{_SAMPLERS}:balanced_sampler",
        parameters=("balance_power",),
        mixes_lengths=True,
    ),
}
# Parameters that mean nothing where each row has one label.
OF_MULTILABEL = ("focal_alpha", "negative_margin", "sampling_rule", "sampling_share")
MethodName = Annotated[str, AfterValidator(NameIn(METHODS, "imbalance"))]


class ImbalanceSettings(Group):
    """What is done about labels that few rows have."""

    method: MethodName = Field(
        "none",
        description="How training treats skewed labels: "
        + ", ".join(f"{name} ({row.title})" for name, row in METHODS.items())
        + ".",
    )
    weight_power: float = Field(
        1.0,
        gt=0,
        le=1,
        description="Of class_weight and pos_weight: 1 for the inverse of a label's "
        "rows, 0.5 for its root.",
    )
    max_weight: float = Field(
        100.0, ge=1, description="Largest weight, where the smallest is 1."
    )
    focal_gamma: float = Field(
        2.0, ge=0, description="How much less what is right counts; 0 for not at all."
    )
    focal_alpha: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="Share of positives in the focal loss, multilabel only. Default: "
        "both alike.",
    )
    class_balanced_beta: float = Field(
        0.999, ge=0, lt=1, description="Overlap of rows: 0 for no weights at all."
    )
    gamma_negative: float = Field(
        4.0, ge=0, description="Focus of the asymmetric loss on hard negatives."
    )
    gamma_positive: float = Field(
        1.0, ge=0, description="Focus of the asymmetric loss on hard positives."
    )
    negative_margin: float = Field(
        0.05,
        ge=0,
        lt=1,
        description="Probability below which a negative does not count in the "
        "asymmetric loss, multilabel only.",
    )
    map_alpha: float = Field(
        0.1, ge=0, description="Least weight of distribution_balanced."
    )
    map_beta: float = Field(
        10.0, gt=0, description="Slope of the weights of distribution_balanced."
    )
    map_mu: float = Field(
        0.9, ge=0, description="Centre of the weights of distribution_balanced."
    )
    negative_scale: float = Field(
        2.0, ge=1, description="How lenient distribution_balanced is to negatives."
    )
    bias_kappa: float = Field(
        0.05, ge=0, description="How much distribution_balanced asks of rare labels."
    )
    logit_tau: float = Field(
        1.0, ge=0, description="How much of the frequency is added to a logit."
    )
    ldam_margin: float = Field(
        3.0, ge=0, description="Margin of the rarest label, in logits."
    )
    sampling_rule: Literal["label_set", "label"] = Field(
        "label",
        description="Of multilabel rows: which are rare, sets of labels or labels.",
    )
    sampling_share: float = Field(
        0.25,
        gt=0,
        description="Most rows that are added or left out, as a share of all, "
        "multilabel only.",
    )
    balance_power: float = Field(
        1.0,
        ge=0,
        le=1,
        description="Of balanced_batches: 1 for each label alike, 0 for by its rows.",
    )
    augment_below: int | None = Field(
        None,
        ge=1,
        description="Add edited copies of rows of labels that have fewer rows than "
        "this in train, up to it. Default: none.",
    )
    augment_copies: int = Field(4, ge=1, description="Most edited copies of one row.")
    augment_share: float = Field(
        0.1, gt=0, lt=1, description="Share of characters or words that is edited."
    )


def method_of(settings: ImbalanceSettings) -> Method:
    """Returns the method that the settings name."""
    return METHODS[settings.method]


def parameters_of(methods: Mapping[str, Method]) -> dict[str, tuple[str, ...]]:
    """Returns, for each parameter, the methods that follow it."""
    found: dict[str, tuple[str, ...]] = {}
    for name, row in methods.items():
        for parameter in row.parameters:
            found[parameter] = (*found.get(parameter, ()), name)
    return found
