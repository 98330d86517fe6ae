"""Closed lists are tables by name: finding a name, and what a row refers to."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from kerascls.errors import SettingsError

# Our name -> what it is called elsewhere.
OTHER_NAMES = {
    "learning_rate": "lr rate",
    "batch_size": "bs batch train_batch_size per_device_train_batch_size",
    "epochs": "num_epochs n_epochs num_train_epochs",
    "max_tokens": "max_length max_len maxlen max_seq_length max_sequence_length",
    "checkpoint": "pretrained weights init_checkpoint model_name_or_path model_path",
    "train": "data dataset train_file train_data",
    "valid": "val dev eval validation validation_data valid_file",
    "test": "test_file test_data",
    "text": "text_column text_col",
    "label": "label_column label_col target",
    "label_separator": "sep separator",
    "out": "output_dir out_dir output save_dir",
    "output": "out",
    "report": "out output",
    "seed": "random_state random_seed",
    "overwrite": "force overwrite_output_dir",
    "resume": "continue resume_from_checkpoint",
    "trials": "n_trials num_trials",
    "runtime": "backend engine",
    "top_k": "topk",
    "imbalance": "class_weight class_weights loss loss_function",
    "method": "loss class_weight class_weights",
    "patience_epochs": "patience early_stopping",
    "quiet": "silent verbose",
    "vocab": "vocab_file vocabulary",
    "fit": "train training",
    "evaluate": "test eval score",
    "predict": "classify infer inference",
    "explain": "interpret attribute why shap lime",
    "search": "optimize hpo",
    "compare": "leaderboard benchmark rank",
    "find_rate": "lr_find lr_finder",
    "models": "list list_models",
}
_LEAST_CHARS = 3


def known_name(table: Collection[str], name: Any, argument: str) -> str:
    """Returns a name of a table; `argument` is what the message calls it.

    Raises:
        SettingsError: When there is no such name; it lists all, and the nearest.
    """
    if isinstance(name, str) and name in table:
        return name
    raise SettingsError(
        f"Expected `{argument}` to be one of {', '.join(table)}. "
        f"Received: {argument}={name!r}. "
        f"{did_you_mean(nearest(name, table), 'Choose one of them.')}"
    )


def nearest(name: Any, known: Iterable[str]) -> str | None:
    """Returns the known name that is likely meant, None where none is.

    It may be spelt with hyphens, be called so elsewhere, be the beginning of a known
    name or begin with one, or differ in some letters.

    Example:
        >>> nearest("lr", ["learning_rate", "epochs"])
        'learning_rate'
    """
    plain = _plain(str(name))
    by_plain = {_plain(one): one for one in known}
    if plain in by_plain:
        return by_plain[plain]
    called = (ours for ours, names in OTHER_NAMES.items() if plain in names.split())
    longer = (one for one in by_plain if one.startswith(plain))
    shorter = (one for one in by_plain if plain.startswith(f"{one}_"))
    found = [
        *(ours for ours in called if ours in by_plain),
        *(longer if len(plain) >= _LEAST_CHARS else ()),
        *sorted(shorter, key=len, reverse=True),
        *get_close_matches(plain, by_plain, n=1),
    ]
    return by_plain[found[0]] if found else None


def did_you_mean(found: str | None, otherwise: str) -> str:
    """Returns the advice that names what is likely meant, if anything."""
    return f"Did you mean {found!r}?" if found else otherwise


def named(reference: str) -> Any:
    """Returns what `"module:name"` refers to; imports the module only now."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)


def _plain(name: str) -> str:
    # Of a model in a hub, the part behind its owner.
    return name.rpartition("/")[2].strip("-").lower().replace("-", "_")
