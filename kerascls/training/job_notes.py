"""Lines for people on what a training consists of."""

from collections.abc import Mapping

import numpy as np

from kerascls.data.labelled_text import LabelledText
from kerascls.models.presets import architecture_of
from kerascls.preprocessing.sequence_layout import Layout
from kerascls.preprocessing.token_store import TokenStore
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer
from kerascls.preprocessing.unknown_tokens import unknown_note
from kerascls.settings.run_settings import RunSettings
from kerascls.system.words import count

# A training that may end after fewer without a better score has hardly begun.
LEAST_PATIENCE_STEPS = 50


def chosen_line(settings: RunSettings, defaults_from: str) -> str:
    """Returns the line on what comes from a preset unless it was stated."""
    model, train = settings.model, settings.train
    windows, pooling = "", ""
    if model.max_windows > 1:
        windows = (
            f"max_windows {model.max_windows}, window_overlap {model.window_overlap}, "
            f"window_pooling {model.window_pooling}, "
        )
    if model.pooling is not None:
        pooling = f"pooling {model.pooling}, "
    return (
        f"settings (where not stated, those of {defaults_from}): "
        f"max_tokens {model.max_tokens}, {windows}{pooling}"
        f"dropout {model.dropout}, batch_size {train.batch_size}, epochs "
        f"{train.epochs}, learning_rate {train.learning_rate:g}, seed {train.seed}"
    )


def unknown_notes(
    data: LabelledText, stores: Mapping[str, TokenStore], tokenizer: TextTokenizer
) -> list[str]:
    """Returns a line on what the vocabulary does not know of each file, if anything."""
    found: dict[int, str | None] = {}
    for name, part in data.parts.items():
        dataset = part.dataset
        found[id(dataset)] = unknown_note(
            stores[name], dataset.examples.texts, tokenizer, dataset.name
        )
    return [note for note in found.values() if note]


def cut_notes(
    data: LabelledText,
    stores: Mapping[str, TokenStore],
    layout: Layout,
    model: str | None,
) -> list[str]:
    """Returns a line on how much of the texts is cut off, if anything."""
    cut = []
    for name, part in data.parts.items():
        lengths = stores[name].field_lengths()[part.rows]
        lost = layout.lost(lengths)
        if texts := int(np.count_nonzero(lost)):
            share = lost.sum() / lengths.sum()
            cut.append(f"{name} {texts:,} of {len(lost):,} ({share:.1%} of tokens)")
    if not cut:
        return []
    windows, more = "", "--max-tokens or --max-windows"
    if layout.max_windows > 1:
        windows = f"{layout.max_windows} windows of "
    if lengths.shape[1] > 1 or not architecture_of(model).follows("model.max_windows"):
        more = "--max-tokens"
    return [
        f"texts longer than {windows}{layout.max_tokens} tokens are cut "
        f"({layout.truncate} is kept): {', '.join(cut)}; {more} reads more"
    ]


def steps_notes(settings: RunSettings, num_rows: int, drawn: int) -> list[str]:
    """Returns a line where so few rows are drawn that training ends as it begins.

    Args:
        settings: With every value filled in.
        num_rows: Rows that are drawn of.
        drawn: Rows of an epoch.
    """
    train = settings.train
    epochs, size, patience = train.epochs, train.batch_size, train.patience_epochs
    if epochs is None or size is None:
        return []
    steps, before = -(-drawn // size), -(-num_rows // size)
    if 2 * steps > before or patience * steps >= LEAST_PATIENCE_STEPS:
        return []
    times = -(-max(before * patience, LEAST_PATIENCE_STEPS) // (steps * patience))
    return [
        f"{settings.imbalance.method}: an epoch is only "
        f"{count(steps, 'step')} in place of {before:,}, so that train.epochs={epochs} "
        f"are {steps * epochs:,} in all, and train.patience_epochs={patience} ends "
        f"training after {steps * patience:,} without a better score; as many as of "
        f"all rows are --epochs {epochs * times} --set "
        f"train.patience_epochs={patience * times} --set train.validate_steps={before};"
        f" or choose --imbalance balanced_batches, whose epochs are not shorter"
    ]
