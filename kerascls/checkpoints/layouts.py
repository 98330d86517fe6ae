"""Which files make up a checkpoint: directory layouts, tried in order."""

import re
from dataclasses import dataclass
from pathlib import Path

from kerascls.checkpoints.names import LayoutName
from kerascls.errors import CheckpointError

SAFETENSORS_INDEX = "model.safetensors.index.json"
# One of several files that make up the weights; the only one of one is whole.
_SHARD = re.compile(r"-\d{5}-of-(?!00001\.)\d{5}\.safetensors$")


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
        files = [
            path for path in files_in(directory) if path.name.endswith(self.weights)
        ]
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

# What to do with weights that are there in a form we do not read: the pattern of their
# name, and what the conversion needs.
CONVERSIONS = {
    r".*\.(bin|pt|pth)": "",
    r"tf_model\.h5": ", from_tf=True",
    r"flax_model\.msgpack": ", from_flax=True",
}


_STATES = ("optimizer", "scheduler", "training_args", "rng_state")


def find_weights(directory: Path) -> tuple[Layout, Path]:
    """Returns the layout of a directory and its one checkpoint.

    Raises:
        CheckpointError: When there is none, or more than one.
    """
    checkpoints = [
        (layout, path) for layout in LAYOUTS for path in layout.weight_paths(directory)
    ]
    if checkpoints and all(_SHARD.search(path.name) for _, path in checkpoints):
        raise CheckpointError(_no_index([path for _, path in checkpoints]))
    if len(checkpoints) == 1:
        return checkpoints[0]
    if checkpoints:
        names = " and ".join(path.name for _, path in checkpoints)
        likely, why = _likeliest(directory, [path for _, path in checkpoints])
        raise CheckpointError(
            f"Expected one checkpoint in a directory. Received: {directory} with "
            f"{names}. Give the path of the one you mean, such as {likely}{why}, or "
            f"move the others away."
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
        if _SHARD.search(path.name):
            raise CheckpointError(_is_shard(path))
        return path
    prefix = path.with_name(path.name.removesuffix(".index"))
    if prefix.with_name(f"{prefix.name}.index").is_file():
        return prefix
    if path.is_file() and (cure := _conversion(path)):
        raise CheckpointError(
            f"Expected weights in safetensors. Received: {path}. {cure}"
        )
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


def other_weights(path: Path) -> list[str]:
    """Returns the names of safetensors files beside one that do not belong to it."""
    if path.suffix != ".safetensors":
        return []
    names = [file.name for file in files_in(path.parent)]
    return [
        name for name in names if name.endswith(".safetensors") and name != path.name
    ]


def find_vocabulary(directory: Path) -> Path:
    """Returns `vocab.txt`, any other `*vocab*.txt`, or `tokenizer.json`.

    Raises:
        CheckpointError: When there is none, or several.
    """
    names = [path.name for path in files_in(directory)]
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
        f"Received: none in {directory}.{hint} It holds {listing(directory)}. Copy "
        f"the checkpoint's vocab.txt there."
    )


def _nothing_found(directory: Path) -> str:
    looked_for = "".join(f"\n  {row.title}: {row.looked_for}" for row in LAYOUTS)
    message = (
        f"Expected a checkpoint in one of these layouts:{looked_for}\n"
        f"Received: {directory}, which holds {listing(directory)}. "
    )
    names = [path.name for path in files_in(directory)]
    for path in files_in(directory):
        if cure := _conversion(path):
            return message + cure
    if data := [name for name in names if ".data-0" in name]:
        return message + f"The .index file that belongs to {data[0]} is missing."
    below = [path for path in _subdirectories(directory) if _holds_weights(path)]
    if below:
        return message + f"Did you mean {below[0]}?"
    return message + "Choose the directory that holds the files, or complete them."


def _conversion(path: Path) -> str | None:
    """Returns what to do with weights in a form that is not read; None for others."""
    for pattern, option in CONVERSIONS.items():
        # Trainers put their own state, which is no model, beside a model's weights.
        if re.fullmatch(pattern, path.name) and not path.name.startswith(_STATES):
            return (
                f"{path.name} is not read; convert it to safetensors once, where "
                f"{'transformers 4' if option else 'transformers'} is installed:"
                f'\n  python -c "from transformers import '
                f"AutoModel; AutoModel.from_pretrained(r'{path.parent}'{option})"
                f".save_pretrained(r'{path.parent}', safe_serialization=True)\""
            )
    return None


def _is_shard(path: Path) -> str:
    layout, _ = LAYOUTS
    others = layout.weight_paths(path.parent)
    if indexes := [one for one in others if one.name.endswith(".index.json")]:
        return (
            f"Expected the index file of weights in several files. Received: {path}, "
            f"which is a part of them. Give {indexes[0]}."
        )
    return _no_index([path])


def _no_index(shards: list[Path]) -> str:
    directory = shards[0].parent
    names = " and ".join(path.name for path in shards)
    return (
        f"Expected {SAFETENSORS_INDEX} beside the shards of a checkpoint. "
        f"Received: {directory} with {names} only, which is a part of the weights. "
        f"Copy or download the index and all of its files."
    )


def _likeliest(directory: Path, paths: list[Path]) -> tuple[Path, str]:
    """Returns the checkpoint that TensorFlow's own record names, else the last."""
    record = directory / "checkpoint"
    if record.is_file():
        text = record.read_text("utf-8", "replace")
        named = re.search(r'^model_checkpoint_path: *"(?:.*[/\\])?([^"]+)"', text)
        for path in paths:
            if named and path.name == named[1]:
                return path, ", which the file `checkpoint` names"
    return max(paths, key=_step), ""


def _step(path: Path) -> tuple[int, str]:
    step = re.search(r"-(\d+)$", path.name)
    return (int(step[1]) if step else 0), path.name


def _holds_weights(directory: Path) -> bool:
    return any(layout.weight_paths(directory) for layout in LAYOUTS)


def files_in(directory: Path) -> list[Path]:
    """Returns the files of a directory, but for those that systems put there."""
    # macOS writes a "._NAME" beside every NAME that it puts on other systems' disks.
    paths = (path for path in directory.iterdir() if not path.name.startswith("."))
    return sorted(path for path in paths if path.is_file())


def _subdirectories(directory: Path) -> list[Path]:
    return sorted(path for path in directory.iterdir() if path.is_dir())


def listing(directory: Path) -> str:
    """Returns what a directory holds, for messages."""
    paths = [*files_in(directory), *_subdirectories(directory)]
    names = [path.name + "/" * path.is_dir() for path in paths]
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more if names else "nothing"
