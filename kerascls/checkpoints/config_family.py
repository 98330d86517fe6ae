"""Which family of encoders a configuration names, and whether it can be that."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kerascls.errors import CheckpointError
from kerascls.models.families import FAMILIES

# Type of configurations whose weights are named, and shaped, like those of BERT.
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
    named = _stated_type(raw, path)
    if ROBERTA in (named, word):
        _require_bert(raw, named, word, path)
        return "bert"
    families = {
        model_type: family
        for family, row in FAMILIES.items()
        for model_type in (family, *row.model_types)
    }
    if named is None or named in families:
        return named and families[named]
    raise CheckpointError(
        f"Expected a model of the families {', '.join(FAMILIES)}. Received: "
        f"model_type={raw.get('model_type')!r}, "
        f"architectures={raw.get('architectures')!r} in {path}. Choose another "
        f"checkpoint."
    )


def notes_on_family(raw: Mapping[str, Any], word: str) -> list[str]:
    """Returns what is to be said of how the family was told."""
    named = raw.get("model_type")
    if word == ROBERTA:
        return [f"read as BERT: so says the configuration, the weights say {ROBERTA}"]
    if named == ROBERTA:
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
    return next((name for name in (*FAMILIES, ROBERTA) if first.startswith(name)), "")


def _require_bert(
    raw: Mapping[str, Any], named: str | None, word: str | None, path: Path
) -> None:
    """Refuses a RoBERTa, unless all else says that it is a BERT trained like one.

    RoBERTa has the names and shapes of BERT; it counts positions from another start.
    """
    others = {named, word} - {ROBERTA}
    starts_at_0 = raw.get("pad_token_id") in (None, 0)
    if others == {"bert"} and starts_at_0 and raw.get("type_vocab_size") != 1:
        return
    raise CheckpointError(
        f"Expected a model of the families {', '.join(FAMILIES)}. Received: "
        f"model_type={named!r} in {path}, weights named {word or 'without prefix'!r}, "
        f"pad_token_id={raw.get('pad_token_id')!r}, "
        f"type_vocab_size={raw.get('type_vocab_size')!r}. RoBERTa counts positions "
        f'from another start and is not supported. If this is a BERT ("use BertModel '
        f'and BertTokenizer" says its page), set "model_type" to "bert".'
    )
