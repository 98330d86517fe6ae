"""What a run starts from: an encoder's sizes, its weights, its vocabulary."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from kerascls.data.readers import Dataset
from kerascls.errors import SettingsError
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.families import FAMILIES, Family
from kerascls.models.presets import Preset
from kerascls.models.registry import POOLINGS
from kerascls.preprocessing.input_spec import InputSpec
from kerascls.preprocessing.token_store import TokenStore
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer
from kerascls.settings.model import ModelSettings
from kerascls.settings.run_settings import RunSettings

if TYPE_CHECKING:
    from kerascls.checkpoints.finding import FoundCheckpoint
    from kerascls.models.encoder import Encoder

HEAD_DROPOUT = 0.1
WINDOW_OVERLAP_SHARE, WINDOW_POOLING = 8, "mean"  # an eighth of max_tokens
# Without an encoder's many layers to disturb, small steps are wasted; epochs are cheap.
FROZEN_LEARNING_RATE, FROZEN_EPOCHS = 1e-2, 20


@dataclass(frozen=True)
class StartingPoint:
    """What training starts from; holds no weights yet and needs no Keras.

    Args:
        name: For people and for directories.
        preset: Whose fitting defaults apply.
        config: Sizes of the encoder, after all that was asked for.
        tokenizer: Its vocabulary.
        checkpoint: None for random weights.
        notes: Lines for people.
        pooling: How the text vector is made where nothing is stated.
        keep_tokens: Ids that the vocabulary's tokens have in the checkpoint; None
            where it has all of them.
    """

    name: str
    preset: Preset
    config: EncoderConfig
    tokenizer: TextTokenizer
    checkpoint: "FoundCheckpoint | None"
    notes: tuple[str, ...]
    pooling: str = "cls"
    keep_tokens: tuple[int, ...] | None = None

    @property
    def _row(self) -> Family:
        return FAMILIES[self.config.family]

    @property
    def title(self) -> str:
        """What the model is, for people; a folder's name alone says little."""
        if self.checkpoint is None or self.name == self.preset.name:
            return self.name
        kind, sizes = self._row.title, self.config
        return (
            f"{kind} of {sizes.num_layers} layers, width {sizes.hidden_dim}, from "
            f"{self.name}"
        )

    @property
    def defaults_from(self) -> str:
        """Whose settings apply where none is given, for people."""
        if self.name == self.preset.name:
            return self.name
        return f"{self.preset.name}, the preset nearest in width"

    @property
    def has_pooler(self) -> bool:
        """Whether there are pretrained weights for a pooler."""
        if self.checkpoint is None:
            return False
        from kerascls.checkpoints.accounting import has_pooler

        return has_pooler(self.checkpoint)

    def input_spec(
        self, settings: ModelSettings, dataset: Dataset, has_pairs: bool
    ) -> InputSpec:
        """Returns how texts become batches, as the bundle stores it.

        Args:
            settings: With every value filled in.
            dataset: That of the training part.
            has_pairs: Whether the second text column is another segment, where there
                are segments.
        """
        pair = has_pairs and self.config.num_token_types > 1
        return InputSpec(
            text_columns=dataset.text_columns,
            label_column=dataset.label_column,
            pair=pair and self.tokenizer.has_segments,
            do_lower_case=self.tokenizer.do_lower_case,
            separators=self.tokenizer.separators,
            max_tokens=cast("int", settings.max_tokens),
            truncate=settings.truncate,
            max_windows=settings.max_windows,
            window_overlap=settings.window_overlap or 0,
        )

    def token_notes(self, train: TokenStore, rows: np.ndarray) -> list[str]:
        """Returns lines on what it knows of the tokens of the training text."""
        return []

    def encoder(
        self,
        seed: int,
        policy: str,
        *,
        with_pool: bool = False,
        num_outputs: int = 1,
    ) -> tuple["Encoder", list[str]]:
        """Builds the encoder and fills it, if there is a checkpoint.

        See `Encoder` for the arguments; `policy` is a Keras dtype policy. A pooler that
        the checkpoint does not have starts from random weights.

        Returns:
            The encoder, and notes on what was left out by name or is random.
        """
        from kerascls.models.encoder import build_encoder

        encoder = build_encoder(self.config, with_pool, seed, num_outputs, dtype=policy)
        reads_pooler = with_pool and self.has_pooler
        notes = []
        if with_pool and not reads_pooler:
            notes.append(f"pooler: random weights, as {self.name} comes without one")
        if self.checkpoint is None:
            return encoder, notes
        from kerascls.checkpoints.loading import read_encoder_weights

        weights, left_out = read_encoder_weights(
            self.checkpoint,
            with_pool=reads_pooler,
            num_hidden_layers=self.config.num_layers,
            keep_tokens=self.keep_tokens,
        )
        fresh = {
            name: np.asarray(variable)
            for name, variable in encoder.weights_by_name().items()
            if name.startswith("pooler/")
        }
        encoder.load_named_weights(fresh | weights)
        return encoder, [*left_out, *notes]

    def resolve(self, settings: RunSettings) -> RunSettings:
        """Returns the settings with the preset's values where none was given.

        A head on a frozen encoder gets a rate and epochs of its own.

        Raises:
            SettingsError: When the encoder does not know sequences so long, has not
                so many layers, has no second segment for pairs though its family has,
                or has no pooler that could be frozen.
        """
        preset, from_scratch = self.preset, self.checkpoint is None
        longest = self.config.max_positions
        epochs, learning_rate = preset.epochs, preset.learning_rate
        if from_scratch:
            epochs = preset.from_scratch_epochs
            learning_rate = preset.from_scratch_learning_rate
        if settings.train.freeze_encoder:
            epochs, learning_rate = FROZEN_EPOCHS, FROZEN_LEARNING_RATE
        defaults: dict[str, Any] = {
            "max_tokens": min(preset.max_tokens, longest),
            "pooling": self.pooling,
            "dropout": HEAD_DROPOUT,
            "batch_size": preset.batch_size,
            "epochs": epochs,
            "learning_rate": learning_rate,
        }
        if settings.model.max_windows > 1:
            max_tokens = settings.model.max_tokens or defaults["max_tokens"]
            defaults["window_overlap"] = max_tokens // WINDOW_OVERLAP_SHARE
            defaults["window_pooling"] = WINDOW_POOLING
        settings = settings.with_defaults(**defaults)
        if cast("int", settings.model.max_tokens) > longest:
            raise SettingsError(
                f"Expected at most {longest} tokens, the positions this encoder "
                f"knows. Received: max_tokens={settings.model.max_tokens}. Give fewer "
                f"with --max-tokens."
            )
        self._check_segments(settings)
        self._check_head(settings)
        return settings

    def _check_segments(self, settings: RunSettings) -> None:
        pair = settings.data.text_pair
        if pair is None or self.config.num_token_types > 1:
            return
        if not self._row.pairs_by_separator:
            raise SettingsError(
                f"Expected an encoder with two segments for pairs of texts. Received: "
                f"text_pair={pair!r} for {self.name}, which has one "
                f"(type_vocab_size=1). Give the column with --text as well, in place "
                f"of --text-pair: [SEP] stands between the texts."
            )

    def _check_head(self, settings: RunSettings) -> None:
        pooling = cast("str", settings.model.pooling)
        mix_layers = settings.model.mix_layers
        with_pool = POOLINGS[pooling].with_pool
        most = 1 if with_pool else self.config.num_layers
        if mix_layers > most:
            why = "what a pooler reads" if with_pool else "all there are"
            raise SettingsError(
                f"Expected at most {most} of the encoder's last layers to mix, {why}. "
                f"Received: mix_layers={mix_layers}, pooling={pooling!r}. Give "
                f"--set model.mix_layers={most}."
            )
        frozen = settings.train.freeze_encoder
        if with_pool and frozen and not self.has_pooler:
            raise SettingsError(
                f"Expected pretrained weights for a pooler that is frozen with its "
                f"encoder. Received: pooling={pooling!r}, freeze_encoder=True for "
                f"{self.name}, which comes without one: it would stay random. Choose "
                f"another with --set model.pooling=mean."
            )
