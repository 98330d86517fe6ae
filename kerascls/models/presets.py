"""What `--model` accepts: sizes, fitting defaults and folder names of each preset."""

import math
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kerascls.errors import CheckpointError
from kerascls.models.classic.config import CLASSICS, classic_config
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.linear.config import LinearConfig
from kerascls.models.registry import CLASSIC, LINEAR, TRANSFORMER, Architecture
from kerascls.system.tables import known_name

PRETRAINED_VARIABLE = "KERASCLS_PRETRAINED"
# Also a form that is not read: the message about it says how to convert it.
_WEIGHTS = re.compile(r"[^.].*\.(index|data-.*|safetensors|bin|pt|pth|h5|hdf5|msgpack)")


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A model known by name, with what is worth trying first.

    Args:
        name: What `--model` is given.
        title: One line for people.
        config: Sizes; a checkpoint's own configuration takes precedence. Of other
            architectures a frozen dataclass with at least `vocab_size`, `num_layers`,
            `hidden_dim`, `max_positions`, `parameters` and `to_dict()`.
        folders: Folder names recognised in `pretrained/`, the preferred one first;
            none for what has no pretrained weights.
        hub: `OWNER/NAME` of its repository on the Hugging Face hub, if there is one,
            which is read as it lies there.
        hub_weights: The file of weights that `kerascls download` takes from there.
        pooling: How the text vector is made of its pretrained weights, unless stated.
        learning_rate: Peak rate when fine-tuning pretrained weights; None for what is
            not trained in steps, like all that follows.
        from_scratch_learning_rate: Peak rate when starting from random weights.
        epochs: Upper limit when fine-tuning; early stopping may end it sooner.
        from_scratch_epochs: Upper limit when starting from random weights.
        batch_size: Rows per step.
        max_tokens: Longest sequence, special tokens included.
        architecture: How it is built.
    """

    name: str
    title: str
    config: Any
    folders: tuple[str, ...] = ()
    hub: str | None = None
    hub_weights: str = "model.safetensors"
    pooling: str = "cls"
    learning_rate: float | None = None
    from_scratch_learning_rate: float = 1e-4
    epochs: int = 5
    from_scratch_epochs: int = 30
    batch_size: int = 32
    max_tokens: int = 256
    architecture: Architecture = TRANSFORMER

    @property
    def parameters(self) -> int:
        """How many numbers the model holds, without pooler and head."""
        return self.config.parameters


@dataclass(frozen=True)
class ModelRow:
    """One line of `kerascls models`."""

    name: str
    title: str
    num_layers: int
    hidden_dim: int
    parameters: int
    found: Path | None
    has_pretrained: bool = True
    hub: str | None = None
    hub_weights: str | None = None
    pooling: str | None = None


def _chinese(family: str, hidden_dim: int = 768, **sizes: Any) -> EncoderConfig:
    """Returns the sizes of BERT base, with Google's Chinese vocabulary, or others."""
    bert = {"embedding_dim": hidden_dim, "num_layers": 12, "num_heads": 12}
    return EncoderConfig(
        family=family,
        vocab_size=21128,
        hidden_dim=hidden_dim,
        intermediate_dim=4 * hidden_dim,
        **{**bert, **sizes},
    )


def _albert(hidden_dim: int, num_layers: int) -> EncoderConfig:
    return _chinese(
        "albert",
        hidden_dim,
        num_layers=num_layers,
        embedding_dim=128,
        activation="gelu_tanh",
        dropout=0.0,
        attention_dropout=0.0,
    )


