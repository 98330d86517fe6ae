"""What a training consists of, prepared and checked before Keras is loaded."""

from dataclasses import dataclass
from functools import cached_property
from typing import cast

from kerascls.data.labelled_text import LabelledText
from kerascls.decision.fit_decision import check_decision
from kerascls.preprocessing.input_spec import InputSpec
from kerascls.preprocessing.sequence_layout import Layout
from kerascls.preprocessing.token_store import TokenStore
from kerascls.settings.run_settings import RunSettings
from kerascls.settings.training import TrainSettings, class_of_score
from kerascls.system.console import Screen
from kerascls.system.extras import TRAINING, require_keras, require_trackers
from kerascls.training.choose_start import choose_start
from kerascls.training.preparation import load_labelled_text, tokenize_parts
from kerascls.training.starting_point import StartingPoint


@dataclass(frozen=True, eq=False)
class Job:
    """What a training consists of, all but where it goes; see `prepare`.

    The settings have every value filled in. With `cache`, token ids, and features of a
    frozen encoder, are kept for the next run on the same file.
    """

    settings: RunSettings
    data: LabelledText
    start: StartingPoint
    screen: Screen
    cache: bool = True

    @cached_property
    def stores(self) -> dict[str, TokenStore]:
        """Token ids of each part, made when they are first asked for."""
        tokenizer, screen = self.start.tokenizer, self.screen
        with screen.bars() as bars:
            return tokenize_parts(self.data, tokenizer, self.cache, bars, screen.say)

    @cached_property
    def layout(self) -> Layout:
        """Truncation and special tokens."""
        return self.input_spec.layout(self.start.tokenizer)

    @property
    def input_spec(self) -> InputSpec:
        """How texts become batches, as the bundle stores it."""
        dataset = self.data.parts["train"].dataset
        return InputSpec(
            text_columns=dataset.text_columns,
            label_column=dataset.label_column,
            pair=self.settings.data.text_pair is not None,
            do_lower_case=self.start.tokenizer.do_lower_case,
            max_tokens=cast("int", self.settings.model.max_tokens),
            truncate=self.settings.model.truncate,
        )


def prepare(settings: RunSettings, screen: Screen, cache: bool = True) -> Job:
    """Does all that can show a mistake of the user's before Keras is loaded.

    Keras is loaded only where number format, compilation or devices are stated.

    Returns:
        The `Job`, its settings with every value filled in.

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
    check_compute(settings.train)
    return Job(start.resolve(settings), data, start, screen, cache)


def check_compute(train: TrainSettings) -> None:
    """Checks that what is stated of number format, compilation and devices can be had.

    Raises:
        SettingsError: When it cannot.
    """
    stated = train.precision, train.compile, train.devices
    if stated == ("auto", "auto", 1):
        return
    from kerascls.models.backend.compute import choose_compute

    choose_compute(*stated)
