"""The settings of training: what is varied most, and what each is good for."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from kerascls.data.labels import Task
from kerascls.errors import SettingsError
from kerascls.models.linear.config import LINEAR_LOSSES
from kerascls.settings.group import JSON_OBJECT, ONE_OR_MORE, Group, NameIn

# Of predicted distributions, and whether the smaller of two is the better.
DISTANCES = {
    "kl": True,
    "jensen_shannon": True,
    "cosine": False,
    "intersection": False,
    "chebyshev": True,
    "clark": True,
    "canberra": True,
    "top_1": False,
}
_OF_LABELS = (
    *("macro_f1", "micro_f1", "weighted_f1", "macro_precision", "macro_recall"),
    *("accuracy", "loss"),
)
SCORES = (*_OF_LABELS, *DISTANCES)
CLASS_SCORES = ("precision", "recall", "f1")

# `module:function` of `(folder, name, settings)` that returns Keras callbacks. The
# folder is the tracker's own, of its name in the run directory; packages that it needs
# are an extra of its name.
TRACKERS = {
    "tensorboard": "kerascls.training.tracking.runs:start_tensorboard",
    "mlflow": "kerascls.training.tracking.runs:start_mlflow",
    "wandb": "kerascls.training.tracking.runs:start_wandb",
}
# Of reports. The words are in `evaluation/reports/languages/`.
LANGUAGES = {"en": "English", "zh": "Chinese"}
LinearLossName = Annotated[str, AfterValidator(NameIn(LINEAR_LOSSES, "linear_loss"))]
LabelWeights = Annotated[dict[str, Annotated[float, Field(gt=0)]], JSON_OBJECT]
LanguageName = Annotated[str, AfterValidator(NameIn(LANGUAGES, "language"))]
Tracker = Annotated[str, AfterValidator(NameIn(TRACKERS, "track"))]


class TrainSettings(Group):
    """How the weights are fitted."""

    batch_size: int | None = Field(
        None, ge=1, description="Rows per step. Default: the preset's."
    )
    accumulate_steps: int = Field(
        1,
        ge=1,
        description="Pieces in which a batch is computed, to save memory; the result "
        "is that of the whole batch.",
    )
    epochs: int | None = Field(
        None,
        ge=1,
        description="Most passes over train. Default: the preset's; 20 for a frozen "
        "encoder.",
    )
    learning_rate: float | None = Field(
        None,
        gt=0,
        description="Peak learning rate of AdamW. Default: the preset's; 0.01 for a "
        "frozen encoder.",
    )
    layer_decay: float = Field(
        1.0,
        gt=0,
        le=1,
        description="Factor on the learning rate from one layer to the one below.",
    )
    weight_decay: float = Field(
        0.01, ge=0, description="Decay of all weights but norms and biases."
    )
    warmup_share: float = Field(
        0.1, ge=0, lt=1, description="Share of all steps with a rising learning rate."
    )
    clip_norm: float = Field(1.0, gt=0, description="Longest gradient, global norm.")
    freeze_encoder: bool = Field(
        False, description="Train the head alone, on features computed once and kept."
    )
    freeze_layers: int = Field(
        0,
        ge=0,
        description="Keep so many layers from below as they are, and the embeddings.",
    )
    ema_momentum: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="Score and ship a moving average of the weights, 0.999 for "
        "example. Default: none.",
    )
    linear_loss: LinearLossName = Field(
        "squared_hinge",
        description="What the linear model makes small: "
        + ", ".join(f"{name} ({row.meaning})" for name, row in LINEAR_LOSSES.items())
        + ".",
    )
    label_weights: LabelWeights = Field(
        {},
        description="How much rows of a label count, 1 where it is not named; a row "
        'with several has their mean. As {"LABEL": 2.5} in JSON.',
    )
    label_smoothing: float = Field(
        0.0, ge=0, lt=1, description="Share of a target spread over all labels."
    )
    r_drop: float = Field(
        0.0,
        ge=0,
        description="Weight of R-Drop's penalty on two passes with different dropout.",
    )
    fgm: float = Field(
        0.0,
        ge=0,
        description="Length of an adversarial step on the word embeddings (FGM).",
    )
    best_by: str = Field(
        "macro_f1",
        description="Validation score that chooses the best weights, and by which "
        f"training stops early: {', '.join(_OF_LABELS)}; of one class f1:LABEL, "
        "precision:LABEL or recall:LABEL; of distributions "
        f"{', '.join(DISTANCES)}. Default for distributions: kl.",
    )
    patience_epochs: int = Field(
        3, ge=1, description="Epochs without a better validation score before stopping."
    )
    validate_steps: int | None = Field(
        None, ge=1, description="Steps between validations. Default: an epoch's."
    )
    max_steps: int | None = Field(
        None,
        ge=1,
        description="Most steps, within the epochs; the learning rate has fallen by "
        "then. Default: those of all epochs.",
    )
    max_minutes: float | None = Field(
        None, gt=0, description="Stop after so many minutes. Default: no limit."
    )
    save_minutes: float = Field(
        5.0, gt=0, description="Minutes between states that --resume can start from."
    )
    save_steps: int | None = Field(
        None, ge=1, description="Steps between such states. Default: by minutes alone."
    )
    seed: int = Field(
        42, ge=0, lt=2**31, description="Seed of weights, order, dropout and split."
    )
    precision: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "auto", description="Number format of the arithmetic; auto: by the device."
    )
    compile: Literal["auto", "on", "off"] = Field(
        "auto", description="Compile the step with XLA; auto: by the device."
    )
    devices: int = Field(
        1, ge=1, description="Devices that share each batch (data parallel)."
    )
    track: Annotated[tuple[Tracker, ...], ONE_OR_MORE] = Field(
        (), description=f"Also record with {', '.join(TRACKERS)}; repeatable."
    )

    baseline: bool = Field(
        True,
        description="Also train the linear model on the same rows, in seconds, and say "
        "by how much it is beaten.",
    )
    language: LanguageName = Field(
        "en",
        description="Language of report.html, report.md and plots: "
        + ", ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
        + ".",
    )

    @model_validator(mode="before")
    @classmethod
    def _without_former_loss(cls, values: Any) -> Any:
        return without_former(values) if isinstance(values, dict) else values

    @field_validator("best_by")
    @classmethod
    def _known_score(cls, name: str) -> str:
        return checked_score(name)

    @model_validator(mode="after")
    def _frozen_once(self) -> Self:
        if self.freeze_encoder and self.freeze_layers:
            raise ValueError("freeze_encoder includes freeze_layers: give one of them")
        if self.freeze_encoder and self.layer_decay < 1:
            raise ValueError("layer_decay slows the encoder, which is frozen here")
        if self.fgm and (self.freeze_encoder or self.freeze_layers):
            raise ValueError("fgm moves word embeddings, which are frozen here")
        if self.linear_loss != "squared_hinge" and not self.baseline:
            raise ValueError(
                "linear_loss is of the linear model, which is left out here"
            )
        return self


def without_former(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns settings of training without what earlier versions wrote beside them.

    There was one `loss` alone, which is now what `imbalance.method` is by default.
    """
    has_former = values.get("loss") == "cross_entropy"
    return {k: v for k, v in values.items() if not (has_former and k == "loss")}


