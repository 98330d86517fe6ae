"""Logits from safetensors weights through Keras, on any backend."""

import math
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import keras
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from kerascls.errors import BundleError, CheckpointError, SettingsError
from kerascls.inference.bundle import ENCODER, WEIGHTS, Bundle
from kerascls.inference.bundle.architecture import read_architecture
from kerascls.models.backend.compute import Compute, choose_compute, limit_threads
from kerascls.models.backend.forward import forward, length_buckets
from kerascls.models.backend.gradients import Gradients, embedding_gradients
from kerascls.models.presets import architecture_of
from kerascls.preprocessing.batches import bucket
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer
from kerascls.system.files import write_json
from kerascls.system.tables import named

_UNUSABLE = (
    CheckpointError,
    KeyError,
    OSError,
    SafetensorError,
    SettingsError,
    TypeError,
    ValueError,
)


class KerasRuntime:
    """Runs a bundle's encoder and head.

    On a CPU TensorFlow's threads are set for it, see `limit_threads`.

    Args:
        bundle: A checked bundle whose runtime is `"keras"`.

    Raises:
        BundleError: When weights and configuration do not fit together.
    """

    def __init__(self, bundle: Bundle) -> None:
        compute = compute_of(bundle)
        limit_threads(compute)
        self._model = load_model(bundle)
        self._model.in_halves = compute.in_halves
        self._forward = forward(self._model)
        self._states: Callable | None = None
        self._gradients: Gradients | None = None
        self._lock = threading.Lock()
        self._layout = bundle.input_spec.layout(bundle.tokenizer())
        self._buckets: tuple[int, ...] = ()
        if compute.backend == "jax":  # it compiles
            most = self._layout.max_tokens, self._layout.max_windows
            self._buckets = length_buckets(*most)

    def take(self, weights: Mapping[str, np.ndarray]) -> None:
        """Goes on with other weights of the same names and shapes."""
        with self._lock:
            self._model.load_named_weights(dict(weights))

    def logits(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """Computes logits, see `Runtime`; threads wait for each other."""
        return self._run(self._forward, inputs)

    @property
    def has_states(self) -> bool:
        """Whether the model makes one vector of a text before its logits."""
        return getattr(self._model, "has_states", False)

    def states(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """Returns the pooled vectors of a batch, float32 `(batch, width)`.

        For models that have them, see `has_states`.
        """
        with self._lock:
            if self._states is None:
                self._states = forward(self._model, self._model.states)
        return self._run(self._states, inputs)

    def _run(self, function: Callable, inputs: dict[str, np.ndarray]) -> np.ndarray:
        rows = len(inputs["token_ids"])
        if self._buckets:
            inputs = self._fixed_shape(inputs)
        # Where Keras compiles it on the first call, it does so unguarded.
        with self._lock:
            return function(inputs)[:rows]

    @property
    def has_gradients(self) -> bool:
        """Whether gradients by embeddings say all of what tokens do to logits."""
        return self._model.has_gradients

    def embed(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """Returns float32 embeddings `(batch, tokens, embedding_dim)`.

        Args:
            inputs: As for `logits`; with windows there is an axis for them.
        """
        with self._lock:
            embedded = self._model.embed(inputs)
            return np.asarray(embedded, np.float32)

    def gradients(
        self, embedded: np.ndarray, inputs: dict[str, np.ndarray], columns: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Returns gradients of logits by embeddings, and all logits.

        Args:
            embedded: As `embed` returns it, or changed.
            inputs: What was embedded, as many rows.
            columns: int32 `(batch,)`, the label of each row whose logit counts.

        Returns:
            float32, shaped as the embeddings, and float32 `(batch, num_classes)`.
        """
        shape, rows = embedded.shape, len(embedded)
        if self._buckets:
            inputs = self._fixed_shape(inputs)
            fixed = (*inputs["token_ids"].shape, shape[-1])
            more = [(0, size - had) for size, had in zip(fixed, shape, strict=True)]
            embedded = np.pad(embedded, more)
            columns = np.pad(columns, more[0])
        with self._lock:
            if self._gradients is None:
                self._gradients = embedding_gradients(self._model, shape[-1])
            found, logits = self._gradients(embedded, inputs, columns)
        return found[tuple(map(slice, shape))], logits[:rows]

    def _fixed_shape(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        # One compilation per shape: lengths go up to a bucket, rows to a power of 2.
        rows, *axes = inputs["token_ids"].shape  # tokens, or windows and tokens
        fixed = self._layout.shape(bucket(math.prod(axes), self._buckets))
        more = [
            (0, size - had) for size, had in zip(fixed[-len(axes) :], axes, strict=True)
        ]
        more_rows = [(0, (1 << (rows - 1).bit_length()) - rows)]
        no_more = [(0, 0)] * len(axes)
        padded = {}
        for name, array in inputs.items():
            fill = self._layout.pad_id if name == "token_ids" else 0
            array = np.pad(array, [(0, 0), *more], constant_values=fill)
            padded[name] = np.pad(array, more_rows + no_more, mode="edge")
        return padded


def compute_of(bundle: Bundle) -> Compute:
    """Returns how a bundle's logits are computed."""
    name = bundle.read(ENCODER).get("model")
    return choose_compute("float32", may_halve=architecture_of(name).may_halve)


def load_model(bundle: Bundle) -> keras.Model:
    """Returns the classifier of a bundle, in float32.

    Args:
        bundle: A checked bundle whose runtime is `"keras"`.

    Raises:
        BundleError: When weights and configuration do not fit together.
    """
    architecture = read_architecture(bundle)
    try:
        rebuild = named(architecture_of(architecture.pop("model", None)).rebuild)
        model = rebuild(len(bundle.label_set), **architecture)
        model.load_named_weights(load_file(bundle.path / WEIGHTS))
    except _UNUSABLE as error:
        raise BundleError(
            f"Expected weights that fit their configuration. Received: "
            f"{str(bundle.path)!r}: {error}. Copy the bundle again from where it "
            f"was made."
        ) from error
    return model


def write_keras_model(
    directory: Path, model: keras.Model, tokenizer: TextTokenizer
) -> None:
    """Writes vocabulary, configuration and weights as `KerasRuntime` reads them."""
    tokenizer.save(directory / tokenizer.file_name)
    write_json(directory / ENCODER, model.blueprint())
    save_file(model.named_arrays(), directory / WEIGHTS)
    (directory / WEIGHTS).chmod(0o644)  # safetensors makes it private
