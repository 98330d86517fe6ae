"""`kerascls.convert`: an encoder in the layout of another project."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.numpy import load_file

from kerascls.checkpoints.accounting import account, has_pooler
from kerascls.checkpoints.conversion_mark import foreign_in
from kerascls.checkpoints.finding import find_checkpoint
from kerascls.checkpoints.layouts import LAYOUTS
from kerascls.checkpoints.loading import read_encoder_weights
from kerascls.checkpoints.names import LayoutName
from kerascls.checkpoints.tokenizer_classes import tokenizer_options
from kerascls.checkpoints.writing import (
    WholeEncoder,
    require_place,
    write_checkpoint,
)
from kerascls.errors import SettingsError
from kerascls.inference.bundle import WEIGHTS, is_bundle, open_bundle
from kerascls.inference.bundle.architecture import read_architecture
from kerascls.inference.bundle.files import RUN_FILE
from kerascls.models.encoder_config import EncoderConfig, weight_shapes
from kerascls.models.families import FAMILIES
from kerascls.system.keywords import checked_keywords
from kerascls.system.places import check_folder
from kerascls.system.tables import known_name


@dataclass(frozen=True, kw_only=True)
class Converted:
    """What was written.

    Args:
        out: The new folder.
        layout: One of `kerascls.checkpoints.layouts.LAYOUTS`.
        config: Family, sizes and constants.
        files: Names of the files in it.
        has_pooler: Whether the pooler's weights are among them.
        left_out: Weights that are not, by reason.
        notes: What was inferred, and what others will make of it.
    """

    out: Path
    layout: str
    config: EncoderConfig
    files: tuple[str, ...]
    has_pooler: bool
    left_out: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Returns it as plain JSON types."""
        more = {"out": str(self.out), "config": self.config.to_dict()}
        return {**vars(self), **more}

    def __str__(self) -> str:
        """Returns the text that `kerascls convert` prints."""
        config = self.config
        title = FAMILIES[config.family].title
        pooler = ", and the pooler" if self.has_pooler else ""
        rows = [
            ("written", str(self.out)),
            ("layout", self.layout),
            ("encoder", f"{title}, {config.num_layers} layers of {config.hidden_dim}"),
            ("weights", f"{config.parameters:,}{pooler}; float32"),
            ("files", ", ".join(self.files)),
            *(
                ("left out", f"{why}: {len(names)} weights, such as {names[0]}")
                for why, names in self.left_out.items()
            ),
            *(("note", note) for note in self.notes),
        ]
        return "\n".join(f"{row[0]:<8}  {row[1]}" for row in rows)


@checked_keywords()
def convert(
    directory: str | Path,
    out: str | Path,
    *,
    to: str = "huggingface",
    overwrite: bool = False,
) -> Converted:
    """Writes an encoder, with its tokenizer, in the layout of another project.

    Weights, with the pooler's where there is one, are the same to the bit, as float32.
    What else a checkpoint holds (heads, optimiser slots) is left out by name. Of a
    trained classifier it is the encoder; head, labels and decision stay in the bundle.

    Args:
        directory: A checkpoint in Google's or Hugging Face's layout, with weights in
            any form that is read; of several, the path that `load_encoder` would be
            given. Or a run or bundle of ours.
        out: The folder to appear, whole or not at all; a link to one is followed. It
            may lie in the folder of a checkpoint, not in a run or bundle.
        to: `"huggingface"` (`config.json`, `model.safetensors`, `tokenizer.json`) for
            `transformers`, or `"google"` (configuration, TensorFlow checkpoint,
            `vocab.txt`) for bert4keras and Google's code, of BERT, ALBERT and ELECTRA.
        overwrite: Whether an earlier conversion in `out` may be replaced, if all in it
            is as it was written (`kerascls.json` says how that was).

    Returns:
        What was written and left out; `str()` of it is for people.

    Raises:
        CheckpointError: When the checkpoint cannot be loaded.
        BundleError: When the bundle is damaged, or the run has none.
        SettingsError: When the layout cannot hold such an encoder, or there is
            something in `out` already.
        DiskFullError: When there is no room.

    Example:
        >>> kerascls.convert("runs/news", "news-encoder").files
        ('config.json', 'kerascls.json', 'model.safetensors', ...)
    """
    directory, out = Path(directory).expanduser(), Path(out).expanduser()
    layout: LayoutName = known_name(LAYOUTS, to, "to")  # type: ignore[assignment]
    is_ours = is_bundle(directory) or (directory / RUN_FILE).is_file()
    _check_out(out, directory, is_ours, overwrite)
    require_place(layout, out)
    read = _of_bundle if is_ours else _of_checkpoint
    encoder, left_out, notes = read(directory)
    files, more_notes = write_checkpoint(encoder, layout, out.resolve())
    return Converted(
        out=out,
        layout=layout,
        config=encoder.config,
        files=tuple(files),
        has_pooler=encoder.has_pooler,
        left_out=left_out,
        notes=(*notes, *more_notes),
    )


