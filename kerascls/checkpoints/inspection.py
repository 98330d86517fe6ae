"""What a checkpoint directory holds and whether it can be used; reads no numbers."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kerascls.checkpoints.accounting import Accounting, account
from kerascls.checkpoints.finding import FoundCheckpoint, find_checkpoint
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.families import FAMILIES
from kerascls.models.presets import PRESETS, Preset, find_pretrained
from kerascls.models.registry import TRANSFORMER

SIZES = (
    "family",
    "vocab_size",
    "embedding_dim",
    "hidden_dim",
    "intermediate_dim",
    "num_layers",
    "num_heads",
)


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What `kerascls inspect` shows.

    Args:
        directory: Where the checkpoint lies.
        layout: `"google"` or `"huggingface"`.
        config: Family, sizes and constants.
        files: Configuration, weights and vocabulary by name.
        parameters: Numbers in the encoder, without pooler.
        vocab_size: Tokens in the vocabulary file.
        do_lower_case: Whether texts are lower-cased.
        has_pooler: Whether the pooler's weights are there.
        missing: Weights that should be there.
        unexpected: Weights that belong to no part we know.
        wrong_shapes: Weights whose shape does not fit the configuration.
        left_out: Weights that are not used, by reason.
        model: Preset of this architecture, if there is one.
        usage: What to give `kerascls fit`.
        notes: What was inferred or is not used.
    """

    directory: Path
    layout: str
    config: EncoderConfig
    files: dict[str, str]
    parameters: int
    vocab_size: int
    do_lower_case: bool
    has_pooler: bool
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    wrong_shapes: tuple[str, ...]
    left_out: dict[str, tuple[str, ...]]
    model: str | None
    usage: str
    notes: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether the checkpoint can be loaded."""
        return not (self.missing or self.unexpected or self.wrong_shapes)

    def to_dict(self) -> dict[str, Any]:
        """Returns everything as plain JSON types."""
        content = {**asdict(self), "directory": str(self.directory)}
        return content | {"is_complete": self.is_complete}

    def __str__(self) -> str:
        """Returns the text that `kerascls inspect` prints."""
        rows = [*self._facts(), *self._faults()]
        width = max(len(title) for title, _ in rows)
        return "\n".join(f"{title:<{width}}  {text}" for title, text in rows)

    def _facts(self) -> list[tuple[str, str]]:
        config = self.config
        sizes = (
            f"{config.num_layers} layers, hidden {config.hidden_dim}, embedding "
            f"{config.embedding_dim}, feed-forward {config.intermediate_dim}, "
            f"{config.num_heads} heads, {config.max_positions} positions"
        )
        return [
            ("directory", str(self.directory)),
            ("family", config.family),
            ("layout", self.layout),
            *self.files.items(),
            ("sizes", sizes),
            ("activation", config.activation),
            ("parameters", f"{self.parameters:,} without pooler"),
            ("pooler", "yes" if self.has_pooler else "no"),
            ("vocabulary", f"{self.vocab_size} tokens"),
            ("lower-cased", "yes" if self.do_lower_case else "no"),
            *(("note", note) for note in self.notes),
            *(("left out", _count(why, names)) for why, names in self.left_out.items()),
        ]

    def _faults(self) -> list[tuple[str, str]]:
        if self.is_complete:
            return [("weights", "complete"), ("use with", self.usage)]
        kinds = {
            "missing": self.missing,
            "unexpected": self.unexpected,
            "wrong shape": self.wrong_shapes,
        }
        counts = ", ".join(f"{len(names)} {kind}" for kind, names in kinds.items())
        lines = [(kind, name) for kind, names in kinds.items() for name in names[:10]]
        return [("weights", f"NOT usable: {counts}"), *lines]


def inspect_checkpoint(directory: str | Path) -> Inspection:
    """Looks at a checkpoint without reading its numbers.

    Args:
        directory: What `load_encoder` would be given: the directory, or the path of
            one checkpoint among several.

    Returns:
        What was found; weights that are missing or too many are part of it.

    Raises:
        CheckpointError: When there is no checkpoint that could be described; it says
            what was looked for.
    """
    found = find_checkpoint(directory)
    accounting = account(found)
    preset = _preset(found)
    return Inspection(
        directory=found.directory,
        layout=found.layout,
        config=found.config,
        files={
            "configuration": found.config_path.name,
            "weight files": found.weights_path.name,
            "vocabulary file": found.vocab_path.name,
        },
        parameters=found.config.parameters,
        vocab_size=found.vocab_size,
        do_lower_case=found.do_lower_case,
        has_pooler=_has_pooler(found, accounting),
        missing=accounting.missing,
        unexpected=accounting.unexpected,
        wrong_shapes=accounting.wrong_shapes,
        left_out=accounting.left_out,
        model=preset.name if preset else None,
        usage=_usage(found, preset, Path(directory)),
        notes=found.notes,
    )


def _preset(found: FoundCheckpoint) -> Preset | None:
    same = [
        preset
        for preset in PRESETS.values()
        if preset.architecture is TRANSFORMER
        and all(getattr(preset.config, s) == getattr(found.config, s) for s in SIZES)
    ]
    name = found.directory.resolve().name
    named = [p for p in same if name in (*p.folders, p.name)]
    return next(iter((*named, *same)), None)


def _usage(found: FoundCheckpoint, preset: Preset | None, given: Path) -> str:
    if preset is None:
        return f"--checkpoint {given}"
    place = find_pretrained(preset)
    if place and place.resolve() == given.expanduser().resolve():
        return f"--model {preset.name}"
    return f"--model {preset.name} --checkpoint {given}"


def _has_pooler(found: FoundCheckpoint, accounting: Accounting) -> bool:
    if not FAMILIES[found.family].has_pooler:
        return False
    return not set(account(found, with_pool=True).missing) - set(accounting.missing)


def _count(why: str, names: tuple[str, ...]) -> str:
    return f"{why}: {len(names)} weights, such as {names[0]}"
