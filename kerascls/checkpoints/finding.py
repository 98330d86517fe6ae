"""From a path to everything that is known of a checkpoint before its weights."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kerascls.checkpoints.config_choice import find_config
from kerascls.checkpoints.config_family import (
    check_family,
    config_family,
    is_generator,
    notes_on_family,
)
from kerascls.checkpoints.config_files import (
    dialect_of,
    encoder_config,
    notes_on_keys,
    notes_on_sizes,
    num_task_types,
    read_config,
)
from kerascls.checkpoints.early_albert import EarlyAlbert, as_googles, is_early_albert
from kerascls.checkpoints.layouts import (
    find_weights,
    layout_of,
    named_weights,
    other_weights,
)
from kerascls.checkpoints.names import LayoutName, reason_to_leave_out
from kerascls.checkpoints.own_runs import refuse_run
from kerascls.checkpoints.prefixes import EncoderNames, encoder_names
from kerascls.checkpoints.tokenizer_files import FoundTokenizer, find_tokenizer
from kerascls.checkpoints.weight_files.formats import open_weights
from kerascls.checkpoints.weight_files.weight_file import WeightFile
from kerascls.checkpoints.weight_sizes import sizes_of_weights
from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.registry import ACTIVATIONS
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer
from kerascls.preprocessing.tokenizers.vocabulary import begins_empty

GENERATOR = (
    "this is ELECTRA's generator; the discriminator is the one meant for classification"
)


@dataclass(frozen=True, kw_only=True)
class EncoderFiles:
    """Configuration and weights, and what they say; no number is read yet.

    Args:
        directory: Where it lies.
        layout: `"google"` or `"huggingface"`.
        family: Which encoder.
        config_path: Configuration file.
        weights_path: Weight file, index file of several, or TensorFlow prefix.
        config: The encoder that the configuration describes.
        num_task_types: Rows of a table of tasks, as ERNIE has; 0 for none. The first
            row is for texts of no certain task.
        notes: What was inferred or not used, for people.
        weights: The opened file.
        names: The names in it, and where among them the encoder is.
    """

    directory: Path
    layout: LayoutName
    family: str
    config_path: Path
    weights_path: Path
    config: EncoderConfig
    num_task_types: int = 0
    notes: tuple[str, ...] = ()
    weights: WeightFile = field(repr=False, compare=False)
    names: EncoderNames = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class FoundCheckpoint(EncoderFiles):
    """A whole checkpoint: the files of its encoder, and its tokenizer.

    Args:
        vocab_path: `vocab.txt`, `tokenizer.json` or what else stands for a tokenizer.
        tokenizer: Texts to the ids that the encoder knows.
    """

    vocab_path: Path
    tokenizer: TextTokenizer = field(repr=False, compare=False)

    @property
    def vocab_size(self) -> int:
        """Tokens in the vocabulary file."""
        return self.tokenizer.vocab_size

    @property
    def do_lower_case(self) -> bool:
        """Whether texts are lower-cased."""
        return self.tokenizer.do_lower_case


def find_checkpoint(path: str | Path) -> FoundCheckpoint:
    """Finds configuration, weights and vocabulary of a checkpoint.

    Args:
        path: Directory of the checkpoint. Where it holds several, the path of one:
            a file of weights, the index file of several, or a TensorFlow prefix.

    Raises:
        CheckpointError: When something is missing, ambiguous, contradictory or not
            supported; it says what was looked for and what is there.
    """
    path = Path(path).expanduser()
    refuse_run(path)
    if path.is_dir():
        layout, weights_path = find_weights(path)
        directory = path
    else:
        weights_path = named_weights(path)
        layout, directory = layout_of(weights_path), path.parent
    config_path = find_config(directory, layout)
    files = describe_checkpoint(config_path, weights_path)
    passed_over = other_weights(weights_path)
    if passed_over:
        note = f"weights beside, not used: {', '.join(passed_over)}"
        files = replace(files, notes=(*files.notes, note))
    return _with_vocabulary(files)


def describe_checkpoint(
    config_path: Path, weights_path: Path, family: str | None = None
) -> EncoderFiles:
    """Returns what a configuration file and a weight file say, without vocabulary.

    Raises:
        CheckpointError: When the files contradict each other or the caller.
    """
    raw = read_config(config_path)
    weights = open_weights(weights_path)
    layout, first_notes = layout_of(weights_path).name, []
    if layout == "google" and is_early_albert(weights.shapes()):
        weights = EarlyAlbert(weights, weights_path)
        raw, note = as_googles(raw, config_path)
        first_notes.append(note)
    shapes = weights.shapes()
    ties = raw.get("tie_word_embeddings") is not False
    names = encoder_names(layout, shapes, weights_path, ties)
    named = config_family(raw, config_path, names.word)
    for claimed, source in ((named, config_path), (family, "the argument `model`")):
        if claimed is not None and claimed not in names.families:
            raise CheckpointError(
                f"Expected weights of the family {claimed!r}, which {source} names. "
                f"Received: {weights_path}, whose names are those of "
                f"{names.families[0]!r}. Bring together the files of one checkpoint."
            )
    check_family(named, family, config_path)
    family = named or family or names.families[0]
    dialect = dialect_of(raw, layout)
    inside = {name: shapes[source] for name, source in names.inside.items()}
    sizes = sizes_of_weights(layout, family, inside)
    notes = [
        *first_notes,
        *notes_on_family(raw, names.word),
        *names.notes(),
        *notes_on_sizes(raw, family, dialect, sizes),
        *notes_on_keys(raw),
    ]
    if _is_generator(layout, raw, names):
        notes.append(GENERATOR)
    return EncoderFiles(
        directory=config_path.parent,
        layout=layout,
        family=family,
        config_path=config_path,
        weights_path=weights_path,
        config=encoder_config(raw, family, dialect, config_path, sizes),
        num_task_types=num_task_types(raw, config_path),
        notes=tuple(notes),
        weights=weights,
        names=names,
    )


def choose_gelu(config: EncoderConfig, gelu: str | None) -> EncoderConfig:
    """Returns `config` with the form of GELU asked for; None for what it has.

    Raises:
        SettingsError: When there is no such form, or the encoder has no GELU.
    """
    if gelu is None:
        return config
    forms = [n.removeprefix("gelu_") for n in ACTIVATIONS if n.startswith("gelu_")]
    if gelu not in forms or not config.activation.startswith("gelu"):
        raise SettingsError(
            f"Expected `gelu` to be None or, for an encoder with GELU, one of "
            f"{', '.join(map(repr, forms))}. Received: gelu={gelu!r} for an "
            f"encoder with activation={config.activation!r}. Leave it out."
        )
    return replace(config, activation=f"gelu_{gelu}")


def _is_generator(layout: LayoutName, raw: dict[str, Any], names: EncoderNames) -> bool:
    heads = {reason_to_leave_out(layout, name) for name in names.outside}
    return is_generator(raw) or "generator head" in heads or names.word == "generator"


def _advice_on_size(path: Path) -> str:
    if path.suffix != ".json" and begins_empty(path):
        return "Delete its first line, which is empty: it shifts all ids by one."
    return "Bring together the files of one checkpoint."


def _with_vocabulary(files: EncoderFiles) -> FoundCheckpoint:
    raw = read_config(files.config_path)
    found = find_tokenizer(files.directory, raw)
    size, rows = found.tokenizer.vocab_size, files.config.vocab_size
    if size > rows:
        raise CheckpointError(
            f"Expected at most vocab_size={rows} tokens, as {files.config_path} says. "
            f"Received: {found.path} with {size} tokens. {_advice_on_size(found.path)}"
        )
    notes = [*files.notes, *found.notes, *_notes_on_padding(files, raw, found)]
    if size < rows:
        notes.append(f"{rows - size} of {rows} embedding rows belong to no token")
    return FoundCheckpoint(
        **{**vars(files), "notes": tuple(notes)},
        vocab_path=found.path,
        tokenizer=found.tokenizer,
    )


def _notes_on_padding(
    files: EncoderFiles, raw: dict[str, Any], found: FoundTokenizer
) -> list[str]:
    """Returns what is to be said where the configuration pads with another token."""
    stated, pad_id = raw.get("pad_token_id"), found.tokenizer.pad_id
    if stated is None or stated == pad_id:
        return []
    # Said and not refused: multilingual-e5 is published so. Padding is masked.
    return [
        f"{found.path.name} has {found.tokenizer.token(pad_id)} at {pad_id}, not at "
        f"pad_token_id={stated!r} of the configuration: are they of one checkpoint?"
    ]
