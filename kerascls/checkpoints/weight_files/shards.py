"""Which files hold the weights that an index file lists."""

import json
from collections.abc import Iterable
from pathlib import Path

from kerascls.checkpoints.placeholders import refuse_placeholder
from kerascls.checkpoints.weight_files.weight_file import first_line
from kerascls.errors import CheckpointError

INDEX = ".index.json"


def files_of(path: Path) -> list[Path]:
    """Returns the files that a path stands for: itself, or those its index names.

    Raises:
        CheckpointError: When an index is none, or names files that are not beside it.
    """
    if not path.name.endswith(INDEX):
        return [path]
    refuse_placeholder(path)
    try:
        weight_map = json.loads(path.read_text("utf-8"))["weight_map"]
        names = sorted(set(weight_map.values()))
        outside = [name for name in names if not _is_plain(name)]
    except (
        OSError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise CheckpointError(
            f"Expected an index of weight files with a `weight_map`. Received: "
            f"{path}: {first_line(error)}. Copy or download it again."
        ) from error
    if outside or not names:
        raise CheckpointError(
            f"Expected the names of weight files beside their index. Received: "
            f"{path} with {outside or names}. Copy or download it again."
        )
    return [path.parent / name for name in names]


def require_new(names: Iterable[str], known: Iterable[str], path: Path) -> None:
    """Raises a CheckpointError when a file has names that were in others before it."""
    if doubled := sorted({*names} & {*known}):
        raise CheckpointError(
            f"Expected each weight in one file. Received: {path}, of whose weights "
            f"{len(doubled)} are in other files of the same index too, such as "
            f"{doubled[0]}. Copy or download the files of one checkpoint again."
        )


def _is_plain(name: str) -> bool:
    # A backslash leads out of a directory on Windows alone, and is refused everywhere.
    return Path(name).name == name not in ("", "..") and not {*name} & {"\\", "\0"}
