"""Labelled rows with what a classifier said of them: what reports are made from."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from kerascls.data.labels import Task
from kerascls.errors import BundleError
from kerascls.system.files import write_atomically

TEST_ROWS_FILE = "test.safetensors"
VALID_ROWS_FILE = "valid.safetensors"

_FORMAT = "kerascls scored rows 1"


@dataclass(frozen=True, eq=False, kw_only=True)
class ScoredRows:
    """Rows in the order of their file, each with truth, probabilities and decision.

    Args:
        task: What a row's labels mean.
        labels: Names of the columns; those that training lacked come last.
        targets: bool `(rows, labels)`, the labels that are true; of distributions those
            of a true share above 0.
        probabilities: float32 `(rows, labels)`, calibrated; 0 for labels that training
            lacked.
        chosen: bool `(rows, labels)`, the labels that were predicted.
        known: How many of the labels training had: the first columns.
        rows_sha256: Hash of all texts and true labels in order, see `rows_sha256`.
        lines: int64 `(rows,)`, where each row starts in its file.
        files: The file of each row; empty where all are in one.
        texts: The text fields of each row; empty where they were not kept.
        decision_sha256: Of the decision that chose the labels, as the bundle's manifest
            has it; empty where that is not known.
        logits: float32 `(rows, known)`, what a decision can be fitted to; None where
            they were not kept.
        weights: float32 `(rows, labels)`, the true shares of a distribution; None of
            other tasks.
    """

    task: Task
    labels: tuple[str, ...]
    targets: np.ndarray
    probabilities: np.ndarray
    chosen: np.ndarray
    known: int
    rows_sha256: str
    lines: np.ndarray
    files: Sequence[str] = ()
    texts: Sequence[tuple[str, ...]] = ()
    decision_sha256: str = ""
    logits: np.ndarray | None = None
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.targets)

    @property
    def truth(self) -> np.ndarray:
        """What is true, `(rows, labels)`: `weights` where there are some."""
        return self.targets if self.weights is None else self.weights

    @property
    def shares(self) -> np.ndarray:
        """The true shares of labels, float64 `(rows, labels)`."""
        return self.truth.astype(np.float64)

    @property
    def wrong(self) -> np.ndarray:
        """Which rows have another set of labels than is true, bool `(rows,)`."""
        return (self.targets != self.chosen).any(axis=1)

    def save(self, path: Path) -> None:
        """Writes everything but the texts as a safetensors file, atomically."""
        arrays: dict[str, np.ndarray] = {
            "targets": np.packbits(self.targets, axis=1),
            "chosen": np.packbits(self.chosen, axis=1),
            "probabilities": np.ascontiguousarray(self.probabilities, np.float32),
            "lines": np.ascontiguousarray(self.lines, np.int64),
        }
        if self.logits is not None:
            arrays["logits"] = np.ascontiguousarray(self.logits, np.float32)
        if self.weights is not None:
            arrays["weights"] = np.ascontiguousarray(self.weights, np.float32)
        metadata = {
            "format": _FORMAT,
            "task": self.task.value,
            "labels": json.dumps(self.labels, ensure_ascii=False),
            "known": str(self.known),
            "rows_sha256": self.rows_sha256,
            "decision_sha256": self.decision_sha256,
        }
        if self.files:
            metadata["files"] = json.dumps(_runs(self.files), ensure_ascii=False)
        write_atomically(path, save(arrays, metadata))

    @classmethod
    def load(cls, path: Path) -> "ScoredRows":
        """Reads what `save` wrote; the texts are not there.

        Raises:
            BundleError: When the file is missing, damaged or of another version.
        """
        try:
            with safe_open(path, "numpy") as file:
                metadata = file.metadata() or {}
                arrays = {name: file.get_tensor(name) for name in file.keys()}
            if metadata.get("format") != _FORMAT:
                raise KeyError(f"format={metadata.get('format')!r}")
            labels = tuple(json.loads(metadata["labels"]))
            targets, chosen = (
                np.unpackbits(arrays[name], axis=1, count=len(labels)).astype(np.bool_)
                for name in ("targets", "chosen")
            )
            return cls(
                task=Task(metadata["task"]),
                labels=labels,
                targets=targets,
                probabilities=arrays["probabilities"],
                chosen=chosen,
                known=int(metadata["known"]),
                rows_sha256=metadata["rows_sha256"],
                decision_sha256=metadata.get("decision_sha256", ""),
                lines=arrays["lines"],
                logits=arrays.get("logits"),
                weights=arrays.get("weights"),
                files=[
                    name
                    for name, rows in json.loads(metadata.get("files", "[]"))
                    for _ in range(rows)
                ],
            )
        except (OSError, SafetensorError, KeyError, ValueError) as error:
            raise BundleError(
                f"Expected the scored rows of a run. Received: {str(path)!r} "
                f"({error}). Train, or evaluate with --report, once more."
            ) from error


def _runs(names: Sequence[str]) -> list[tuple[str, int]]:
    """Returns names that follow each other once, with their number."""
    return [(name, len(list(group))) for name, group in groupby(names)]


def rows_sha256(
    texts: Sequence[Sequence[str]],
    labels: Sequence[Sequence[str]],
    weights: Sequence[Sequence[float]] | None = None,
) -> str:
    """Returns one hash of texts and true labels; equal only for the same rows in order.

    Args:
        texts: The text fields of each row.
        labels: The true labels of each row, in any order.
        weights: Of the labels of each row; None where labels have none.
    """
    digest = hashlib.sha256()
    truth: Iterable[Iterable] = labels
    if weights is not None:
        truth = map(zip, labels, weights)
    for fields, names in zip(texts, truth, strict=True):
        row = json.dumps([list(fields), sorted(names)], ensure_ascii=False)
        digest.update(row.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()
