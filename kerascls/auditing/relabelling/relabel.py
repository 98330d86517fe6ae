"""`relabel(...)`: labelled text written anew with corrected labels."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Unpack, overload

from kerascls.auditing.output_checks import check_new_file
from kerascls.auditing.relabelling.corrections import (
    Correction,
    read_corrections,
    refuse_bad,
)
from kerascls.auditing.relabelling.rewriting import rewritten
from kerascls.auditing.relabelling.tables_in_memory import relabelled_table
from kerascls.auditing.rows import refuse_shares, row_key
from kerascls.data.readers import FORMATS, Dataset, ReadKeywords, ReadOptions, read
from kerascls.data.readers.formats import find_format
from kerascls.data.readers.frame_kinds import as_source
from kerascls.data.readers.frames import Frame
from kerascls.data.readers.rows import BadRow, place_in
from kerascls.errors import DataError, SettingsError
from kerascls.system.files import write_atomically


@dataclass(frozen=True)
class Relabelled:
    """What was written.

    Args:
        output: The new file.
        rows: Its rows.
        changed: Rows whose labels are others now.
        new_labels: Labels that the file did not have before.
        other_files: Corrections that are for other files.
        skipped_rows: Bad rows of the old file that were left out.
    """

    output: Path
    rows: int
    changed: int
    new_labels: tuple[str, ...]
    other_files: int
    skipped_rows: int

    def to_dict(self) -> dict[str, Any]:
        """Returns it as plain JSON types."""
        return {**asdict(self), "output": str(self.output)}


@overload
def relabel(
    file: str | Path,
    corrections: str | Path,
    output: str | Path,
    *,
    corrections_encoding: str = "utf-8",
    **reading: Unpack[ReadKeywords],
) -> Relabelled: ...


@overload
def relabel(
    file: Any,
    corrections: str | Path,
    output: None = None,
    *,
    corrections_encoding: str = "utf-8",
    **reading: Unpack[ReadKeywords],
) -> Any: ...


def relabel(
    file: Any,
    corrections: str | Path,
    output: str | Path | None = None,
    *,
    corrections_encoding: str = "utf-8",
    **reading: Unpack[ReadKeywords],
) -> Any:
    """Gives labelled text the labels that an audit's reader decided on.

    A file is written anew; of a table in memory a copy is returned, of the same kind.
    Rows keep their order, other columns and, where nothing was corrected, their label
    cells; so do the encoding and, as in the first line, the line ends. How a table's
    cells are quoted, and JSON's spaces, escapes and numbers such as 1e3, may change.

    Args:
        file: The file that was audited, or the table in memory, see
            `kerascls.data.readers.frame_kinds.as_frame`; unchanged since.
        corrections: findings.csv with labels in the column `corrected` (`[]` for no
            label; rows with an empty cell stay as they are), or JSON lines back from
            doccano.
        output: The new file: .csv or .tsv for a table, .jsonl for JSON lines; none for
            a table in memory.
        corrections_encoding: Of `corrections`.
        **reading: How `file` is read, as in the audit, see
            `kerascls.data.readers.ReadOptions`: `text`, `label`, `label_separator`,
            `format`, `encoding` (of `output` too, unless `file` is a workbook),
            `skip_bad_rows`, `task`.

    Returns:
        What was written; for a table in memory the one with the new labels.

    Raises:
        DataError: When a file cannot be used, a correction has no row in `file`, or
            two of them contradict each other. Nothing is written then.
        SettingsError: When the output exists, is of another kind or cannot be written,
            or a keyword is unknown or has no meaning.

    Example:
        >>> relabel("train.csv", "audit/findings.csv", "corrected.csv").changed
        17
    """
    source = as_source(file)
    options = ReadOptions.from_keywords(relabel, reading)
    if options.task is not None:
        refuse_shares(options.task, "corrections")
    if (output is None) != isinstance(source, Frame):
        raise SettingsError(
            f"Expected an output for a file, and none for a table in memory, which is "
            f"returned. Received: file={str(source)!r}, output={output!r}. "
            f"{'Leave it out.' if output else 'Name the new file.'}"
        )
    if isinstance(source, Frame) or output is None:
        return _relabelled_table(source, corrections, corrections_encoding, options)
    return _written(source, corrections, corrections_encoding, Path(output), options)


def _relabelled_table(
    frame: Any, corrections: str | Path, encoding: str, options: ReadOptions
) -> Any:
    dataset = read(frame, options)
    known = {name for row in dataset.examples for name in row.labels}
    stated = read_corrections(corrections, dataset.task, encoding, known)
    labels = _by_line(_for_file(stated, frame, corrections), dataset, corrections)
    return relabelled_table(dataset, frame, labels, options)


def _written(
    file: Path,
    corrections: str | Path,
    encoding: str,
    output: Path,
    options: ReadOptions,
) -> Relabelled:
    format = find_format(file, options.format)
    check_new_file(output, _endings(format), "output")
    dataset = read(file, options)
    known = {name for row in dataset.examples for name in row.labels}
    stated = read_corrections(corrections, dataset.task, encoding, known)
    own = _for_file(stated, file, corrections)
    labels = _by_line(own, dataset, corrections)
    content = rewritten(dataset, labels, options, format, find_format(output))
    write_atomically(output, content)
    return Relabelled(
        output=output,
        rows=len(dataset.examples),
        changed=len(labels),
        new_labels=tuple(sorted({n for row in labels.values() for n in row} - known)),
        other_files=len(stated) - len(own),
        skipped_rows=dataset.skipped_rows,
    )


def _endings(format: str) -> list[str]:
    """Returns those of files that have rows of the same kind and can be written."""
    return [
        suffix
        for other in FORMATS.values()
        if other.write is not None and other.is_table is FORMATS[format].is_table
        for suffix in other.suffixes
    ]


def _for_file(
    corrections: list[Correction], file: Path | Frame, source: str | Path
) -> list[Correction]:
    """Returns the corrections of this very path or, without any, of this file name."""
    if isinstance(file, Frame):
        own = [fix for fix in corrections if fix.file == str(file.name)]
    else:
        own = [fix for fix in corrections if Path(fix.file) == file]
        own = own or [fix for fix in corrections if Path(fix.file).name == file.name]
    if corrections and not own:
        others = ", ".join(sorted({fix.file for fix in corrections}))
        raise DataError(
            f"Expected corrections for {file.name!r}. Received: {source}, which is "
            f"about {others}. Give one of these files."
        )
    return own


def _by_line(
    corrections: list[Correction], dataset: Dataset, source: str | Path
) -> dict[int, tuple[str, ...]]:
    """Returns the new labels of the lines whose labels change.

    Raises:
        DataError: When a correction has no row, or differs from another one.
    """
    rows = {example.line: example for example in dataset.examples}
    path = dataset.path
    source_name = path.name if isinstance(path, Frame) else str(path)
    bad = []
    decided: dict[int, Correction] = {}
    for fix in corrections:
        row = rows.get(fix.line)
        place = place_in(source_name, fix.line) if row else f"row {fix.line}"
        first = decided.setdefault(fix.line, fix)
        if row is None or row_key(row.texts, row.labels) != fix.key:
            bad.append(BadRow(fix.said_at, f"{place} is another row now"))
        elif set(first.labels) != set(fix.labels):
            reason = f"gives {place} other labels than line {first.said_at}"
            bad.append(BadRow(fix.said_at, reason))
    refuse_bad(
        bad,
        source,
        f"corrections that fit {dataset.path} and each other",
        "Audit the file again if it has changed, and name the columns as in the audit "
        "(--text, --label).",
    )
    return {
        line: fix.labels
        for line, fix in decided.items()
        if set(fix.labels) != set(rows[line].labels)
    }
