"""The validation rows that several runs are judged on, and what each says of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kerascls.data.readers import Dataset, ReadOptions
from kerascls.decision.decision import Decision
from kerascls.errors import SettingsError
from kerascls.evaluation.evaluate import read_labelled, scored_rows_of
from kerascls.evaluation.metrics.scores import pad_columns
from kerascls.evaluation.scored_rows import VALID_ROWS_FILE, ScoredRows
from kerascls.evaluation.seen_texts import UNKNOWN, SeenTexts, seen_notes
from kerascls.experiments.combining.candidates import Candidate
from kerascls.inference.predictor import Predictor
from kerascls.inference.runtimes.ensemble_runtime import shares

OWN_ROWS = "the runs' validation part"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class ValidRows:
    """Rows that no candidate was trained on, each scored by all of them.

    Args:
        rows: The rows with their truth; known labels in the order of the candidates'.
        probabilities: Of each candidate, calibrated, float32 `(rows, labels)`.
        logits: The same before that, each in its own order of the labels.
        source: Where the rows came from, for people.
        texts: The text fields of each row, where they were read now.
    """

    rows: ScoredRows
    probabilities: list[np.ndarray]
    logits: list[np.ndarray]
    source: str
    texts: Sequence[tuple[str, ...]] = ()

    @property
    def known_targets(self) -> np.ndarray:
        """Bool `(rows, labels)`, without labels that training lacked."""
        return self.rows.targets[:, : self.rows.known]

    def scored(self, decision: Decision, logits: np.ndarray) -> ScoredRows:
        """Returns the rows as a classifier with these logits decides on them."""
        width = len(self.rows.labels)
        probabilities = decision.probabilities(logits, self.rows.task)
        chosen = decision.rule.apply(probabilities)
        return replace(
            self.rows,
            probabilities=pad_columns(probabilities, width),
            chosen=pad_columns(chosen, width),
            decision_sha256=decision.sha256,
            logits=logits,
        )


def kept_rows(candidates: Sequence[Candidate]) -> ValidRows:
    """Returns the validation part that all runs kept, if it is the same one.

    Raises:
        SettingsError: When a run keeps none, or that of others differs.
        BundleError: When one is damaged.
    """
    loaded = [_kept(one) for one in candidates]
    first = loaded[0]
    for one, rows in zip(candidates, loaded, strict=True):
        if (rows.rows_sha256, len(rows)) != (first.rows_sha256, len(first)):
            raise SettingsError(
                f"Expected runs that were validated on the same rows, to be weighed on "
                f"them. Received: {one.name!r} with {len(rows):,} rows (hash "
                f"{rows.rows_sha256[:12]}), {candidates[0].name!r} with "
                f"{len(first):,} (hash {first.rows_sha256[:12]}). Give labelled text "
                f"that none was trained on, `--valid FILE`, or train them with one "
                f"--valid, or with one split: --set data.split_seed=42."
            )
    logits = [np.asarray(rows.logits) for rows in loaded]
    return ValidRows(first, _calibrated(candidates, logits), logits, OWN_ROWS)


def _calibrated(
    candidates: Sequence[Candidate], logits: Sequence[np.ndarray]
) -> list[np.ndarray]:
    pairs = zip(candidates, logits, strict=True)
    return [one.probabilities(of_it) for one, of_it in pairs]


def _kept(one: Candidate) -> ScoredRows:
    file = one.run / VALID_ROWS_FILE
    if not file.is_file():
        why = "which keeps no validation part, as bundles and early runs do"
    else:
        rows = ScoredRows.load(file)
        own = rows.labels[: rows.known] == one.bundle.label_set.names
        if own and rows.logits is not None:
            return rows
        why = f"where {file.name} is of another classifier"
    raise SettingsError(
        f"Expected runs that keep their validation part, to be weighed on it. "
        f"Received: {one.name!r}, {why}. Give labelled text that none was trained on: "
        f"`--valid FILE`."
    )


def read_rows(
    candidates: Sequence[Candidate],
    valid: Any,
    reading: ReadOptions,
    notes: list[str],
    on_progress: Progress | None = None,
) -> ValidRows:
    """Reads labelled text and lets all candidates score it.

    Rows that one of them was trained on are left out.

    Args:
        candidates: The runs.
        valid: A file or several, or tables in memory.
        reading: How it is read.
        notes: Gets lines on what should be known of the rows.
        on_progress: Called with rows done and all rows.

    Raises:
        DataError: When the file cannot be used.
        SettingsError: When no row is left.
    """
    bundle = candidates[0].bundle
    dataset = read_labelled(bundle, valid, reading)
    notes += dataset.notes
    rows = _unseen_rows(candidates, dataset, notes)
    texts = dataset.examples.texts.take(rows)
    logits = [
        Predictor(one.bundle).text_logits(texts, progress)
        for one, progress in zip(
            candidates, shares(on_progress, len(candidates)), strict=True
        )
    ]
    scored = scored_rows_of(bundle, logits[0], dataset, rows)
    said = _calibrated(candidates, logits)
    return ValidRows(scored, said, logits, dataset.name, texts)


def _unseen_rows(
    candidates: Sequence[Candidate], dataset: Dataset, notes: list[str]
) -> np.ndarray:
    texts, bundle = dataset.examples.texts, candidates[0].bundle
    is_seen = np.zeros(len(texts), np.bool_)
    for one in candidates:
        seen = SeenTexts.beside(one.bundle)
        if seen is not None:
            learned = seen.trained_on(texts)
            if number := int(learned.sum()):
                notes.append(
                    f"{number:,} of {len(texts):,} rows of {dataset.name} were "
                    f"trained on by {one.name}: left out"
                )
            is_seen |= learned
        else:
            lines = seen_notes(one.bundle, dataset, for_choice=True)
            is_seen |= lines != [UNKNOWN]
            notes += [f"{one.name}: {line}" for line in lines]
    rows = np.flatnonzero(~is_seen)
    if not any(dataset.examples.labels.take(rows).among(bundle.label_set)):
        raise SettingsError(
            f"Expected labelled text that no run was trained on, or weights are those "
            f"of who learned it by heart. Received: valid={dataset.name}, where "
            f"{len(rows):,} of {len(texts):,} rows are such, and none of them has a "
            f"known label. Give another --valid."
        )
    return rows


def joined_seen_texts(
    candidates: Sequence[Candidate], texts: Sequence[tuple[str, ...]], run: Path
) -> None:
    """Writes, into a run directory, what texts any of the candidates has seen.

    Nothing is written where that is not known of one of them.

    Args:
        candidates: The runs.
        texts: More texts that were chosen on.
        run: The directory.
    """
    every = [SeenTexts.beside(one.bundle) for one in candidates]
    known = [one for one in every if one is not None]
    if len(known) < len(every):
        return
    chosen_on = SeenTexts.of((), texts)
    SeenTexts(
        np.unique(np.concatenate([one.train for one in known])),
        np.unique(np.concatenate([one.valid for one in [*known, chosen_on]])),
    ).save(run)
