"""A JSON array of objects, one for each row, on one line or on many."""

import json
import re
from collections.abc import Iterator
from itertools import count
from typing import BinaryIO

from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.jsonl import DECODER, json_row
from kerascls.data.readers.rows import Row
from kerascls.data.readers.text_files import decoded_chunks
from kerascls.errors import DataError

_SPACE = re.compile(r"[ \t\n\r]*")


def json_rows(handle: BinaryIO, source: str, options: FileOptions) -> Iterator[Row]:
    """Yields the objects of an array, with no more than a few of them in memory.

    The place of a row is the number of its object, from 1: all may be on one line.

    Raises:
        DataError: When the file is no array, or ends or breaks within it.
    """
    for number, value, text in array_values(handle, source, options):
        if number == 1 and is_task(value):
            raise DataError(
                f"Expected objects whose fields are texts and labels. Received: "
                f"{source} with tasks of Label Studio. Read it with `--format "
                f"label-studio`."
            )
        yield json_row(number, value, text)


def array_values(
    handle: BinaryIO, source: str, options: FileOptions
) -> Iterator[tuple[int, object, str]]:
    """Yields (number, value, its text in the file) for each value of an array."""
    text = _Window(decoded_chunks(handle, source, options.encoding), source)
    _require_array(text)
    if text.next_character() == "]":
        text.take(1)
    else:
        for number in count(1):
            yield number, *text.value()
            mark = text.next_character()
            if mark not in (",", "]"):
                raise text.fault("Expecting ',' or ']' behind an object")
            text.take(1)
            if mark == "]":
                break
    if text.next_character():
        raise text.fault("Extra data behind the array")


def is_task(value: object) -> bool:
    """Returns whether a JSON value is a task of Label Studio."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("data"), dict)
        and bool({"annotations", "completions"} & set(value))
    )


class _Window:
    """The part of a text that is being decoded, and the line it begins at."""

    def __init__(self, chunks: Iterator[str], source: str) -> None:
        self._chunks = chunks
        self._source = source
        self._text = ""
        self._start = 0
        self._line = 1
        self._is_whole = False

    def next_character(self) -> str:
        """Returns the next character that is no space, empty at the end."""
        while True:
            if match := _SPACE.match(self._text, self._start):
                self.take(len(match[0]))
            if self._start < len(self._text) or not self._grow():
                return self._text[self._start : self._start + 1]

    def value(self) -> tuple[object, str]:
        """Takes the next value, reading on until it is whole."""
        self.next_character()
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._start)
            except json.JSONDecodeError as error:
                behind = error.pos - self._start
                if not self._grow():
                    raise self.fault(error.msg, self._start + behind) from error
            except (ValueError, RecursionError) as error:
                raise self.fault(str(error)) from error
            else:
                if end < len(self._text) or not self._grow():  # 12 may become 123
                    text = self._text[self._start : end]
                    self.take(end - self._start)
                    return value, text

    def take(self, length: int) -> None:
        """Passes over characters."""
        end = self._start + length
        self._line += self._text.count("\n", self._start, end)
        self._start = end

    def fault(
        self,
        message: str,
        position: int | None = None,
        advice: str = "Correct the file, or write it anew as JSON.",
    ) -> DataError:
        """Returns the error of what stands at a position, or at the next character."""
        position = self._start if position is None else position
        line = self._line + self._text.count("\n", self._start, position)
        return DataError(
            f"Expected a JSON array of objects. Received: {self._source}:{line}: "
            f"{message}, at {self._text[position : position + 20]!r}. {advice}"
        )

    def _grow(self) -> bool:
        """Reads as much again as there is; returns whether there was more."""
        kept = [self._text[self._start :]]
        wanted = max(len(kept[0]), 1)
        while wanted > 0 and (chunk := next(self._chunks, "")):
            kept.append(chunk)
            wanted -= len(chunk)
        self._text, self._start = "".join(kept), 0
        return len(kept) > 1


def _require_array(text: _Window) -> None:
    mark = text.next_character()
    if mark == "[":
        return text.take(1)
    if mark != "{":
        raise text.fault("no array")
    fault = text.fault(
        "one object",
        advice="Write the list of the rows alone; in pandas to_json(orient='records').",
    )
    text.value()
    if text.next_character() == "{":
        raise text.fault("JSON lines", advice="Read them with `--format jsonl`.")
    raise fault
