"""Labelled text for training and scoring, read into memory."""

import hashlib
import json
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascls.data.labels import Task
from kerascls.data.readers.class_folders import folder_sha256
from kerascls.data.readers.columns import ColumnsError
from kerascls.data.readers.cures import find_cure
from kerascls.data.readers.example_columns import ExampleColumns
from kerascls.data.readers.frame_kinds import as_source
from kerascls.data.readers.frames import Frame
from kerascls.data.readers.labelled_rows import Progress, open_labelled
from kerascls.data.readers.read_options import DEFAULTS, ReadOptions
from kerascls.data.readers.rows import TableName
from kerascls.data.readers.text_files import file_sha256
from kerascls.errors import DataError

if TYPE_CHECKING:
    from kerascls.data.examples import Examples

SHOWN_FILES = 4


@dataclass(frozen=True)
class Dataset:
    """The labelled texts of one file, or of several, and how they were read.

    Args:
        path: The file, the folder, or the table in memory; of several the first.
        examples: Its usable rows, in the order of the file.
        text_columns: The columns the texts came from.
        label_column: The column the labels came from, or those of a one-hot table.
        task: What was stated, or follows from the label column's name.
        skipped_rows: Bad rows that were left out.
        empty_texts: Rows whose texts are all empty or white space.
        sha256: Of the file, or all files of the folder, and of those that name its
            labels, hexadecimal; of several that of theirs; of a table in memory that
            of its texts and labels.
        notes: What is remarkable about its labels, and what people should know of how
            it was read, a line each.
        files: Those it was joined of, where they are several.
    """

    path: Path | Frame
    examples: "Examples"
    text_columns: tuple[str, ...]
    label_column: str | tuple[str, ...]
    task: Task
    skipped_rows: int
    empty_texts: int
    sha256: str
    notes: tuple[str, ...] = ()
    files: tuple["Dataset", ...] = ()

    @property
    def name(self) -> str:
        """The names of its files, for people; of many the first and the last."""
        names = [file.path.name for file in self.files or (self,)]
        if len(names) > SHOWN_FILES:
            return f"{names[0]} ... {names[-1]} ({len(names)} files)"
        return " + ".join(names)

    @property
    def file_names(self) -> tuple[str, ...]:
        """The file of each example; empty where there is one file."""
        return tuple(
            name
            for one in self.files
            for name in repeat(str(one.path), len(one.examples))
        )

    def facts(self) -> dict[str, Any]:
        """Returns what run.json says of its files, as plain JSON types."""
        several = [file.facts() for file in self.files]
        return {
            "file": ", ".join(str(file.path) for file in self.files or (self,)),
            "sha256": self.sha256,
            "rows": len(self.examples),
            **({"files": several} if several else {}),
        }


def read(
    path: Any,
    options: ReadOptions = DEFAULTS,
    *,
    on_progress: Progress | None = None,
) -> Dataset:
    """Reads labelled text from a file or a table in memory.

    Args:
        path: The file, whose ending names the format, a folder of classes, or a table
            in memory, see `frame_kinds.as_frame`.
        options: How it is read.
        on_progress: Called now and then with bytes done and bytes in all, or rows.

    Raises:
        DataError: When the file, its columns or some rows cannot be used, or the
            cells of the label column are surely no labels.
        SettingsError: When the options do not fit the file.

    Example:
        >>> dataset = read("train.csv", ReadOptions(encoding="gb18030"))
        >>> dataset.examples[0]
        Example(line=2, texts=('国足主场取胜',), labels=('体育',))
    """
    from kerascls.data.duplicates import num_different
    from kerascls.data.examples import Examples

    path = as_source(path)
    if TableName.fits(str(path)) and isinstance(path, Path):
        raise DataError(
            f"Expected labelled text. Received: {path}, of which the run or its "
            f"settings know the name only: it was a table in memory. Give it again, "
            f"as in kerascls.fit(train=...)."
        )
    with open_labelled(path, options, on_progress) as rows:
        examples = Examples.of(example for _, example in rows)
        notes = rows.finish(lambda: num_different(examples.texts))
    if rows.columns is None or not examples:
        count = rows.log.count
        bad = f"{count} rows, all of them bad" if count else "no row"
        bad = "; ".join([bad, *rows.left_out, *rows.notes])
        source = str(path)
        error = ColumnsError(
            f"Expected at least one row of labelled text below the header. Received: "
            f"{source} with {bad}.",
            "Give a file with rows.",
        )
        raise DataError(f"{error.fault} {_cure(path, options) or error.advice}")
    return Dataset(
        path=path,
        examples=examples,
        text_columns=rows.columns.texts,
        label_column=rows.columns.label,
        task=rows.columns.task,
        skipped_rows=rows.log.count,
        empty_texts=sum(not "".join(texts).strip() for texts in examples.texts),
        sha256=_sha256(path, examples, options),
        notes=notes,
    )


def _cure(path: Path | Frame, options: ReadOptions) -> str:
    """Returns advice for a file without rows: of a workbook its other sheets."""
    choose = partial(ExampleColumns.choose, options=options, source=str(path))
    return find_cure(path, options, choose) if isinstance(path, Path) else ""


def _sha256(source: Path | Frame, examples: "Examples", options: ReadOptions) -> str:
    if isinstance(source, Path):
        return source_sha256(source, options)
    digest = hashlib.sha256()
    for row in examples:
        weights = [row.weights] if row.weights else []
        content = json.dumps([row.line, row.texts, row.labels, *weights])
        digest.update(content.encode("ascii") + b"\n")
    return digest.hexdigest()


def source_sha256(source: Path, options: ReadOptions) -> str:
    """Returns the hash of a file or folder, and of the files that name its labels."""
    digests = [folder_sha256(source) if source.is_dir() else file_sha256(source)]
    names = (options.label_names, options.url_labels)
    digests += [file_sha256(path) for path in names if path is not None]
    # With other names the same file has other labels.
    joined = "".join(digests).encode()
    return hashlib.sha256(joined).hexdigest() if digests[1:] else digests[0]
