"""All that a prepared run consists of."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerascls.data.labelled_text import LabelledText
from kerascls.decision.fit_decision import check_decision
from kerascls.preprocessing.input_spec import InputSpec
from kerascls.settings.run_settings import RunSettings
from kerascls.settings.training import class_of_score
from kerascls.system.console import Screen
from kerascls.system.extras import TRAINING, require_keras, require_trackers
from kerascls.training.choose_start import choose_start
from kerascls.training.preparation import load_labelled_text
from kerascls.training.run_directory import RunDirectory
from kerascls.training.starting_point import StartingPoint

if TYPE_CHECKING:
    from keras.callbacks import Callback


@dataclass(frozen=True)
class Job:
    """All that a prepared run consists of."""

    run: RunDirectory
    settings: RunSettings
    data: LabelledText
    start: StartingPoint
    screen: Screen
    cache: bool
    resume: bool
    callbacks: "tuple[Callback, ...]"


def prepare(
    settings: RunSettings, screen: Screen
) -> tuple[RunSettings, LabelledText, StartingPoint]:
    """Does all that can show a mistake of the user's before Keras is loaded.

    Args:
        settings: Those that were given.
        screen: Where progress goes.

    Returns:
        The settings with every value filled in, the parts, and what to start from.

    Raises:
        KerasclsError: When data, settings or checkpoint cannot be used.
    """
    require_keras("Training", *TRAINING)
    require_trackers(settings.train.track)
    with screen.bars() as bars:
        data = load_labelled_text(settings.data, settings.split_seed, bars)
    check_decision(settings.decision, data.task, tuple(data.label_set))
    label = class_of_score(settings.train.best_by)
    if label is not None:
        data.label_set.column(label)
    start = choose_start(settings.model, data)
    return start.resolve(settings), data, start


def input_spec(
    settings: RunSettings, data: LabelledText, start: StartingPoint
) -> InputSpec:
    """Returns how this run's texts become batches, as the bundle stores it."""
    dataset = data.parts["train"].dataset
    return InputSpec(
        text_columns=dataset.text_columns,
        label_column=dataset.label_column,
        pair=settings.data.text_pair is not None,
        do_lower_case=start.tokenizer.do_lower_case,
        max_tokens=settings.model.max_tokens,
        truncate=settings.model.truncate,
    )
