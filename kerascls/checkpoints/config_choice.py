"""Which of a directory's JSON files is the configuration; two may say the same."""

from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from kerascls.checkpoints.config_files import (
    REQUIRED_KEYS,
    dialect_of,
    looks_like_config,
    meaning,
    num_task_types,
    read_config,
    refuse_unsupported,
)
from kerascls.checkpoints.layouts import Layout, files_in, listing
from kerascls.checkpoints.names import LayoutName
from kerascls.errors import CheckpointError
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.families import FAMILIES

MAX_CONFIG_BYTES = 1_000_000
_DEFAULTS = {
    field.name: field.default
    for field in fields(EncoderConfig)
    if field.default is not MISSING
}


def find_config(directory: Path, layout: Layout) -> Path:
    """Returns the configuration file of the checkpoint in a directory.

    A generator's configuration beside a discriminator's, as in ELECTRA's archives,
    is passed over. Of several with one meaning it is the one that states most sizes.

    Raises:
        CheckpointError: When there is none, or several that differ in what they mean.
    """
    main = directory / layout.main_config
    if layout.main_config and main.is_file():
        return main
    candidates, broken = _candidates(directory)
    chosen = [path for path in candidates if "generator" not in path.name]
    chosen = chosen or [*candidates]
    if not chosen:
        problem = f" ({broken[0]})" if broken else ""
        raise CheckpointError(
            f"Expected a configuration file: a *.json with {', '.join(REQUIRED_KEYS)}. "
            f"Received: none in {directory}{problem}. It holds {listing(directory)}. "
            f"Copy the configuration there."
        )
    if len(chosen) > 1:
        _require_one_meaning({path: candidates[path] for path in chosen}, layout.name)
    return max(chosen, key=lambda path: len(candidates[path].keys() & REQUIRED_KEYS))


def _require_one_meaning(raws: dict[Path, dict[str, Any]], layout: LayoutName) -> None:
    types = [raw.get("model_type") for raw in raws.values()]
    family = next((str(one) for one in types if str(one) in FAMILIES), "bert")
    meanings = {}
    for path, raw in raws.items():
        refuse_unsupported(raw, path)
        said = meaning(raw, family, dialect_of(raw, layout), path)
        tasks = {"num_task_types": num_task_types(raw, path)}
        meanings[path] = _DEFAULTS | said | tasks
    first, *others = raws
    for other in others:
        same = meanings[first].keys() & meanings[other].keys()
        differing = sorted(
            key for key in same if meanings[first][key] != meanings[other][key]
        )
        if differing:
            raise CheckpointError(
                f"Expected one configuration file in a directory. Received: "
                f"{first.parent} with {' and '.join(path.name for path in raws)}, "
                f"which differ in {_shown(differing, meanings[first], meanings[other])}"
                f". Move away what does not belong to the checkpoint."
            )


def _shown(names: list[str], first: dict[str, Any], second: dict[str, Any]) -> str:
    return ", ".join(f"{name} ({first[name]!r}, {second[name]!r})" for name in names)


def _candidates(directory: Path) -> tuple[dict[Path, dict[str, Any]], list[str]]:
    candidates, broken = {}, []
    for path in files_in(directory):
        if path.suffix != ".json" or path.stat().st_size > MAX_CONFIG_BYTES:
            continue
        try:
            raw = read_config(path)
        except CheckpointError as error:
            broken.append(str(error))
            continue
        if looks_like_config(raw):
            candidates[path] = raw
    return candidates, broken
