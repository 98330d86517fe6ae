"""Which family of encoders a configuration names, and whether it can be that."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kerascls.errors import CheckpointError
from kerascls.models.families import FAMILIES

ROBERTA = "roberta"


def config_family(
    raw: Mapping[str, Any], path: Path, word: str | None = None
) -> str | None:
    """Returns the family a configuration names; Google's files name none.

    Args:
        raw: Its keys.
        path: Where it lies, for messages.
        word: What the names of the weights begin with; None where it is not known.

    Raises:
        CheckpointError: When it names one we cannot read.
    """
    stated = _stated_type(raw, path)
    families = {
        model_type: family
        for family, row in FAMILIES.items()
        for model_type in (family, *row.model_types)
    }
    named = families.get(str(stated))
    if ROBERTA in (named, word):
        return _bert_or_roberta(raw, named, word, path)
    if stated is None or named is not None:
        return named
    raise CheckpointError(
        f"Expected a model of the families {', '.join(FAMILIES)}. Received: "
        f"model_type={raw.get('model_type')!r}, "
        f"architectures={raw.get('architectures')!r} in {path}. Choose another "
        f"checkpoint."
    )


def notes_on_family(raw: Mapping[str, Any], word: str) -> list[str]:
    """Returns what is to be said of how the family was told."""
    named = raw.get("model_type")
    if word == ROBERTA and named == "bert":
        return [f"read as BERT: so says the configuration, the weights say {ROBERTA}"]
    if word == "bert" and named == ROBERTA:
        return [f"read as BERT: so say the weights, the configuration says {ROBERTA}"]
    return []


def is_generator(raw: Mapping[str, Any]) -> bool:
    """Whether a configuration is that of ELECTRA's generator."""
    return "ElectraForMaskedLM" in (raw.get("architectures") or [])


def check_family(named: str | None, expected: str | None, path: Path) -> None:
    """Raises a CheckpointError when a configuration names another family."""
    if named and expected and named != expected:
        raise CheckpointError(
            f"Expected a configuration of the family {expected!r}, as `model` says. "
            f"Received: {path} of {named!r}. Give model={named!r}."
        )


def _stated_type(raw: Mapping[str, Any], path: Path) -> str | None:
    """Returns the type that a configuration states, or the one of its architecture."""
    named, architectures = raw.get("model_type"), raw.get("architectures") or []
    kinds = {"model_type": (str, named), "architectures": (list, architectures)}
    for key, (kind, value) in kinds.items():
        if value is not None and not isinstance(value, kind):
            raise CheckpointError(
                f"Expected `{key}` to be a {kind.__name__}. Received: {key}={value!r} "
                f"in {path}. Correct it."
            )
    if named is not None or not architectures:
        return named
    first = str(architectures[0]).lower()
    return next((name for name in FAMILIES if first.startswith(name)), "")


def _bert_or_roberta(
    raw: Mapping[str, Any], named: str | None, word: str | None, path: Path
) -> str:
    """Tells a RoBERTa from a BERT that was trained like one, or refuses to.

    The two have the same names and shapes; RoBERTa counts positions from another start.
    """
    others = {named, word} - {ROBERTA, None, ""}
    starts_at_0 = raw.get("pad_token_id") in (None, 0)
    has_segments = raw.get("type_vocab_size") != 1
    if others == {"bert"} and starts_at_0 and has_segments:
        return "bert"
    # A type alone is not enough: BERTs that were trained like one are called so too.
    is_named = named == ROBERTA and word in (ROBERTA, None)
    if not others and (is_named or not (starts_at_0 and has_segments)):
        return ROBERTA
    raise CheckpointError(
        f"Expected files that agree on whether this is a BERT or a RoBERTa, which "
        f"counts positions from another start. Received: "
        f"model_type={raw.get('model_type')!r} in {path}, weights named "
        f"{word or 'without prefix'!r}, pad_token_id={raw.get('pad_token_id')!r}, "
        f'type_vocab_size={raw.get("type_vocab_size")!r}. If this is a BERT ("use '
        f'BertModel and BertTokenizer" says its page), set "model_type" to "bert"; of '
        f'a RoBERTa state "model_type" and "pad_token_id" as its page has them.'
    )