_Read = tuple[WholeEncoder, Mapping[str, tuple[str, ...]], list[str]]


def _of_checkpoint(path: Path) -> _Read:
    found = find_checkpoint(path)
    with_pool = has_pooler(found)
    weights, _ = read_encoder_weights(found, with_pool=with_pool)
    notes = [*found.notes]
    if found.num_task_types:
        notes.append(
            "the embedding of ERNIE's first task is added to those of segments, for "
            "the same outputs of a plain BERT"
        )
    folder = path if path.is_dir() else path.parent
    if beside := _of_sentence_transformers(folder):
        notes.append(
            f"not written: {', '.join(beside)}, where sentence-transformers reads "
            f"pooling and length; copy them beside what was written"
        )
    stated = tokenizer_options(folder).get("model_max_length")
    is_shorter = isinstance(stated, int) and 0 < stated < found.config.max_positions
    encoder = WholeEncoder(
        config=found.config,
        weights=weights,
        tokenizer=found.tokenizer,
        max_tokens=stated if is_shorter else None,
    )
    return encoder, account(found, with_pool=with_pool).left_out, notes


def _of_sentence_transformers(folder: Path) -> list[str]:
    """Returns the names of what lies there of a sentence-transformers model."""
    patterns = ("modules.json", "*sentence*.json", "[0-9]_*")
    return sorted(path.name for each in patterns for path in folder.glob(each))


def _of_bundle(path: Path) -> _Read:
    bundle = open_bundle(path)
    architecture = read_architecture(bundle)
    if (model := architecture.get("model")) is not None:
        raise SettingsError(
            f"Expected a classifier with an encoder. Received: {path}, whose model is "
            f"{model}. Train another with --model or --checkpoint, or copy the bundle "
            f"as it is."
        )
    config = EncoderConfig(**architecture["config"])
    arrays = load_file(bundle.path / WEIGHTS)
    with_pool = FAMILIES[config.family].has_pooler and "pooler/dense/kernel" in arrays
    weights = {name: arrays.pop(name) for name in weight_shapes(config, with_pool)}
    encoder = WholeEncoder(config=config, weights=weights, tokenizer=bundle.tokenizer())
    pooling, most = architecture["pooling"], bundle.input_spec.max_tokens
    notes = [
        f"labels and decision stay in {bundle.path}; the head read texts of at most "
        f"{most} tokens with pooling={pooling!r}"
    ]
    return encoder, {"classification head": tuple(sorted(arrays))}, notes


def _check_out(out: Path, directory: Path, is_ours: bool, overwrite: bool) -> None:
    check_folder(out, "out", is_option=False)
    folder = (directory if directory.is_dir() else directory.parent).resolve()
    place = out.resolve()
    holds = place == folder or place in folder.parents
    if holds or (is_ours and folder in place.parents):
        raise SettingsError(
            f"Expected OUT to be another folder than that of DIR, not above it, and "
            f"not inside a run or bundle. Received: out={str(out)!r} for "
            f"{str(directory)!r}. Choose another folder for OUT."
        )
    if not out.is_dir() or not any(out.iterdir()):
        return
    if foreign := foreign_in(out):
        raise SettingsError(
            f"Expected an empty folder, or one that `kerascls convert` wrote. "
            f"Received: out={str(out)!r}, which {foreign}. Choose another name for "
            f"OUT."
        )
    if not overwrite:
        raise SettingsError(
            f"Expected an empty folder. Received: out={str(out)!r}, which holds an "
            f"earlier conversion. Choose another name for OUT, or replace it with "
            f"--overwrite (overwrite=True)."
        )
