"""An encoder written as a checkpoint of another project, whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kerascls.checkpoints.accounting import has_pooler
from kerascls.checkpoints.config_writing import google_config, huggingface_config
from kerascls.checkpoints.conversion_mark import write_mark
from kerascls.checkpoints.finding import find_checkpoint
from kerascls.checkpoints.layouts import LAYOUTS
from kerascls.checkpoints.loading import read_encoder_weights
from kerascls.checkpoints.names import (
    LayoutName,
    file_name,
    is_transposed,
    weight_names,
)
from kerascls.checkpoints.tokenizer_writing import write_tokenizer, write_vocabulary
from kerascls.checkpoints.weight_files.safetensors_files import write_safetensors
from kerascls.checkpoints.weight_files.tensorflow_checkpoint import (
    refuse_patterns,
    write_tensorflow,
)
from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.families import FAMILIES
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer
from kerascls.system.extras import require
from kerascls.system.files import replaced, write_json
from kerascls.system.tables import named

HUGGINGFACE_CONFIG, HUGGINGFACE_WEIGHTS = "config.json", "model.safetensors"


@dataclass(frozen=True, kw_only=True)
class WholeEncoder:
    """An encoder with its weights and tokenizer, whatever they were read from.

    Args:
        config: Family, sizes and constants.
        weights: float32 arrays by stable name (`encoder_config.weight_shapes`), those
            of a pooler among them where it has one.
        tokenizer: Texts to the ids that it knows.
        max_tokens: Longest text that it is meant for, if shorter than its positions.
    """

    config: EncoderConfig
    weights: Mapping[str, np.ndarray]
    tokenizer: TextTokenizer
    max_tokens: int | None = None

    @property
    def has_pooler(self) -> bool:
        """Whether there are weights of a pooler."""
        return any(name.startswith("pooler/") for name in self.weights)


def write_checkpoint(
    encoder: WholeEncoder, layout: LayoutName, out: Path
) -> tuple[list[str], list[str]]:
    """Writes an encoder in a layout, reads it again and compares.

    Args:
        encoder: What to write.
        layout: How.
        out: The folder to appear; what is there gives way.

    Returns:
        The names of the files, and what is to be said of them.

    Raises:
        SettingsError: When the layout cannot hold such an encoder.
        CheckpointError: When another encoder is read from it.
        DiskFullError: When there is no room.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with replaced(out) as work:
        work.mkdir()
        notes = named(LAYOUTS[layout].writer)(encoder, work)
        _compare(encoder, work, out)
        write_mark(work)
        files = sorted(path.name for path in work.iterdir())
        for path in (work, *work.iterdir()):
            path.chmod(0o755 if path.is_dir() else 0o644)
    return files, notes


def write_huggingface(encoder: WholeEncoder, folder: Path) -> list[str]:
    """Writes `config.json`, `model.safetensors` and the tokenizer's files."""
    config, tokenizer = encoder.config, encoder.tokenizer
    content = huggingface_config(config, tokenizer)
    write_tokenizer(tokenizer, config, folder, encoder.max_tokens)
    write_safetensors(folder / HUGGINGFACE_WEIGHTS, _named(encoder, "huggingface"))
    write_json(folder / HUGGINGFACE_CONFIG, content)
    if encoder.has_pooler or not FAMILIES[config.family].has_pooler:
        return []
    return [
        "there is no pooler: `pooler_output` of transformers is random, unless you "
        "load with add_pooling_layer=False; take last_hidden_state"
    ]


def write_google(encoder: WholeEncoder, folder: Path) -> list[str]:
    """Writes a configuration, a TensorFlow checkpoint and `vocab.txt`."""
    config, tokenizer = encoder.config, encoder.tokenizer
    content, notes = google_config(config, tokenizer.do_lower_case)
    if not isinstance(tokenizer, Tokenizer) or not write_vocabulary(tokenizer, folder):
        kind = f"a {tokenizer.kind} model that cuts texts otherwise than BERT does"
        if isinstance(tokenizer, Tokenizer):
            kind = "tokens of white space"
        raise SettingsError(
            f"Expected a vocabulary that Google's layout can hold: BERT's WordPiece, "
            f"one token a line. Received: to='google' for {kind}. Choose "
            f"--to huggingface."
        )
    prefix = folder / f"{config.family}_model.ckpt"
    write_tensorflow(prefix, _named(encoder, "google"))
    write_json(folder / f"{config.family}_config.json", content)
    return notes


def require_place(layout: LayoutName, out: Path) -> None:
    """Raises where nothing could be written to a place, before work begins."""
    if layout == "google":
        require("--to google", "tensorflow")
        refuse_patterns(out)


def _named(encoder: WholeEncoder, layout: LayoutName) -> dict[str, np.ndarray]:
    family = encoder.config.family
    scope = weight_names(family).google_scope + "/" if layout == "google" else ""
    return {
        scope + file_name(layout, family, name): value.T
        if is_transposed(layout, name)
        else value
        for name, value in encoder.weights.items()
    }


def _compare(encoder: WholeEncoder, work: Path, out: Path) -> None:
    found = find_checkpoint(work)
    weights, _ = read_encoder_weights(found, with_pool=has_pooler(found))
    ours, theirs = encoder.tokenizer, found.tokenizer
    same = {
        "configuration": found.config == encoder.config,
        "tokenizer": (type(ours), ours.identity(), ours.do_lower_case)
        == (type(theirs), theirs.identity(), theirs.do_lower_case),
        "weights": weights.keys() == encoder.weights.keys()
        and all(
            np.array_equal(value, encoder.weights[name])
            for name, value in weights.items()
        ),
    }
    if not all(same.values()):
        differing = ", ".join(what for what, is_same in same.items() if not is_same)
        raise CheckpointError(
            f"Expected to read from {out} what was written there. Received: another "
            f"{differing}. Nothing is kept; choose another layout with --to, and "
            f"report this as a bug."
        )
