"""From labelled files to the tokens of what a run trains, chooses and scores on."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from kerascls.data.joined import join, told_of_several
from kerascls.data.labelled_text import LabelledText, one_task, sample_path
from kerascls.data.readers import Dataset, read
from kerascls.data.readers.frames import Frame
from kerascls.data.splits.parts import divide
from kerascls.errors import SettingsError
from kerascls.preprocessing.cache import Cache
from kerascls.preprocessing.token_cache import cached_token_store
from kerascls.preprocessing.token_store import TokenStore, build_token_store
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer
from kerascls.settings.data import DataSettings
from kerascls.settings.training import TrainSettings

Progress = Callable[[str], Callable[[int, int], None]]


def load_labelled_text(
    settings: DataSettings, seed: int, on_progress: Progress | None = None
) -> LabelledText:
    """Reads, splits and checks the files of a run.

    One file is split 70/15/15; train and test without validation leave 15 % of
    train for it; train and validation without test leave test out. `on_progress`
    gets a title and returns what is called with done and total bytes.

    Raises:
        DataError: When files cannot be used, tasks differ between them, or training
            has fewer than two labels.
        SettingsError: When the settings contradict each other.
    """
    datasets = _read_all(settings, on_progress)
    task = one_task(datasets)
    parts, notes = divide(datasets, seed)
    return LabelledText.from_parts(task, parts, notes, not settings.train)


def tokenize_parts(
    data: LabelledText,
    tokenizer: TextTokenizer,
    cache: Cache | None,
    on_progress: Progress | None = None,
) -> dict[str, TokenStore]:
    """Returns a token store for each part; parts of one file share one.

    In a `cache`, stores are kept for the next run on the same texts with the same
    vocabulary.
    """
    stores: dict[int, TokenStore] = {}
    for dataset in data.datasets:
        texts, lines = dataset.examples.texts, dataset.examples.lines
        if cache:
            title = f"Tokenising {dataset.name}"
            show = on_progress(title) if on_progress else None
            store = cached_token_store(cache, texts, lines, tokenizer, show)
        else:
            store = build_token_store(texts, tokenizer, lines)
        stores[id(dataset)] = store
    return {name: stores[id(part.dataset)] for name, part in data.parts.items()}


def _read_all(
    settings: DataSettings, on_progress: Progress | None
) -> dict[str, Dataset]:
    if not settings.train and (settings.valid or settings.test):
        raise SettingsError(
            f"Expected --train beside --valid and --test. Received: no train, "
            f"valid={', '.join(map(str, settings.valid))}, "
            f"test={', '.join(map(str, settings.test))}. Give the "
            f"text to learn from, or leave them out too for the shipped sample."
        )
    paths = {
        "train": settings.train or (sample_path(),),
        "valid": settings.valid,
        "test": settings.test,
    }
    _refuse_trained_on(paths)
    options = settings.read_options()
    by_path: dict[Path | Frame, Dataset] = {}
    every = dict.fromkeys(path for sources in paths.values() for path in sources)
    some_files = any(isinstance(path, Path) for path in every)
    for path in every:
        show = on_progress(f"Reading {path.name}") if on_progress else None
        in_memory = some_files and isinstance(path, Frame)
        how = options.without_files() if in_memory else options
        with told_of_several(list(every)):
            by_path[path] = read(path, how, on_progress=show)
    joined = {
        files: join([by_path[path] for path in files])
        for files in paths.values()
        if files
    }
    return {name: joined[files] for name, files in paths.items() if files}


def _refuse_trained_on(paths: Mapping[str, tuple[Path | Frame, ...]]) -> None:
    """Refuses a file of several in training, by a pattern perhaps, in another part.

    Exactly the same for two parts is what somebody wants to see; it is told.
    """
    train = {_identity(source): source for source in paths["train"]}
    for name in ("valid", "test"):
        others = {_identity(source) for source in paths[name]}
        if others == set(train):
            continue
        if shared := [str(source) for key, source in train.items() if key in others]:
            raise SettingsError(
                f"Expected --{name} to hold other text than --train: scores on what "
                f"was learned say nothing. Received: {', '.join(shared)} in both. Take "
                f"it out of --train, with a pattern that does not match it."
            )


def _identity(source: Path | Frame) -> object:
    if isinstance(source, Path):
        with suppress(ValueError):  # no path; it is told when it is opened
            return os.path.realpath(source)
    return source


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
