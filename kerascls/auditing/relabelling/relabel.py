"""`relabel(...)`: labelled text written anew with corrected labels."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Unpack

from kerascls.auditing.output_checks import check_new_file
from kerascls.auditing.relabelling.corrections import (
    Correction,
    read_corrections,
    refuse_bad,
)
from kerascls.auditing.relabelling.rewriting import rewritten
from kerascls.auditing.rows import row_key
from kerascls.data.readers import FORMATS, Dataset, ReadKeywords, ReadOptions, read
from kerascls.data.readers.formats import find_format
from kerascls.data.readers.rows import BadRow
from kerascls.errors import DataError
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


def relabel(
    file: str | Path,
    corrections: str | Path,
    output: str | Path,
    *,
    corrections_encoding: str = "utf-8",
    **reading: Unpack[ReadKeywords],
) -> Relabelled:
    """Writes a labelled file anew with the labels that an audit's reader decided on.

    Rows keep their order, other columns and, where nothing was corrected, their label
    cells; so do the encoding and, as in the first line, the line ends. How a table's
    cells are quoted, and JSON's spaces, escapes and numbers such as 1e3, may change.

    Args:
        file: The file that was audited, unchanged since.
        corrections: findings.csv with labels in the column `corrected` (`[]` for no
            label; rows with an empty cell stay as they are), or JSON lines back from
            doccano.
        output: The new file: .csv or .tsv for a table, .jsonl for JSON lines.
        corrections_encoding: Of `corrections`.
        **reading: How `file` is read, as in the audit, see
            `kerascls.data.readers.ReadOptions`: `text`, `label`, `label_separator`,
            `format`, `encoding` (of `output` too, unless `file` is a workbook),
            `skip_bad_rows`, `task`.

    Raises:
        DataError: When a file cannot be used, a correction has no row in `file`, or
            two of them contradict each other. Nothing is written then.
        SettingsError: When the output exists, is of another kind or cannot be written,
            or a keyword is unknown or has no meaning.

    Example:
        >>> relabel("train.csv", "audit/findings.csv", "corrected.csv").changed
        17
    """
    file, output = Path(file), Path(output)
    options = ReadOptions.from_keywords(relabel, reading)
    format = find_format(file, options.format)
    check_new_file(output, _endings(format), "output")
    dataset = read(file, options)
    known = {name for row in dataset.examples for name in row.labels}
    stated = read_corrections(corrections, dataset.task, corrections_encoding, known)
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
    corrections: list[Correction], file: Path, source: str | Path
) -> list[Correction]:
    """Returns the corrections of this very path or, without any, of this file name."""
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
    bad = []
    decided: dict[int, Correction] = {}
    for fix in corrections:
        row, place = rows.get(fix.line), f"{dataset.path}:{fix.line}"
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