def checked_score(name: str) -> str:
    """Returns the name of a validation score, of `SCORES` or such as `f1:LABEL`.

    Raises:
        SettingsError: When it is neither.
    """
    kind, _, label = name.partition(":")
    if name in SCORES or (kind in CLASS_SCORES and label):
        return name
    raise SettingsError(
        f"Expected a validation score: {', '.join(SCORES)}, or one of one class: "
        f"f1:LABEL, precision:LABEL, recall:LABEL. Received: best_by={name!r}. "
        f"Choose one of them."
    )


def is_smaller_better(name: str) -> bool:
    """Returns whether the smaller of two values of a score is the better."""
    return name == "loss" or DISTANCES.get(name, False)


def settled(settings: TrainSettings, task: Task) -> TrainSettings:
    """Returns the settings with the score to choose by that a task has by default.

    Raises:
        SettingsError: When the task has no such score.
    """
    if task.has_weights and "best_by" not in settings.model_fields_set:
        return settings.model_copy(update={"best_by": "kl"})
    if settings.best_by in DISTANCES and not task.has_weights:
        raise SettingsError(
            f"Expected a validation score that the task has. Received: best_by="
            f"{settings.best_by!r}, which is of distributions, task={task.value!r}. "
            f"Leave it out, or choose --set train.best_by=macro_f1."
        )
    return settings


def class_of_score(name: str) -> str | None:
    """Returns the label that a score is about; None where it is about all."""
    return None if name in SCORES else name.partition(":")[2]
