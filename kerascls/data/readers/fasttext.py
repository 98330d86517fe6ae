r"""Lines as fastText reads them, `__label__体育 text`, in two dialects.

Everywhere in a line, a word that begins with `__label__` is a label and the other words
are the text. In the second dialect the mark stands once, and all words from there on
are labels: `text __label__体育 健康`. A line with words on both sides of its labels
could be either, so it is never read silently.

To fastText a tab is one more space between words. Some write two texts with one between
them, `first text<TAB>second text __label__1`: that is a format of its own.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from kerascls.data.readers.decoding import BrokenLine
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.labelled_table import (
    LabelledTable,
    require_names,
    save_lines,
)
from kerascls.data.readers.rows import BadRow, Note, Record, Row
from kerascls.data.readers.text_files import decoded_lines
from kerascls.errors import DataError
from kerascls.system.words import count

MARK = "__label__"
PAIR_COLUMN = "text_pair"
FEWEST_PAIRS = 2
# What fastText parts words at.
_SPACE = " \t\n\v\f\r\0"
_LABEL = re.compile(rf"(?<![^{_SPACE}]){MARK}([^{_SPACE}]*)")


def fasttext_rows(handle: BinaryIO, source: str, options: FileOptions) -> Iterator[Row]:
    """Yields the text of every line that is not blank, and its labels as a list."""
    num_rows = num_pairs = 0
    for number, line in _lines(handle, source, options):
        row = line if isinstance(line, BadRow) else _row_of(number, line)
        if isinstance(row, Record):
            num_rows += 1
            num_pairs += len(_texts(row)) == 2
        yield row
    if num_rows == num_pairs >= FEWEST_PAIRS:
        yield Note(
            "a tab in each line, perhaps between two texts"
            + _cure(
                options,
                f"`--format fasttext-pair --text-pair {PAIR_COLUMN}` "
                f"reads them as such",
            )
        )


def fasttext_pair_rows(
    handle: BinaryIO, source: str, options: FileOptions
) -> Iterator[Row]:
    """Yields lines that hold two texts, with a tab between them."""
    for number, line in _lines(handle, source, options):
        row = line if isinstance(line, BadRow) else _row_of(number, line)
        if isinstance(row, Record):
            texts = _texts(row)
            if len(texts) == 2:
                fields = {"text": texts[0], PAIR_COLUMN: texts[1]}
                row = Record(number, {**fields, "label": row.fields["label"]})
            else:
                tabs = count(len(texts) - 1, "tab")
                row = BadRow(number, f"has {tabs} where one stands between two texts")
        yield row
    if PAIR_COLUMN not in getattr(options, "text", (PAIR_COLUMN,)):
        yield Note(
            "the second text of each line is not read"
            + _cure(options, f"`--text-pair {PAIR_COLUMN}` does")
        )


def _cure(options: FileOptions, cure: str) -> str:
    """Returns what reads both texts; nothing where a classifier has its one text."""
    if getattr(options, "is_as_trained", False):
        return ""
    return (
        f": {cure}. Where a command has no --text-pair: `--text text --text "
        f"{PAIR_COLUMN}`"
    )


def fasttext_tail_rows(
    handle: BinaryIO, source: str, options: FileOptions
) -> Iterator[Row]:
    """Yields lines whose labels are all words from the first `__label__` on."""
    for number, line in _lines(handle, source, options):
        if isinstance(line, BadRow):
            yield line
            continue
        start = match.start() if (match := _LABEL.search(line)) else len(line)
        words = re.split(rf"[{_SPACE}]+", line[start:].strip(_SPACE))
        labels = [word.removeprefix(MARK) for word in words if start < len(line)]
        if start == 0 and len(words) > 1:
            yield BadRow(
                number,
                f"begins with {MARK}, which leaves no text; labels before the text "
                f"are read with `--format fasttext`",
            )
        else:
            yield _row(number, line[:start].strip(_SPACE), labels)


def looks_like_fasttext(line: str) -> bool:
    """Returns whether a word of the line begins with `__label__`."""
    return _LABEL.search(line) is not None


def refuse_fasttext(columns: Iterable[str]) -> None:
    """Refuses a table whose header is a line of fastText.

    Raises:
        DataError: Naming the format.
    """
    for name in columns:
        if looks_like_fasttext(name):
            raise DataError(
                f"Expected a first line that names the columns. Received: "
                f"{name[:60]!r}, as in fastText's files. Read it with `--format "
                f"fasttext`."
            )


def fasttext_dialect(head: bytes) -> str:
    """Returns the format that a file's first lines are in, empty for another one."""
    lines = head.decode("utf-8", "replace").splitlines()
    marked = [line for line in lines if looks_like_fasttext(line)]
    if not marked:
        return ""
    mixed = [line for line in marked if isinstance(_row_of(0, line), BadRow)]
    return "fasttext-tail" if 2 * len(mixed) > len(marked) else "fasttext"


