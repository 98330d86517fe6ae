"""Every weight of a checkpoint accounted for: used, left out by name, or a fault."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kerascls.checkpoints.config_files import OPTIONAL_KEYS, REQUIRED_KEYS
from kerascls.checkpoints.finding import EncoderFiles
from kerascls.checkpoints.names import (
    TASKS,
    file_name,
    is_transposed,
    reason_to_leave_out,
)
from kerascls.checkpoints.weight_sizes import sizes_of_weights
from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.encoder_config import EncoderConfig, weight_shapes
from kerascls.models.families import FAMILIES

NO_FLOAT = ", no float"


class WeightFaults:
    """What keeps the weights of a file from being loaded."""

    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    wrong_shapes: tuple[str, ...]

    @property
    def faults(self) -> dict[str, tuple[str, ...]]:
        """What is wrong, by kind; of some kinds nothing may be."""
        return {
            "missing": self.missing,
            "unexpected": self.unexpected,
            "wrong shape": self.wrong_shapes,
        }

    @property
    def is_complete(self) -> bool:
        """Whether the encoder can be loaded."""
        return not any(self.faults.values())

    def fault_counts(self) -> str:
        return ", ".join(f"{len(names)} {kind}" for kind, names in self.faults.items())


@dataclass(frozen=True, kw_only=True)
class Accounting(WeightFaults):
    """What becomes of the weights in a file.

    Args:
        sources: From our stable name to the name in the file.
        missing: Names that the file should have.
        unexpected: Names within the encoder that we have no use for and may not leave
            out.
        wrong_shapes: Names with the shape found and the one expected, or with a type
            that is none of a weight.
        left_out: Names left out, by reason.
    """

    sources: dict[str, str]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    wrong_shapes: tuple[str, ...]
    left_out: dict[str, tuple[str, ...]]

    def advice(self, files: EncoderFiles) -> str:
        """Returns what to do about the faults."""
        differing = _differing_sizes(files)
        if differing:
            return (
                f"Configuration and weights differ: {', '.join(differing)}. Bring "
                f"together the files of one checkpoint, or correct the configuration."
            )
        if any(fault.endswith(NO_FLOAT) for fault in self.wrong_shapes):
            return "Quantised weights are not supported; use the original checkpoint."
        if self.missing or self.wrong_shapes:
            return "Bring together the files of one checkpoint, or copy them again."
        where = (
            f"behind {files.names.prefix!r}" if files.names.prefix else "in the file"
        )
        return (
            f"The encoder is complete, and nothing says what the other weights "
            f"{where} are. Write the file again without those that are heads of a "
            f"task; any other is part of an architecture that is not supported."
        )

    def notes(self) -> list[str]:
        """Returns a line for each reason to leave weights out."""
        return [
            f"left out: {why} ({len(names)} weights, such as {names[0]})"
            for why, names in self.left_out.items()
        ]


def account(
    files: EncoderFiles,
    *,
    with_pool: bool = False,
    num_hidden_layers: int | None = None,
) -> Accounting:
    """Compares the weights of a checkpoint with those of its encoder, or a part of it.

    With `num_hidden_layers` only so many layers from below are wanted.
    """
    names = files.names
    shapes, unreadable = files.weights.shapes(), files.weights.unreadable()
    wanted = weight_shapes(first_layers(files.config, num_hidden_layers), with_pool)
    if files.num_task_types:
        wanted[TASKS] = (files.num_task_types, files.config.embedding_dim)
    plain_names = _plain_names(files, wanted)
    sources, missing, wrong = {}, [], []
    for name, shape in wanted.items():
        source = names.inside.get(plain_names[name])
        if is_transposed(files.layout, name):
            shape = shape[::-1]
        if source is None:
            missing.append(names.prefix + plain_names[name])
        elif shapes[source] != shape:
            wrong.append(f"{source} is {shapes[source]}, not {shape}")
        elif source in unreadable:
            wrong.append(f"{source} is of type {unreadable[source]}{NO_FLOAT}")
        else:
            sources[name] = source
    left_out = _left_out(files, set(plain_names.values()), num_hidden_layers)
    unexpected = [*left_out.pop("", []), *names.doubled]
    return Accounting(
        sources=sources,
        missing=tuple(sorted(missing)),
        unexpected=tuple(sorted(unexpected)),
        wrong_shapes=tuple(sorted(wrong)),
        left_out={why: tuple(sorted(found)) for why, found in left_out.items()},
    )


def has_pooler(files: EncoderFiles) -> bool:
    """Whether a checkpoint has weights for a pooler, in a family that has one."""
    if not FAMILIES[files.family].has_pooler:
        return False
    return not account(files, with_pool=True).missing


def _left_out(
    files: EncoderFiles, used: set[str], num_hidden_layers: int | None
) -> dict[str, list[str]]:
    """Returns what is not used by reason; what there is none for under ""."""
    names, layout = files.names, files.layout
    upper_layers = set(_plain_names(files, weight_shapes(files.config)).values())
    found: defaultdict[str, list[str]] = defaultdict(list)
    for plain in sorted(set(names.inside) - used):
        why = reason_to_leave_out(layout, plain) or ""
        if plain in upper_layers:
            why = f"layers from {num_hidden_layers} on"
        found[why].append(names.inside[plain])
    for plain, source in sorted(names.outside.items()):
        beside = f"beside the encoder {names.prefix!r}"
        found[reason_to_leave_out(layout, plain) or beside].append(source)
    return found


def require_complete(files: EncoderFiles, accounting: Accounting) -> None:
    """Raises one error that counts and names everything that is wrong.

    Raises:
        CheckpointError: Unless the encoder can be loaded.
    """
    if accounting.is_complete:
        return
    lines = "".join(_lines(kind, names) for kind, names in accounting.faults.items())
    raise CheckpointError(
        f"Expected the weights of the {files.family} encoder that "
        f"{files.config_path} describes ({files.config.num_layers} layers, hidden size "
        f"{files.config.hidden_dim}). Received: {files.weights_path} with "
        f"{accounting.fault_counts()}:{lines}\n{accounting.advice(files)}"
    )


def first_layers(config: EncoderConfig, num_layers: int | None) -> EncoderConfig:
    """Returns `config` with its first layers only; None for all of them.

    ALBERT's one block can be applied any number of times.

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


def _differing_sizes(files: EncoderFiles) -> list[str]:
    shapes = files.weights.shapes()
    inside = {name: shapes[source] for name, source in files.names.inside.items()}
    shown = sizes_of_weights(files.layout, files.family, inside)
    stated = {
        key: getattr(files.config, field)
        for key, field in (REQUIRED_KEYS | OPTIONAL_KEYS).items()
    }
    stated["max_position_embeddings"] = files.config.num_positions
    return [
        f"{key} is {stated[key]} in the one and {size} in the other"
        for key, size in shown.items()
        if stated[key] != size
    ]


def _plain_names(files: EncoderFiles, names: Iterable[str]) -> dict[str, str]:
    return {name: file_name(files.layout, files.family, name) for name in names}


def _lines(kind: str, names: Sequence[str]) -> str:
    more = f"\n  {kind}: and {len(names) - 10} more" if len(names) > 10 else ""
    return "".join(f"\n  {kind}: {name}" for name in names[:10]) + more