_BIN = "pytorch_model.bin"
# Half as wide or less: a higher rate, and more epochs to converge.
_SMALL: dict[str, Any] = {"from_scratch_learning_rate": 5e-4, "epochs": 10}

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            name="bert",
            title="BERT base, Chinese (Google)",
            config=_chinese("bert"),
            folders=("chinese_L-12_H-768_A-12", "bert-base-chinese"),
            hub="google-bert/bert-base-chinese",
            learning_rate=2e-5,
        ),
        Preset(
            name="roberta_wwm_ext",
            title="RoBERTa-wwm-ext base, Chinese (HFL)",
            config=_chinese("bert"),
            folders=(
                "chinese_roberta_wwm_ext_L-12_H-768_A-12",
                "chinese-roberta-wwm-ext",
            ),
            hub="hfl/chinese-roberta-wwm-ext",
            hub_weights=_BIN,
            learning_rate=2e-5,
        ),
        Preset(
            name="albert_small",
            title="ALBERT small, Chinese (brightmart, Google's code)",
            config=_albert(hidden_dim=384, num_layers=6),
            folders=("albert_small_zh_google", "albert_chinese_small"),
            hub="voidful/albert_chinese_small",
            learning_rate=1e-4,
            **_SMALL,
        ),
        Preset(
            name="albert_tiny",
            title="ALBERT tiny, Chinese (brightmart, Google's code)",
            config=_albert(hidden_dim=312, num_layers=4),
            folders=("albert_tiny_zh_google", "albert_chinese_tiny"),
            hub="voidful/albert_chinese_tiny",
            learning_rate=1e-4,
            **_SMALL,
        ),
        Preset(
            name="electra_small",
            title="ELECTRA small 180g, Chinese (HFL), discriminator",
            config=_chinese("electra", 256, embedding_dim=128, num_heads=4),
            folders=(
                "electra_180g_small",
                "chinese_electra_180g_small_L-12_H-256_A-4",
                "chinese-electra-180g-small-discriminator",
            ),
            hub="hfl/chinese-electra-180g-small-discriminator",
            hub_weights=_BIN,
            learning_rate=3e-4,
            **_SMALL,
        ),
        Preset(
            name="electra_base",
            title="ELECTRA base 180g, Chinese (HFL), discriminator",
            config=_chinese("electra"),
            folders=(
                "electra_180g_base",
                "chinese_electra_180g_base_L-12_H-768_A-12",
                "chinese-electra-180g-base-discriminator",
            ),
            hub="hfl/chinese-electra-180g-base-discriminator",
            hub_weights=_BIN,
            learning_rate=1e-4,
        ),
        Preset(
            name="macbert",
            title="MacBERT base, Chinese (HFL)",
            config=_chinese("bert"),
            folders=("chinese-macbert-base", "chinese_macbert_base"),
            hub="hfl/chinese-macbert-base",
            hub_weights=_BIN,
            learning_rate=2e-5,
        ),
        Preset(
            name="rbt3",
            title="RBT3, three layers of RoBERTa-wwm-ext, Chinese (HFL)",
            config=_chinese("bert", num_layers=3),
            folders=("rbt3", "chinese_rbt3_L-3_H-768_A-12"),
            hub="hfl/rbt3",
            hub_weights=_BIN,
            learning_rate=5e-5,
        ),
        Preset(
            name="bge_small_zh",
            title="BGE small, Chinese sentence embeddings (BAAI)",
            config=_chinese("bert", 512, num_layers=4, num_heads=8),
            folders=("bge-small-zh-v1.5", "bge-small-zh"),
            hub="BAAI/bge-small-zh-v1.5",
            learning_rate=5e-5,
            from_scratch_learning_rate=5e-4,
        ),
        Preset(
            name="xlm_roberta",
            title="XLM-R base, 100 languages (Facebook AI)",
            config=EncoderConfig(
                family="roberta",
                vocab_size=250_002,
                embedding_dim=768,
                hidden_dim=768,
                intermediate_dim=3072,
                num_layers=12,
                num_heads=12,
                num_token_types=1,
                first_position=2,
                layer_norm_epsilon=1e-5,
            ),
            folders=("xlm-roberta-base",),
            hub="FacebookAI/xlm-roberta-base",
            learning_rate=2e-5,
        ),
        Preset(
            name="multilingual_e5_small",
            title="Multilingual E5 small, 100 languages (Microsoft), mean pooling",
            config=replace(_chinese("bert", 384, num_heads=12), vocab_size=250_002),
            folders=("multilingual-e5-small",),
            hub="intfloat/multilingual-e5-small",
            pooling="mean",
            learning_rate=1e-4,
            **_SMALL,
        ),
        Preset(
            name="modernbert",
            title="ModernBERT base, English (Answer.AI)",
            config=EncoderConfig(
                family="modernbert",
                vocab_size=50_368,
                embedding_dim=768,
                hidden_dim=768,
                intermediate_dim=1152,
                num_layers=22,
                num_heads=12,
                max_positions=8192,
                num_token_types=0,
                dropout=0.0,
                attention_dropout=0.0,
                layer_norm_epsilon=1e-5,
                local_attention=128,
                global_every=3,
            ),
            folders=("ModernBERT-base",),
            hub="answerdotai/ModernBERT-base",
            learning_rate=5e-5,
        ),
        Preset(
            name="linear",
            title="TF-IDF and a linear SVM: seconds, no weights, no TensorFlow",
            config=LinearConfig(),
            architecture=LINEAR,
        ),
        *(
            Preset(
                name=name,
                title=row.title,
                config=classic_config(name),
                learning_rate=row.learning_rate,
                from_scratch_learning_rate=row.learning_rate,
                epochs=row.epochs,
                from_scratch_epochs=row.epochs,
                batch_size=row.batch_size,
                max_tokens=row.max_tokens,
                architecture=CLASSIC,
            )
            for name, row in CLASSICS.items()
        ),
    )
}


