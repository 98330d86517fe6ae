"""What a checkpoint directory holds, and whether it can be used."""

from dataclasses import MISSING, asdict, dataclass, fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

from kerascls.checkpoints.accounting import Accounting, WeightFaults, account
from kerascls.checkpoints.finding import FoundCheckpoint, find_checkpoint
from kerascls.checkpoints.loading import check_numbers
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.families import FAMILIES
from kerascls.models.presets import PRESETS, Preset, find_pretrained
from kerascls.models.registry import TRANSFORMER
from kerascls.system.keywords import checked_keywords

# What has no default tells one architecture from another.
_SIZES = attrgetter(
    *(field.name for field in fields(EncoderConfig) if field.default is MISSING)
)


@dataclass(frozen=True, kw_only=True)
class Inspection(WeightFaults):
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
        advice: What to do about weights that are wrong; "" when none is.
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
    advice: str
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Returns everything as plain JSON types."""
        content = {**asdict(self), "directory": str(self.directory)}
        return content | {"is_complete": self.is_complete}

    def __str__(self) -> str:
        """Returns the text that `kerascls inspect` prints."""
        rows = [*self._description(), *self._verdict()]
        width = max(len(title) for title, _ in rows)
        return "\n".join(f"{title:<{width}}  {value}" for title, value in rows)

    def _description(self) -> list[tuple[str, str]]:
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

    def _verdict(self) -> list[tuple[str, str]]:
        if self.is_complete:
            return [("weights", "complete"), ("use with", self.usage)]
        faults = self.faults.items()
        rows = [(kind, name) for kind, names in faults for name in names[:10]]
        verdict = ("weights", f"NOT usable: {self.fault_counts()}")
        return [verdict, *rows, ("what to do", self.advice)]


@checked_keywords()
def inspect_checkpoint(directory: str | Path) -> Inspection:
    """Looks at a checkpoint as loading does: complete means that it can be loaded.

    Args:
        directory: What `load_encoder` would be given: the directory, or the path of
            one checkpoint among several.

    Returns:
        What was found; weights that are missing or too many are part of it.

    Raises:
        CheckpointError: When there is no checkpoint that could be described, or its
            numbers cannot be read; it says what was looked for.
    """
    checkpoint = find_checkpoint(directory)
    accounting = account(checkpoint)
    if accounting.is_complete:
        check_numbers(checkpoint, accounting)
    preset = _preset(checkpoint)
    return Inspection(
        directory=checkpoint.directory,
        layout=checkpoint.layout,
        config=checkpoint.config,
        files={
            "configuration": checkpoint.config_path.name,
            "weight files": checkpoint.weights_path.name,
            "vocabulary file": checkpoint.vocab_path.name,
        },
        parameters=checkpoint.config.parameters,
        vocab_size=checkpoint.vocab_size,
        do_lower_case=checkpoint.do_lower_case,
        has_pooler=_has_pooler(checkpoint, accounting),
        missing=accounting.missing,
        unexpected=accounting.unexpected,
        wrong_shapes=accounting.wrong_shapes,
        left_out=accounting.left_out,
        model=preset.name if preset else None,
        usage=_usage(checkpoint, preset, Path(directory)),
        advice="" if accounting.is_complete else accounting.advice(checkpoint),
        notes=checkpoint.notes,
    )


def _preset(checkpoint: FoundCheckpoint) -> Preset | None:
    """Returns the preset of these sizes, or of this folder but for the vocabulary's."""
    config, name = checkpoint.config, checkpoint.directory.resolve().name
    rows = [row for row in PRESETS.values() if row.architecture is TRANSFORMER]
    named = [row for row in rows if name in (*row.folders, row.name)]
    for row in named:
        if _SIZES(replace(row.config, vocab_size=config.vocab_size)) == _SIZES(config):
            return row
    return next((row for row in rows if _SIZES(row.config) == _SIZES(config)), None)


def _usage(checkpoint: FoundCheckpoint, preset: Preset | None, given: Path) -> str:
    if preset is None:
        return f"--checkpoint {given}"
    folder = find_pretrained(preset)
    if folder and folder.resolve() == given.expanduser().resolve():
        return f"--model {preset.name}"
    return f"--model {preset.name} --checkpoint {given}"


def _has_pooler(checkpoint: FoundCheckpoint, accounting: Accounting) -> bool:
    if not FAMILIES[checkpoint.family].has_pooler:
        return False
    with_pooler = account(checkpoint, with_pool=True)
    return set(with_pooler.missing) <= set(accounting.missing)


def _count(why: str, names: tuple[str, ...]) -> str:
    return f"{why}: {len(names)} weights, such as {names[0]}"
