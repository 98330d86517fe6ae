"""Which files make up a checkpoint: directory layouts, tried in order."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerascls.checkpoints.config_files import (
    OPTIONAL_KEYS,
    REQUIRED_KEYS,
    looks_like_config,
    read_config,
)
from kerascls.checkpoints.names import LayoutName
from kerascls.errors import CheckpointError

SAFETENSORS_INDEX = "model.safetensors.index.json"
MAX_CONFIG_BYTES = 1_000_000
_SHARD = re.compile(r"-\d{5}-of-\d{5}\.safetensors$")


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the files of one kind of checkpoint are called.

    Args:
        name: Whose layout.
        title: What to call it in messages.
        weights: Endings of the files that stand for weights.
        main_weights: Names that take precedence when several files fit.
        main_config: The configuration that takes precedence.
        looked_for: What to say was looked for.
    """

    name: LayoutName
    title: str
    weights: tuple[str, ...]
    main_weights: tuple[str, ...] = ()
    main_config: str = ""
    looked_for: str = ""

    def weight_paths(self, directory: Path) -> list[Path]:
        """Returns what can be opened as weights: files or TensorFlow prefixes."""
        files = [path for path in _files(directory) if path.name.endswith(self.weights)]
        main = [path for path in files if path.name in self.main_weights]
        if self.name == "google":
            return [path.with_name(path.name.removesuffix(".index")) for path in files]
        if not main and any(path.name.endswith(".index.json") for path in files):
            main = [path for path in files if path.name.endswith(".index.json")]
        return main or files


LAYOUTS = (
    Layout(
        name="huggingface",
        title="Hugging Face",
        weights=(".safetensors", ".safetensors.index.json"),
        main_weights=("model.safetensors", SAFETENSORS_INDEX),
        main_config="config.json",
        looked_for="config.json, model.safetensors (or its shards with "
        "model.safetensors.index.json), vocab.txt or tokenizer.json",
    ),
    Layout(
        name="google",
        title="Google's TensorFlow",
        weights=(".index",),
        looked_for="a *.json configuration, PREFIX.index with "
        "PREFIX.data-00000-of-00001, vocab.txt",
    ),
)

# What to do with weights that are there in a form we do not read.
CONVERSIONS = {
    "pytorch_model.bin": "",
    "tf_model.h5": ", from_tf=True",
    "flax_model.msgpack": ", from_flax=True",
}


def find_weights(directory: Path) -> tuple[Layout, Path]:
    """Returns the layout of a directory and its one checkpoint.

    Raises:
        CheckpointError: When there is none, or more than one.
    """
    checkpoints = [
        (layout, path) for layout in LAYOUTS for path in layout.weight_paths(directory)
    ]
    if len(checkpoints) == 1:
        return checkpoints[0]
    names = " and ".join(path.name for _, path in checkpoints)
    if checkpoints and all(_SHARD.search(path.name) for _, path in checkpoints):
        raise CheckpointError(
            f"Expected {SAFETENSORS_INDEX} beside the shards of a checkpoint. "
            f"Received: {directory} with {names} only. Copy or download it."
        )
    if checkpoints:
        raise CheckpointError(
            f"Expected one checkpoint in a directory. Received: {directory} with "
            f"{names}. Give the path of the one you mean, such as "
            f"{checkpoints[0][1]}, or move the others away."
        )
    raise CheckpointError(_nothing_found(directory))


def named_weights(path: Path) -> Path:
    """Returns what is to be opened when somebody names one checkpoint of several.

    Args:
        path: A safetensors file, its index file, or a TensorFlow prefix, to which
            the shell may have added `.index`.

    Raises:
        CheckpointError: When it is none of these.
    """
    huggingface, _ = LAYOUTS
    if path.is_file() and path.name.endswith(huggingface.weights):
        return path
    prefix = path.with_name(path.name.removesuffix(".index"))
    if prefix.with_name(f"{prefix.name}.index").is_file():
        return prefix
    problem = "is none of these" if path.exists() else "does not exist"
    raise CheckpointError(
        f"Expected the directory of a checkpoint, a safetensors file, its index file "
        f"or a TensorFlow prefix (PREFIX of PREFIX.index). Received: {path}, which "
        f"{problem}. Check the path."
    )


def layout_of(path: Path) -> Layout:
    """Returns the layout to which a weight file or TensorFlow prefix belongs."""
    huggingface, google = LAYOUTS
    return huggingface if path.name.endswith(huggingface.weights) else google