def _lines(
    handle: BinaryIO, source: str, options: FileOptions
) -> Iterator[tuple[int, str | BadRow]]:
    lines = decoded_lines(handle, source, options.encoding, newline="\n")
    for number, line in enumerate(lines, start=1):
        if isinstance(line, BrokenLine):
            yield number, BadRow(number, line.fault)
        elif stripped := line.strip(_SPACE):
            yield number, stripped


def _row_of(number: int, line: str) -> Record | BadRow:
    before, *behind = _LABEL.split(line)
    texts = [part.strip(_SPACE) for part in (before, *behind[1::2])]
    if texts[0] and any(texts[1:]):
        return BadRow(
            number,
            "has words before and behind its labels; where all words behind the "
            f"first {MARK} are labels, read it with `--format fasttext-tail`",
        )
    return _row(number, " ".join(filter(None, texts)), behind[::2])


def _texts(row: Record) -> list[str]:
    return [text.strip(_SPACE) for text in str(row.fields["text"]).split("\t")]


def _row(number: int, text: str, labels: list[str]) -> Record | BadRow:
    if "" in labels:
        return BadRow(number, f"has a {MARK} without a name behind it")
    return Record(number, {"text": text, "label": labels})


def save_fasttext(path: Path, table: LabelledTable) -> None:
    """Writes each row as `__label__a __label__b text`.

    Raises:
        DataError: When a label holds white space, or a text a word that would be read
            as a label.
    """
    _save(path, table, _marked_line)


def save_fasttext_tail(path: Path, table: LabelledTable) -> None:
    """Writes each row as `text __label__a b`.

    Raises:
        DataError: Likewise.
    """
    _save(path, table, _tail_line)


def _marked_line(text: str, labels: Sequence[str]) -> str:
    return " ".join([*(MARK + name for name in labels), *([text] if text else [])])


def _tail_line(text: str, labels: Sequence[str]) -> str:
    tail = [MARK + " ".join(labels)] if labels else []
    return " ".join([*([text] if text else []), *tail])


def _save(
    path: Path, table: LabelledTable, line: Callable[[str, Sequence[str]], str]
) -> None:
    def fits(name: str) -> bool:
        return not re.search(rf"[{_SPACE}\s]", name) and not name.startswith(MARK)

    require_names(table, fits, "fastText", "without white space, each one word")
    save_lines(path, _written(table, line))


def _written(
    table: LabelledTable, line: Callable[[str, Sequence[str]], str]
) -> Iterator[str]:
    for row in table.rows():
        table.lose_others(row)
        before = table.one_text(row, between=" ")
        text = before.replace("\n", " ").strip(_SPACE)
        labels = table.labels(row)
        if looks_like_fasttext(text):
            raise DataError(
                f"Expected texts that fastText can hold, without a word that begins "
                f"with {MARK}. Received: {text[:60]!r}. Take it out, or write another "
                f"format."
            )
        if not text and (not labels or line is _tail_line):
            table.lost["rows without text, left out"] += 1
            continue
        if text != before:
            table.lost["texts whose line ends or outer white space changed"] += 1
        yield line(text, labels) + "\n"
