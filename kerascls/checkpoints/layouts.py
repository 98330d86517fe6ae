"""Which files make up a checkpoint: directory layouts, tried in order."""

import re
from dataclasses import dataclass
from pathlib import Path

from kerascls.checkpoints.names import LayoutName
from kerascls.checkpoints.unread_weights import conversion, refuse_adapter
from kerascls.checkpoints.weight_files.formats import (
    FORMATS,
    WeightFormat,
    format_of,
)
from kerascls.checkpoints.weight_files.shards import INDEX
from kerascls.errors import CheckpointError
from kerascls.models.presets import PRESETS, find_pretrained

# One of several files that make up the weights; the only one of one is whole.
_SHARD = re.compile(r"-\d{5}-of-(?!00001\.)\d{5}\.\w+$")
# Trainers put their own state, which is no model, beside a model's weights.
_STATES = ("optimizer", "scheduler", "training_args", "rng_state", "scaler", "sampler")


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the files of one kind of checkpoint are called.

    Args:
        name: Whose layout.
        title: What to call it in messages.
        writer: `module:function` of `(encoder, folder)` that writes a `WholeEncoder`
            so; returns what is to be said of it.
        main_config: The configuration that takes precedence.
        looked_for: What to say was looked for.
    """

    name: LayoutName
    title: str
    writer: str
    main_config: str = ""
    looked_for: str = ""


_WRITING = "kerascls.checkpoints.writing"
LAYOUTS = {
    "huggingface": Layout(
        name="huggingface",
        title="Hugging Face",
        writer=f"{_WRITING}:write_huggingface",
        main_config="config.json",
        looked_for="config.json, model.safetensors, pytorch_model.bin or tf_model.h5 "
        "(or shards with their *.index.json), vocab.txt or tokenizer.json",
    ),
    "google": Layout(
        name="google",
        title="Google's TensorFlow",
        writer=f"{_WRITING}:write_google",
        looked_for="a *.json configuration, PREFIX.index with "
        "PREFIX.data-00000-of-00001, vocab.txt",
    ),
}


def find_weights(directory: Path) -> tuple[Layout, Path]:
    """Returns the layout of a directory and its one checkpoint.

    Hubs offer the same weights in several forms; those of an earlier turn
    (`WeightFormat.turn`) are taken.

    Raises:
        CheckpointError: When there is none, or more than one of the same turn.
    """
    refuse_adapter(directory)
    paths = _first_turn(directory)
    if paths and all(_SHARD.search(path.name) for path in paths):
        raise CheckpointError(_no_index(paths))
    if len(paths) == 1:
        return layout_of(paths[0]), paths[0]
    if paths:
        names = " and ".join(path.name for path in paths)
        likely, why = _likeliest(directory, paths)
        raise CheckpointError(
            f"Expected one checkpoint in a directory. Received: {directory} with "
            f"{names}. Give the path of the one you mean, such as {likely}{why}, or "
            f"move the others away."
        )
    raise CheckpointError(_nothing_found(directory))


def named_weights(path: Path) -> Path:
    """Returns what is to be opened when somebody names one checkpoint of several.

    Args:
        path: A weight file, its index file, or a TensorFlow prefix, to which the
            shell may have added `.index`.

    Raises:
        CheckpointError: When it is none of these.
    """
    prefix = path.with_name(path.name.removesuffix(".index"))
    if prefix.with_name(f"{prefix.name}.index").is_file():
        return prefix
    if path.is_file() and any(form.fits(path.name) for form in FORMATS.values()):
        if _SHARD.search(path.name):
            raise CheckpointError(_is_part(path))
        return path
    if path.is_file() and (cure := conversion(path)):
        raise CheckpointError(
            f"Expected weights in a form that is read. Received: {path}. {cure}"
        )
    endings = ", ".join(e for form in FORMATS.values() for e in form.endings)
    problem = "is none of these" if path.exists() else "does not exist"
    cure = "Check the path." if path.exists() else _cure_of_name(path)
    raise CheckpointError(
        f"Expected the directory of a checkpoint, a file of weights ({endings}), the "
        f"index file of several, or a TensorFlow prefix (PREFIX of PREFIX.index). "
        f"Received: {path}, which {problem}. {cure}"
    )


def _cure_of_name(path: Path) -> str:
    """Returns what to do about a path that is not there; it may be a model's name."""
    name, rows = path.as_posix(), PRESETS.values()
    named = (row for row in rows if name in (row.name, row.hub, *row.folders))
    if (preset := next(named, None)) is None:
        return "Check the path."
    if not preset.folders:
        return f"{preset.name} is a model without weights; it needs none."
    if folder := find_pretrained(preset):
        return f"{preset.name} is a model; its weights lie in {folder}: give that."
    return (
        f"{preset.name} is a model whose weights are not there: fetch them with "
        f"`kerascls download {preset.name}`, and give the folder that it names."
    )


