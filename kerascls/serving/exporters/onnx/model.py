"""A bundle's model as an ONNX file, made without Keras."""

import json
from pathlib import Path

from safetensors import SafetensorError
from safetensors.numpy import load_file

from kerascls.errors import BundleError, CheckpointError
from kerascls.inference.bundle import ENCODER, WEIGHTS, Bundle
from kerascls.models.encoder_config import EncoderConfig
from kerascls.serving.exporters.onnx.encoder import add_encoder
from kerascls.serving.exporters.onnx.graph import Int8Graph, OnnxGraph
from kerascls.serving.exporters.onnx.head import add_head, can_skip_tokens


def write_onnx(bundle: Bundle, place: Path, int8: bool = False):
    """Writes a bundle's encoder and head for onnxruntime.

    The model takes `token_ids`, `segment_ids` and `padding_mask`, int32
    `(rows, tokens)`, and returns `logits`, float32 `(rows, num_classes)`. It uses
    operators that onnxruntime adds to ONNX; other engines do not know them.

    Args:
        bundle: A checked bundle.
        place: The file to write.
        int8: Whether kernels and embedding tables have 8 bits.

    Raises:
        BundleError: When weights and configuration do not fit together.
    """
    try:
        content = _content(bundle, int8)
    except (CheckpointError, KeyError, SafetensorError, TypeError) as error:
        raise BundleError(
            f"Expected weights that fit their configuration. Received: "
            f"{str(bundle.path)!r}: {error}. Copy the bundle again from where it was "
            f"made."
        ) from error
    place.write_bytes(content)


def _content(bundle: Bundle, int8: bool) -> bytes:
    parts = bundle.read(ENCODER)
    config = EncoderConfig(**parts["config"])
    pooling, mix_layers = parts["pooling"], parts.get("mix_layers", 1)
    graph = (Int8Graph if int8 else OnnxGraph)(load_file(bundle.path / WEIGHTS))
    states = add_encoder(
        graph, config, mix_layers, first_only=can_skip_tokens(pooling, mix_layers)
    )
    logits = add_head(graph, states, pooling, parts.get("mlp_dim"))
    facts = {"labels": json.dumps(list(bundle.label_set)), "task": bundle.task.value}
    return graph.to_bytes(logits, len(bundle.label_set), facts)
