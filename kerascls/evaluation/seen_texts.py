"""Which rows of a file a classifier was trained on, by the texts' hashes."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from kerascls.data.readers import Dataset
from kerascls.data.text_hashes import BLANK, text_hashes
from kerascls.inference.bundle import Bundle
from kerascls.inference.bundle.files import RUN_FILE
from kerascls.system.files import write_atomically

SEEN_TEXTS_FILE = "seen_texts.safetensors"
UNKNOWN = (
    "Whether the classifier was trained on rows of this file is not known: no hashes "
    "of its training texts are beside the bundle."
)


@dataclass(frozen=True, eq=False)
class SeenTexts:
    """Hashes of the texts of a run, in its directory and not in what is shipped.

    Args:
        train: uint64, sorted, those it was trained on.
        valid: uint64, sorted, those its epoch and thresholds were chosen on.
        test: uint64, sorted, those it was scored on; earlier versions kept none.
    """

    train: np.ndarray
    valid: np.ndarray
    test: np.ndarray = field(default_factory=partial(np.empty, 0, np.uint64))

    @classmethod
    def of(
        cls,
        train: Iterable[tuple[str, ...]],
        valid: Iterable[tuple[str, ...]],
        test: Iterable[tuple[str, ...]] = (),
    ) -> "SeenTexts":
        """Returns the hashes of the text fields of each row."""
        return cls(*(np.unique(text_hashes(texts)) for texts in (train, valid, test)))

    def save(self, run: Path) -> None:
        """Writes them into a run directory, atomically."""
        write_atomically(run / SEEN_TEXTS_FILE, save(vars(self)))

    @classmethod
    def beside(cls, bundle: Bundle) -> "SeenTexts | None":
        """Returns those of the run a bundle lies in; None where there are none."""
        try:
            return cls(**load_file(bundle.path.parent / SEEN_TEXTS_FILE))
        except (OSError, SafetensorError, TypeError):
            return None

    def trained_on(self, texts: Iterable[tuple[str, ...]]) -> np.ndarray:
        """Returns bool `(rows,)`, which texts training had."""
        return _known(text_hashes(texts), self.train)

    def chosen_on(self, texts: Iterable[tuple[str, ...]]) -> np.ndarray:
        """Returns bool `(rows,)`, which texts only the validation part had."""
        hashes = text_hashes(texts)
        return _known(hashes, self.valid) & ~_known(hashes, self.train)


def seen_notes(
    bundle: Bundle,
    dataset: Dataset,
    rows: np.ndarray | None = None,
    *,
    for_choice: bool = False,
) -> list[str]:
    """Returns lines on rows of a file that a classifier has seen before.

    Runs of earlier versions kept no hashes: then the file's is compared.

    Args:
        bundle: The classifier.
        dataset: What it is scored on.
        rows: int64, which of its examples; all by default.
        for_choice: Whether thresholds are to be chosen on the rows, which those of the
            validation part are for.
    """
    every = dataset.examples.texts
    texts: Sequence[tuple[str, ...]] = every if rows is None else every.take(rows)
    seen = SeenTexts.beside(bundle)
    if seen is None:
        used = {} if for_choice else run_files(bundle, ("valid",))
        used |= run_files(bundle, ("train",))
        if dataset.sha256 not in used:
            return [UNKNOWN]
        return [f"{dataset.name} is a file of the training: these scores flatter."]
    lines = []
    if trained := int(seen.trained_on(texts).sum()):
        lines.append(
            f"{trained:,} of {len(texts):,} rows of {dataset.name} were trained on: "
            f"these scores flatter."
        )
    chosen = int(seen.chosen_on(texts).sum())
    if chosen and not for_choice:
        lines.append(
            f"{chosen:,} of {len(texts):,} rows of {dataset.name} were in the "
            f"validation part, on which epoch and thresholds were chosen: these scores "
            f"flatter a little."
        )
    return lines


def run_files(bundle: Bundle, parts: Sequence[str]) -> dict[str, str]:
    """Returns the files of parts of the run a bundle lies in, by their SHA-256."""
    try:
        run = json.loads((bundle.path.parent / RUN_FILE).read_bytes())
        facts: list[dict[str, Any]] = [run["data"][part] for part in parts]
        files = [file for part in facts for file in (part, *part.get("files", ()))]
        return {file["sha256"]: file["file"] for file in files}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _known(hashes: np.ndarray, among: np.ndarray) -> np.ndarray:
    return np.isin(hashes, among) & (hashes != BLANK)