def layout_of(path: Path) -> Layout:
    """Returns the layout to which a weight file or TensorFlow prefix belongs."""
    return LAYOUTS[format_of(path).layout]


def other_weights(path: Path) -> list[str]:
    """Returns the names of weights beside a file of weights that do not belong to it.

    Of a TensorFlow prefix and of an index file these are weights in other forms.
    """
    own = format_of(path)
    is_one_file = own.has_index and not path.name.endswith(INDEX)
    return [
        file.name
        for form in FORMATS.values()
        for file in _candidates(path.parent, form)
        if file != path and (form is not own or is_one_file)
    ]


def _first_turn(directory: Path) -> list[Path]:
    for turn in sorted({form.turn for form in FORMATS.values()}):
        forms = (form for form in FORMATS.values() if form.turn == turn)
        if paths := [path for form in forms for path in _paths(directory, form)]:
            return paths
    return []


def _paths(directory: Path, form: WeightFormat) -> list[Path]:
    """Returns what can be opened as weights of one form: files or prefixes."""
    files = _candidates(directory, form)
    if not form.has_index:
        return [path.with_name(path.name.removesuffix(".index")) for path in files]
    main = [path for path in files if form.is_main(path.name)]
    indexes = [path for path in files if path.name.endswith(INDEX)]
    return main or indexes or files


def _candidates(directory: Path, form: WeightFormat) -> list[Path]:
    return [
        path
        for path in files_in(directory)
        if form.fits(path.name) and not path.name.startswith(_STATES)
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
    looked_for = "".join(
        f"\n  {row.title}: {row.looked_for}" for row in LAYOUTS.values()
    )
    message = (
        f"Expected a checkpoint in one of these layouts:{looked_for}\n"
        f"Received: {directory}, which holds {listing(directory)}. "
    )
    names = [path.name for path in files_in(directory)]
    for path in files_in(directory):
        if cure := conversion(path):
            return message + cure
    if data := [name for name in names if ".data-0" in name]:
        return message + f"The .index file that belongs to {data[0]} is missing."
    below = [path for path in _subdirectories(directory) if _first_turn(path)]
    if below:
        return message + f"Did you mean {below[0]}?"
    return message + "Choose the directory that holds the files, or complete them."


def _is_part(shard: Path) -> str:
    ending = f"{shard.suffix}{INDEX}"
    indexes = [path for path in files_in(shard.parent) if path.name.endswith(ending)]
    if not indexes:
        return _no_index([shard])
    return (
        f"Expected the index file of weights in several files. Received: {shard}, "
        f"which is a part of them. Give {indexes[0]}."
    )


def _no_index(shards: list[Path]) -> str:
    directory = shards[0].parent
    names = " and ".join(path.name for path in shards)
    return (
        f"Expected {_index_of(shards[0])} beside the shards of a checkpoint. "
        f"Received: {directory} with {names} only, which is a part of the weights. "
        f"Copy or download the index and all of its files."
    )


def _index_of(shard: Path) -> str:
    return f"{_SHARD.sub('', shard.name)}{shard.suffix}{INDEX}"


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