def find_config(directory: Path, layout: Layout) -> Path:
    """Returns the configuration file of the checkpoint in a directory.

    A generator's configuration beside a discriminator's, as in ELECTRA's archives,
    is passed over.

    Raises:
        CheckpointError: When there is none, or several that differ.
    """
    main = directory / layout.main_config
    if layout.main_config and main.is_file():
        return main
    candidates, broken = _config_candidates(directory)
    chosen = [path for path in candidates if "generator" not in path.name]
    chosen = chosen or [*candidates]
    if not chosen:
        problem = f" ({broken[0]})" if broken else ""
        raise CheckpointError(
            f"Expected a configuration file: a *.json with {', '.join(REQUIRED_KEYS)}. "
            f"Received: none in {directory}{problem}. It holds {_listing(directory)}. "
            f"Copy the configuration there."
        )
    first = _numbers(candidates[chosen[0]])
    if any(_numbers(candidates[path]) != first for path in chosen):
        names = " and ".join(path.name for path in chosen)
        raise CheckpointError(
            f"Expected one configuration file in a directory. Received: {directory} "
            f"with {names}, which differ. Move away what does not belong to the "
            f"checkpoint."
        )
    return chosen[0]


def find_vocabulary(directory: Path) -> Path:
    """Returns `vocab.txt`, any other `*vocab*.txt`, or `tokenizer.json`.

    Raises:
        CheckpointError: When there is none, or several.
    """
    names = [path.name for path in _files(directory)]
    texts = [name for name in names if "vocab" in name and name.endswith(".txt")]
    for name in ("vocab.txt", *(texts if len(texts) == 1 else ())):
        if name in names:
            return directory / name
    if not texts and "tokenizer.json" in names:
        return directory / "tokenizer.json"
    if texts:
        raise CheckpointError(
            f"Expected one vocabulary in a directory. Received: {directory} with "
            f"{' and '.join(texts)}. Call the right one vocab.txt."
        )
    other = [name for name in names if name.endswith((".model", "merges.txt"))]
    hint = f" {other[0]} is of another kind of tokenizer." if other else ""
    raise CheckpointError(
        f"Expected a WordPiece vocabulary: vocab.txt, *vocab*.txt or tokenizer.json. "
        f"Received: none in {directory}.{hint} It holds {_listing(directory)}. Copy "
        f"the checkpoint's vocab.txt there."
    )


def _config_candidates(directory: Path) -> tuple[dict[Path, dict[str, Any]], list[str]]:
    candidates, broken = {}, []
    for path in _files(directory):
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


def _numbers(raw: dict[str, Any]) -> list[Any]:
    return [raw.get(key) for key in (*REQUIRED_KEYS, *OPTIONAL_KEYS)]


def _nothing_found(directory: Path) -> str:
    looked_for = "".join(f"\n  {row.title}: {row.looked_for}" for row in LAYOUTS)
    message = (
        f"Expected a checkpoint in one of these layouts:{looked_for}\n"
        f"Received: {directory}, which holds {_listing(directory)}. "
    )
    names = [path.name for path in _files(directory)]
    for name, option in CONVERSIONS.items():
        if name in names:
            return message + (
                f"{name} is not read; convert it to safetensors once, where "
                f'transformers is installed:\n  python -c "from transformers import '
                f"AutoModel; AutoModel.from_pretrained(r'{directory}'{option})"
                f".save_pretrained(r'{directory}', safe_serialization=True)\""
            )
    if data := [name for name in names if ".data-0" in name]:
        return message + f"The .index file that belongs to {data[0]} is missing."
    below = [path for path in _subdirectories(directory) if _holds_weights(path)]
    if below:
        return message + f"Did you mean {below[0]}?"
    return message + "Choose the directory that holds the files, or complete them."


def _holds_weights(directory: Path) -> bool:
    return any(layout.weight_paths(directory) for layout in LAYOUTS)


def _files(directory: Path) -> list[Path]:
    # macOS writes a "._NAME" beside every NAME that it puts on other systems' disks.
    paths = (path for path in directory.iterdir() if not path.name.startswith("."))
    return sorted(path for path in paths if path.is_file())


def _subdirectories(directory: Path) -> list[Path]:
    return sorted(path for path in directory.iterdir() if path.is_dir())


def _listing(directory: Path) -> str:
    paths = [*_files(directory), *_subdirectories(directory)]
    names = [path.name + "/" * path.is_dir() for path in paths]
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more if names else "nothing"
