"""Texts that need no label any more: by their hashes, as a run keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerascls.data.readers import FileOptions
from kerascls.data.readers.frame_kinds import as_sources
from kerascls.data.text_hashes import text_hashes
from kerascls.evaluation.seen_texts import SeenTexts
from kerascls.inference.bundle import Bundle
from kerascls.inference.inputs import open_input
from kerascls.inference.predict_file import columns_of
from kerascls.inference.stream import texts_of

UNKNOWN = (
    "which rows training had is not known: no hashes of its texts are beside the "
    "bundle. Give its files with `--exclude FILE`, or rows may be labelled twice."
)


@dataclass(frozen=True, eq=False)
class KnownTexts:
    """Hashes of texts by what they are.

    Args:
        hashes: In words, as in `which training had`: uint64.
        note: A line for people where something is not known; else empty.
    """

    hashes: dict[str, np.ndarray]
    note: str = ""

    @classmethod
    def of(
        cls, bundle: Bundle, exclude: Any, text: str | Sequence[str]
    ) -> "KnownTexts":
        """Returns those of a bundle's run, and of files and tables.

        Args:
            bundle: The classifier.
            exclude: One or several files, or tables in memory.
            text: The columns with texts; by default those of training.

        Raises:
            DataError: When a file cannot be read or lacks the columns.
        """
        hashes = {}
        if (seen := SeenTexts.beside(bundle)) is not None:
            hashes["which training had"] = seen.train
            hashes["which the validation part had"] = seen.valid
            hashes["which the test part had"] = seen.test
        sources = as_sources(exclude)
        if sources:
            found = [_hashes_of(one, text, bundle) for one in sources]
            hashes["which `--exclude` has"] = np.unique(np.concatenate(found))
        return cls(hashes, "" if hashes else UNKNOWN)

    def reasons(self, hashes: np.ndarray) -> list[str | None]:
        """Returns for each hash what it is, None where it is not known."""
        found: list[str | None] = [None] * len(hashes)
        for reason, known in self.hashes.items():
            for row in np.flatnonzero(np.isin(hashes, known)).tolist():
                found[row] = found[row] or reason
        return found


def _hashes_of(source: Any, text: str | Sequence[str], bundle: Bundle) -> np.ndarray:
    with open_input(source, FileOptions()) as rows:
        columns = columns_of(rows, text, bundle.input_spec.text_columns)
        rows.columns(columns)
        rows.check(columns)
        texts = (texts_of(row, columns, rows.source) for row in rows.records())
        return text_hashes(texts)
