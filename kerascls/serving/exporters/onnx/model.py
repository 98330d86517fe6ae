"""A bundle's model as an ONNX file; of encoders it is made without Keras."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.numpy import load_file

from kerascls.errors import BundleError, CheckpointError, ExportError, SettingsError
from kerascls.inference.bundle import ENCODER, WEIGHTS, Bundle
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.families import FAMILIES
from kerascls.models.presets import architecture_of
from kerascls.serving.exporters.onnx.graph import Int8Graph, OnnxGraph
from kerascls.serving.exporters.onnx.head import add_head, can_skip_tokens
from kerascls.serving.exporters.onnx.windows import axes_of, fold_inputs
from kerascls.system.tables import named

_UNUSABLE = (CheckpointError, KeyError, SafetensorError, SettingsError, TypeError)


def write_onnx(bundle: Bundle, path: Path, int8: bool = False) -> None:
    """Writes a bundle's model for onnxruntime.

    The model takes `token_ids`, `segment_ids` and `padding_mask`, int32
    `(rows, tokens)`, with windows `(rows, windows, tokens)`, and returns `logits`,
    float32 `(rows, num_classes)`. That of an encoder uses operators that onnxruntime
    adds to ONNX; other engines do not know them.

    With `int8` kernels and embedding tables have 8 bits.

    Raises:
        BundleError: When weights and configuration do not fit together.
        ExportError: When there are no nodes for the model or its pooling.
        SettingsError: When what writes the model is missing.
    """
    name = bundle.read(ENCODER).get("model")
    content_of = architecture_of(name).onnx
    if content_of is None:
        raise ExportError(
            f"Expected a model that can be written as ONNX. Received: model={name!r} "
            f"in {str(bundle.path)!r}. Choose another format with --format."
        )
    metadata = {"labels": json.dumps(list(bundle.label_set)), "task": bundle.task.value}
    path.write_bytes(named(content_of)(bundle, int8, metadata))


def transformer_onnx(bundle: Bundle, int8: bool, metadata: Mapping[str, str]) -> bytes:
    """Returns the content of the file of an encoder and head; see `Architecture.onnx`.

    Raises:
        BundleError: When weights and configuration do not fit together.
        ExportError: When there are no nodes for the pooling.
    """
    axes = axes_of(bundle.input_spec.input_rank)
    try:
        weights = load_file(bundle.path / WEIGHTS)
        graph = (Int8Graph if int8 else OnnxGraph)(weights, axes)
        logits = _add_transformer(graph, **bundle.read(ENCODER))
        return graph.to_bytes(logits, len(bundle.label_set), metadata)
    except _UNUSABLE as error:
        raise BundleError(
            f"Expected weights that fit their configuration. Received: "
            f"{str(bundle.path)!r}: {error}. Copy the bundle again from where it was "
            f"made."
        ) from error


def _add_transformer(
    graph: OnnxGraph,
    *,
    config: dict[str, Any],
    pooling: str,
    mix_layers: int = 1,  # early bundles say nothing of it nor of what follows
    mlp_dim: int | None = None,
    window_pooling: str | None = None,
) -> str:
    """Adds what encoder.json describes so; returns the name of its logits."""
    if window_pooling is not None:
        fold_inputs(graph)
    first_only = can_skip_tokens(pooling, mix_layers)
    encoder = EncoderConfig(**config)
    add_encoder = named(FAMILIES[encoder.family].onnx)
    states = add_encoder(graph, encoder, mix_layers, first_only)
    return add_head(graph, states, pooling, mlp_dim, window_pooling)
