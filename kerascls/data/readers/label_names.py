"""Names in place of the numbers of classes, from a file such as `class.txt`."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kerascls.data.readers.text_files import read_lines
from kerascls.errors import DataError

_NUMBERED = re.compile(r"([0-9]{1,9})[\t ,:=]+(\S.*)")
_NUMBER = re.compile(r"([0-9]{1,9})(\.0)?")


@dataclass(frozen=True)
class LabelNames:
    """The names of classes by their numbers.

    Args:
        path: The file they are from.
        names: Number -> name.
    """

    path: str
    names: dict[int, str]

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Reads a file with a name on each line, the first one that of class 0.

        Where each line begins with a number, as in `100 故事`, that is the class's.

        Raises:
            DataError: When a line is empty, a name there twice, or there is none.
        """
        if not os.path.isfile(path):
            raise DataError(
                f"Expected a file with the names of classes. Received: label_names="
                f"{str(path)!r}, which is none. Say where it is with `--label-names`."
            )
        lines = [line.strip() for line in read_lines(path)]
        while lines and not lines[-1]:
            lines.pop()
        numbered = [_NUMBERED.fullmatch(line) for line in lines]
        if lines and all(numbered):
            pairs = [(int(one[1]), one[2]) for one in numbered if one]
        else:
            pairs = list(enumerate(lines))
        _check(path, pairs)
        return cls(str(path), dict(pairs))

    def name(self, label: str) -> str:
        """Returns the name of a class that is given by its number or already by name.

        Raises:
            DataError: When there is no such class.
        """
        if match := _NUMBER.fullmatch(label):
            if (number := int(match[1])) in self.names:
                return self.names[number]
        elif label in self.names.values():
            return label
        raise self._unknown(label)

    def number(self, name: str) -> str:
        """Returns the number of a class that is given by its name.

        Raises:
            DataError: When there is no such class.
        """
        for number, known in self.names.items():
            if known == name:
                return str(number)
        raise self._unknown(name)

    def _unknown(self, label: str) -> DataError:
        first, last = min(self.names), max(self.names)
        return DataError(
            f"{label!r} is no class of {self.path}, which names {len(self.names)}: "
            f"{first} ({self.names[first]}) to {last} ({self.names[last]})"
        )


def _check(path: str | Path, pairs: list[tuple[int, str]]) -> None:
    if not pairs:
        raise DataError(
            f"Expected the name of a class on each line. Received: {path}, which is "
            f"empty. Name the file that holds them with `--label-names`."
        )
    numbers, names = ([pair[place] for pair in pairs] for place in (0, 1))
    for place, (number, name) in enumerate(pairs):
        fault = ""
        if not name:
            fault = "an empty line"
        elif name in names[:place] or number in numbers[:place]:
            fault = f"{name!r} again, or its number"
        elif "\t" in name:
            fault = f"{name!r}, with a tab"
        if fault:
            raise DataError(
                f"Expected the name of a class on each line, the first that of class "
                f"0, or its number in front, none twice. Received: {path}:{place + 1}: "
                f"{fault}. Correct the file."
            )
