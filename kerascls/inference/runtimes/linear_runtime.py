"""Logits of a linear model from its files, through numpy alone."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from kerascls.errors import BundleError
from kerascls.inference.bundle import ENCODER, WEIGHTS, Bundle
from kerascls.inference.bundle.files import NGRAMS, read_json
from kerascls.models.linear.classifier import LinearClassifier, joined
from kerascls.models.linear.tfidf import SparseRows, Tfidf
from kerascls.system.files import write_json


class LinearRuntime:
    """Runs the linear model of a bundle, see `TextRuntime`.

    Args:
        bundle: A checked bundle whose runtime is `"linear"`.

    Raises:
        BundleError: When its files do not fit together.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.model = read_linear_model(bundle.path, len(bundle.label_set))

    def text_logits(
        self,
        texts: Sequence[tuple[str, ...]],
        on_progress: Callable[[int, int], None] | None = None,
    ) -> np.ndarray:
        """Computes logits, see `TextRuntime`."""
        return self.model.logits(texts, on_progress)

    def text_vectors(self, texts: Sequence[tuple[str, ...]]) -> SparseRows:
        """Returns the TF-IDF weights of texts."""
        return SparseRows.joined(list(self.model.tfidf.transform(joined(texts))))

    def contributions(
        self, texts: tuple[str, ...], columns: Sequence[int]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Returns what a text's parts add, see `LinearClassifier.contributions`."""
        return self.model.contributions(texts, columns)


def write_linear_model(folder: Path, model: LinearClassifier) -> None:
    """Writes n-grams, configuration and weights as `LinearRuntime` reads them."""
    tfidf = model.tfidf
    config = {"analyzer": tfidf.analyzer, "features": len(tfidf.ngrams)}
    write_json(folder / ENCODER, {"model": "linear", "config": config})
    write_json(folder / NGRAMS, {"ngrams": list(tfidf.ngrams)})
    arrays = {
        "idf": tfidf.idf,
        "coefficients": np.ascontiguousarray(model.coefficients),
        "intercept": model.intercept,
    }
    save_file(arrays, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)  # safetensors makes it private


def top_ngrams(bundle: Bundle, number: int) -> list[dict[str, float]]:
    """Returns for each label the n-grams that speak for it most, with weights."""
    return read_linear_model(bundle.path, len(bundle.label_set)).top_ngrams(number)


def read_linear_model(folder: Path, num_classes: int) -> LinearClassifier:
    """Returns what `write_linear_model` wrote.

    Raises:
        BundleError: When the files do not fit together.
    """
    try:
        config = read_json(folder / ENCODER)["config"]
        ngrams = read_json(folder / NGRAMS)["ngrams"]
        arrays = load_file(folder / WEIGHTS)
        tfidf = Tfidf(config["analyzer"], ngrams, arrays["idf"])
        model = LinearClassifier(tfidf, arrays["coefficients"], arrays["intercept"])
        shapes = (len(ngrams),), (len(ngrams), num_classes), (num_classes,)
        found = tfidf.idf.shape, model.coefficients.shape, model.intercept.shape
        if found != shapes or (np.diff(tfidf.keys) <= 0).any():
            raise ValueError(f"shapes={found}, not {shapes}, or n-grams out of order")
    except (KeyError, OSError, SafetensorError, TypeError, ValueError) as error:
        raise BundleError(
            f"Expected n-grams and weights that fit together. Received: "
            f"{str(folder)!r}: {error}. Copy the bundle again from where it was made."
        ) from error
    return model
