"""Several files read as one."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kerascls.data.examples import Examples
from kerascls.data.label_checks.compare import spelled_otherwise
from kerascls.data.labelled_text import one_task
from kerascls.data.readers import Dataset
from kerascls.data.readers.frames import Frame
from kerascls.errors import DataError, SettingsError


def join(datasets: Sequence[Dataset]) -> Dataset:
    """Returns the rows of several files one after another; one file as it is.

    Raises:
        DataError: When tasks or columns differ between them.
        SettingsError: When a file is there twice, or there is none.
    """
    if not datasets:
        raise SettingsError(
            "Expected one or more files. Received: none. Name one, or give a table in "
            "memory."
        )
    first, *others = datasets
    if not others:
        return first
    paths = [_resolved(dataset.path) for dataset in datasets]
    if len(set(paths)) < len(paths):
        raise SettingsError(
            f"Expected every file once. Received: "
            f"{', '.join(str(dataset.path) for dataset in datasets)}. Name each once."
        )
    if len({dataset.label_column for dataset in datasets}) > 1:
        columns = (f"{one.path.name}: {one.label_column}" for one in datasets)
        raise DataError(
            f"Expected files that are read together to have the same label column. "
            f"Received: {'; '.join(columns)}. Give it one name in all of them: `label` "
            f"where each text has one label, `labels` where it may have several."
        )
    task = one_task({str(dataset.path): dataset for dataset in datasets})
    return Dataset(
        path=first.path,
        examples=Examples.joined([dataset.examples for dataset in datasets]),
        text_columns=first.text_columns,
        label_column=first.label_column,
        task=task,
        skipped_rows=sum(dataset.skipped_rows for dataset in datasets),
        empty_texts=sum(dataset.empty_texts for dataset in datasets),
        sha256=hashlib.sha256(
            "".join(dataset.sha256 for dataset in datasets).encode()
        ).hexdigest(),
        notes=tuple(_notes(datasets)),
        files=tuple(datasets),
    )


@contextmanager
def told_of_several(sources: Sequence[Path | Frame]) -> Iterator[None]:
    """Says in errors about a file's encoding that it holds for all of several files."""
    try:
        yield
    except DataError as error:
        if len(sources) > 1 and "`--encoding " in str(error):
            error.args = (
                f"{error} Files that are read together need one encoding: if others "
                f"of the {len(sources)} are in another, convert this file to theirs, "
                f"as with `iconv -f FROM -t TO FILE > NEW`, and name the new one.",
            )
        raise


def _notes(datasets: Sequence[Dataset]) -> Iterator[str]:
    """Yields what is remarkable in each file, and spellings of the first's labels."""
    counts = [
        Counter(n for row in one.examples.labels for n in row) for one in datasets
    ]
    for dataset, own in zip(datasets, counts, strict=True):
        yield from dataset.notes
        if dataset is not datasets[0]:
            file, first = str(dataset.path), datasets[0].name
            for finding in spelled_otherwise(file, own, counts[0], first):
                yield finding.note


def _resolved(source: Path | Frame) -> Path | Frame:
    return source.resolve() if isinstance(source, Path) else source
