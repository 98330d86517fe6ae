"""Names in place of the numbers of classes, from a file such as `class.txt`."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kerascls.data.readers.text_files import read_lines
from kerascls.errors import DataError

_NUMBER = re.compile(r"([0-9]{1,9})(\.0)?")


@dataclass(frozen=True)
class LabelNames:
    """The names of classes 0, 1, 2 and so on.

    Args:
        path: The file they are from.
        names: One for each number.
    """

    path: str
    names: tuple[str, ...]

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Reads a file with a name on each line, the first one that of class 0.

        Raises:
            DataError: When a line is empty, a name there twice, or there is none.
        """
        if not os.path.isfile(path):
            raise DataError(
                f"Expected a file with the names of classes. Received: label_names="
                f"{str(path)!r}, which is none. Say where it is with `--label-names`."
            )
        names = [line.strip() for line in read_lines(path)]
        while names and not names[-1]:
            names.pop()
        for number, name in enumerate(names, start=1):
            if not name or names.index(name) + 1 != number:
                fault = f"{name!r} again" if name else "an empty line"
                raise DataError(
                    f"Expected the name of a class on each line, the first that of "
                    f"class 0, none twice. Received: {path}:{number}: {fault}. Correct "
                    f"the file."
                )
        if not names:
            raise DataError(
                f"Expected the name of a class on each line. Received: {path}, which "
                f"is empty. Name the file that holds them with `--label-names`."
            )
        return cls(str(path), tuple(names))

    def name(self, label: str) -> str:
        """Returns the name of a class that is given by its number or already by name.

        Raises:
            DataError: When there is no such class.
        """
        if match := _NUMBER.fullmatch(label):
            number = int(match[1])
            if number < len(self.names):
                return self.names[number]
        elif label in self.names:
            return label
        raise DataError(
            f"{label!r} is no class of {self.path}, which names {len(self.names)}: "
            f"0 ({self.names[0]}) to {len(self.names) - 1} ({self.names[-1]})"
        )
