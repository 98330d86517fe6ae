"""What shapes of weights say of an encoder's sizes, in the words of configurations."""

from collections.abc import Mapping

from kerascls.checkpoints.names import LayoutName, file_name
from kerascls.models.families import FAMILIES

_LAYER = "encoder/layer_0"
# Key of a configuration -> a weight, and which of its axes has that size. Vectors and
# tables, whose axes are the same in all files.
_AXES = {
    "vocab_size": ("embeddings/word_embeddings", 0),
    "embedding_size": ("embeddings/word_embeddings", 1),
    "type_vocab_size": ("embeddings/token_type_embeddings", 0),
    "max_position_embeddings": ("embeddings/position_embeddings", 0),
    "hidden_size": (f"{_LAYER}/attention/self/query/bias", 0),
    "intermediate_size": (f"{_LAYER}/intermediate/dense/bias", 0),
}


def sizes_of_weights(
    layout: LayoutName, family: str, shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, int]:
    """Returns the sizes that an encoder's weights show; heads they do not.

    Args:
        layout: Whose names the weights have.
        family: Which encoder.
        shapes: By the names below the prefix.
    """
    sizes = {}
    for key, (name, axis) in _AXES.items():
        shape = shapes.get(file_name(layout, family, name), ())
        if len(shape) > axis:
            sizes[key] = shape[axis]
    if not FAMILIES[family].shares_layers:
        sizes["num_hidden_layers"] = _num_layers(layout, family, shapes)
    return sizes


def _num_layers(
    layout: LayoutName, family: str, shapes: Mapping[str, tuple[int, ...]]
) -> int:
    count = 0
    while (
        file_name(layout, family, f"encoder/layer_{count}/output/dense/kernel")
        in shapes
    ):
        count += 1
    return count
