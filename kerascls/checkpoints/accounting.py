"""Every weight of a checkpoint accounted for: used, left out by name, or a fault."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from kerascls.checkpoints.finding import FoundCheckpoint
from kerascls.checkpoints.names import (
    file_name,
    is_transposed,
    names_in_file,
    reason_to_leave_out,
)
from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.encoder_config import EncoderConfig, weight_shapes


@dataclass(frozen=True, kw_only=True)
class Accounting:
    """What becomes of the weights in a file.

    Args:
        sources: From our stable name to the name in the file.
        missing: Names that the file should have.
        unexpected: Names that we have no use for and may not leave out.
        wrong_shapes: Names with the shape found and the one expected.
        left_out: Names left out, by reason.
    """

    sources: dict[str, str]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    wrong_shapes: tuple[str, ...]
    left_out: dict[str, tuple[str, ...]]

    @property
    def is_complete(self) -> bool:
        """Whether the encoder can be loaded."""
        return not (self.missing or self.unexpected or self.wrong_shapes)

    def notes(self) -> list[str]:
        """Returns a line for each reason to leave weights out."""
        return [
            f"left out: {why} ({len(names)} weights, such as {names[0]})"
            for why, names in self.left_out.items()
        ]


def account(
    found: FoundCheckpoint,
    *,
    with_pool: bool = False,
    num_hidden_layers: int | None = None,
) -> Accounting:
    """Compares the weights of a checkpoint with those of its encoder.

    Args:
        found: The checkpoint.
        with_pool: Whether the pooler is wanted.
        num_hidden_layers: How many layers are wanted; None for all.
    """
    shapes = found.weights.shapes()
    actual = names_in_file(found.layout, found.family, shapes)
    wanted = weight_shapes(first_layers(found.config, num_hidden_layers), with_pool)
    plain_names = _plain_names(found, wanted)
    sources, missing, wrong = {}, [], []
    for name, shape in wanted.items():
        plain = plain_names[name]
        if is_transposed(found.layout, name):
            shape = shape[::-1]
        if plain not in actual:
            missing.append(plain)
        elif shapes[actual[plain]] != shape:
            wrong.append(f"{actual[plain]} is {shapes[actual[plain]]}, not {shape}")
        else:
            sources[name] = actual[plain]
    upper_layers = set(_plain_names(found, weight_shapes(found.config)).values())
    left_out, unexpected = defaultdict(list), []
    for plain in sorted(set(actual) - set(plain_names.values())):
        why = reason_to_leave_out(found.layout, plain)
        if plain in upper_layers:
            why = f"layers from {num_hidden_layers} on"
        (left_out[why] if why else unexpected).append(actual[plain])
    return Accounting(
        sources=sources,
        missing=tuple(sorted(missing)),
        unexpected=tuple(unexpected),
        wrong_shapes=tuple(sorted(wrong)),
        left_out={why: tuple(names) for why, names in left_out.items()},
    )


def require_complete(found: FoundCheckpoint, accounting: Accounting) -> None:
    """Raises one error that counts and names everything that is wrong.

    Raises:
        CheckpointError: Unless the encoder can be loaded.
    """
    if accounting.is_complete:
        return
    kinds = {
        "missing": accounting.missing,
        "unexpected": accounting.unexpected,
        "wrong shape": accounting.wrong_shapes,
    }
    counts = ", ".join(f"{len(names)} {kind}" for kind, names in kinds.items())
    lines = "".join(_lines(kind, names) for kind, names in kinds.items())
    config = found.config
    raise CheckpointError(
        f"Expected the weights of the {found.family} encoder that "
        f"{found.config_path} describes ({config.num_layers} layers, hidden size "
        f"{config.hidden_dim}). Received: {found.weights_path} with {counts}:{lines}\n"
        f"Bring together the files of one checkpoint, or copy them again."
    )


def first_layers(config: EncoderConfig, num_layers: int | None) -> EncoderConfig:
    """Returns `config` with its first layers only.

    ALBERT's one block can be applied any number of times.

    Args:
        config: The encoder.
        num_layers: How many; None for all.

    Raises:
        SettingsError: When the checkpoint does not have so many.
    """
    if num_layers is None:
        return config
    is_number = isinstance(num_layers, int) and num_layers > 0
    if not is_number or (num_layers > config.num_layers and not config.shares_layers):
        raise SettingsError(
            f"Expected `num_hidden_layers` from 1 to {config.num_layers}, the layers "
            f"of the checkpoint. Received: num_hidden_layers={num_layers!r}. Choose "
            f"fewer."
        )
    return replace(config, num_layers=num_layers)


def _plain_names(found: FoundCheckpoint, names: Iterable[str]) -> dict[str, str]:
    return {name: file_name(found.layout, found.family, name) for name in names}


def _lines(kind: str, names: Iterable[str]) -> str:
    names = list(names)
    more = f"\n  {kind}: and {len(names) - 10} more" if len(names) > 10 else ""
    return "".join(f"\n  {kind}: {name}" for name in names[:10]) + more