def get_preset(name: str) -> Preset:
    """Returns the preset of that name.

    Raises:
        SettingsError: When there is none; it lists all and the nearest.
    """
    return PRESETS[known_name(PRESETS, name, "model")]


def architecture_of(name: str | None) -> Architecture:
    """Returns how the model of that name is built; bundles of transformers have none.

    Raises:
        SettingsError: When there is no such model.
    """
    return TRANSFORMER if name is None else get_preset(name).architecture


def nearest_preset(config: EncoderConfig) -> Preset:
    """Returns the preset whose fitting defaults suit an encoder of its own sizes.

    The best learning rate depends on the width more than on anything else here, so
    it is the one of the nearest width, of the same family if there are several. Its
    `pooling` is that of its own weights, and of no others.
    """
    transformers = [p for p in PRESETS.values() if p.architecture is TRANSFORMER]
    return min(
        transformers,
        key=lambda preset: (
            abs(math.log(preset.config.hidden_dim / config.hidden_dim)),
            preset.config.family != config.family,
        ),
    )


def pretrained_folders() -> list[Path]:
    """Returns the folders where pretrained checkpoints are looked for, in order.

    `$KERASCLS_PRETRAINED` when it is set, `pretrained/` in the current directory,
    and `pretrained/` beside the package when it runs from its repository.
    """
    folders = []
    if chosen := os.environ.get(PRETRAINED_VARIABLE):
        folders.append(Path(chosen).expanduser())
    folders.append(Path.cwd() / "pretrained")
    repository = Path(__file__).resolve().parents[2]
    if (repository / "pyproject.toml").is_file():
        folders.append(repository / "pretrained")
    return list(dict.fromkeys(folders))


def preset_folders(preset: Preset) -> list[Path]:
    """Returns every directory in which `find_pretrained` looks for the preset."""
    names = dict.fromkeys((*preset.folders, preset.name))
    return [folder / name for folder in pretrained_folders() for name in names]


def find_pretrained(preset: Preset) -> Path | None:
    """Returns the first directory that holds weights for the preset, if any."""
    return next(filter(holds_weights, preset_folders(preset)), None)


def require_pretrained(preset: Preset) -> Path:
    """Returns the directory of the preset's weights.

    Raises:
        CheckpointError: When there is none; it lists the folders looked into.
    """
    if folder := find_pretrained(preset):
        return folder
    folders = "\n".join(f"  {path}" for path in preset_folders(preset))
    raise CheckpointError(
        f"Expected pretrained weights for the model {preset.name!r} in one of\n"
        f"{folders}\n"
        f"Received: no weights in any of these. Fetch them with `kerascls download "
        f"{preset.name}`, put a checkpoint there (see pretrained/README.md), set "
        f"${PRETRAINED_VARIABLE} to the folder that holds it, pass --checkpoint DIR "
        f"(in Python `checkpoint=DIR`), or start from random weights with "
        f"--from-scratch (`from_scratch=True`)."
    )


def list_models() -> list[ModelRow]:
    """Returns one row per preset: name, title, sizes, and the folder found."""
    return [
        ModelRow(
            name=preset.name,
            title=preset.title,
            num_layers=preset.config.num_layers,
            hidden_dim=preset.config.hidden_dim,
            parameters=preset.parameters,
            found=find_pretrained(preset),
            has_pretrained=bool(preset.folders),
            hub=preset.hub,
            hub_weights=preset.hub_weights if preset.hub else None,
            pooling=preset.pooling if preset.folders else None,
        )
        for preset in PRESETS.values()
    ]


def holds_weights(directory: Path) -> bool:
    """Whether a folder has a file of weights in it, in whatever form."""
    return directory.is_dir() and any(
        _WEIGHTS.fullmatch(path.name) and path.is_file() for path in directory.iterdir()
    )
