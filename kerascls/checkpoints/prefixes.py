"""Where in a file the encoder is: what stands before and beside its names."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kerascls.checkpoints.names import (
    LayoutName,
    file_name,
    reason_to_leave_out,
    weight_names,
)
from kerascls.errors import CheckpointError
from kerascls.models.families import FAMILIES, family_titles

# Weights of ours that every encoder has, by which its names are found.
_SIGNS = tuple(
    f"encoder/layer_0/{name}/kernel"
    for name in ("attention/self/query", "intermediate/dense", "output/dense")
)
_SEPARATOR: dict[LayoutName, str] = {"google": "/", "huggingface": "."}
# What PyTorch puts before a compiled or sharded part, in the middle of names too.
_WRAPPERS = re.compile(
    r"(?<![^.])(_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\."
)
_OLD_NORM_ENDINGS = (
    (r"LayerNorm\.gamma$", "LayerNorm.weight"),
    (r"LayerNorm\.beta$", "LayerNorm.bias"),
)
# Under which names the token embeddings may stand that a decoder shares.
_TIED = (
    "cls.predictions.decoder.weight",
    "predictions.decoder.weight",
    "lm_head.decoder.weight",
    "generator_lm_head.weight",
    "vocab_projector.weight",
)
# Its own method for this needs a TensorFlow of before 2020.
_WRITE_NAMES = """
  import tensorflow as tf
  layers = bert.variable_mapping().items()
  named = {name: weight.numpy() for layer, names in layers if layer in bert.layers
           for name, weight in zip(names, bert.layers[layer].weights)}
  tf.raw_ops.SaveV2(prefix="named.ckpt", tensor_names=[*named],
                    shape_and_slices=[""] * len(named), tensors=[*named.values()])
"""
# Names of what is stored in other ways, what it is, and what to do with it.
_FOREIGN = (
    (
        r"/\.ATTRIBUTES/VARIABLE_VALUE$|^_CHECKPOINTABLE_OBJECT_GRAPH$",
        "a Keras object checkpoint, as `model.save_weights` writes it, whose names "
        "say where in a model a variable stands and not what it is",
        "Write it once more with names, where the model was made, from what "
        "bert4keras's `build_transformer_model(..., return_keras_model=False)` "
        f"returned as `bert`:{_WRITE_NAMES}On TensorFlow 1 "
        "`bert.save_weights_as_checkpoint('named.ckpt')` does that",
    ),
    (
        r"\.lora_(A|B|embedding_A|embedding_B)(\.|$)",
        "a LoRA adapter, which changes the weights of another checkpoint",
        "Merge the two where it was made, with `merge_and_unload()` of peft, save "
        "the result and give that",
    ),
    (
        r"\.layer_shared\.",
        "an early brightmart ALBERT (`layer_shared`) that was converted for PyTorch",
        "Give the TensorFlow files that it was made of",
    ),
    (
        r"(^|\.)vars\.\d+$",
        "a file of Keras's `save_weights`, whose names say where in a model a weight "
        "stands and not what it is",
        "Give the checkpoint that the model was made of",
    ),
)


@dataclass(frozen=True, kw_only=True)
class EncoderNames:
    """The names in a file, sorted by what they have to do with the encoder.

    Args:
        prefix: What stands before the encoder's names, such as `bert.`.
        families: Whose names these can be, the likeliest first.
        inside: From a name below the prefix, as all files of the layout have it, to
            the one in the file.
        outside: The same of what stands beside the encoder; without what is before
            the encoder's own word.
        doubled: Names that are another's once they are written alike.
        tied: Name in the file of the decoder that the token embeddings are taken
            from; None where they stand in their place.
    """

    prefix: str
    families: tuple[str, ...]
    inside: dict[str, str]
    outside: dict[str, str]
    doubled: tuple[str, ...] = ()
    tied: str | None = None

    @property
    def word(self) -> str:
        """The last word of the prefix, which mostly is the family's."""
        return _last_word(self.prefix)[:-1]

    def notes(self) -> list[str]:
        """Returns what is to be said of the places of the names."""
        usual = {word for family in FAMILIES for word in weight_names(family).words}
        notes = []
        if self.prefix[:-1] not in {"", *usual}:
            notes.append(f"the encoder's names stand behind the prefix {self.prefix!r}")
        if self.tied is not None:
            notes.append(
                f"token embeddings: taken from {self.tied}, under which this file "
                f"has the weights that the two share"
            )
        return notes


def encoder_names(
    layout: LayoutName, names: Iterable[str], path: Path, ties: bool = True
) -> EncoderNames:
    """Finds the one encoder among the names in a file.

    Args:
        layout: Whose names they are.
        names: All names in the file.
        path: The file, for messages.
        ties: Whether the decoder may have the token embeddings.

    Raises:
        CheckpointError: When there is no encoder of ours, or more than one.
    """
    names = sorted(names)
    _refuse_foreign(names, path)
    alike, doubled = _written_alike(layout, names)
    prefix, families = _the_one(layout, _encoders(layout, alike), names, path)
    inside = {
        name.removeprefix(prefix): source
        for name, source in alike.items()
        if name.startswith(prefix)
    }
    around = prefix.removesuffix(_last_word(prefix))
    outside = {
        name.removeprefix(around): source
        for name, source in alike.items()
        if not name.startswith(prefix)
    }
    found = EncoderNames(
        prefix=prefix,
        families=_likeliest_first(families, prefix, inside),
        inside=inside,
        outside=outside,
        doubled=doubled,
    )
    return _with_tied_embeddings(found) if ties else found


def _written_alike(
    layout: LayoutName, names: Iterable[str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    alike: dict[str, str] = {}
    doubled = []
    for name in names:
        plain = name
        if layout == "huggingface":
            plain = _WRAPPERS.sub("", name)
            for pattern, replacement in _OLD_NORM_ENDINGS:
                plain = re.sub(pattern, replacement, plain)
        if alike.setdefault(plain, name) != name:
            doubled.append(name)
    return alike, tuple(doubled)


def _encoders(layout: LayoutName, names: Iterable[str]) -> dict[str, list[str]]:
    """Returns from prefix to families, by the names of a first layer."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    names = list(names)
    for family in FAMILIES:
        endings = tuple(file_name(layout, family, name) for name in _SIGNS)
        prefixes = {
            name.removesuffix(ending)
            for name in names
            for ending in endings
            if name.endswith(ending)
        }
        for prefix in sorted(prefixes):
            if prefix == "" or prefix.endswith(_SEPARATOR[layout]):
                found[prefix].append(family)
    return found


def _the_one(
    layout: LayoutName, found: Mapping[str, list[str]], names: list[str], path: Path
) -> tuple[str, list[str]]:
    # A generator beside a discriminator is known, and not what is wanted.
    wanted = [
        prefix
        for prefix in found
        if not reason_to_leave_out(layout, _last_word(prefix))
    ]
    chosen = wanted or [*found]
    if not chosen:
        raise CheckpointError(
            f"Expected weights of a {family_titles()} encoder. Received: {path} "
            f"with {len(names)} weights, none of them of these families, such as "
            f"{', '.join(names[:10]) or 'nothing'}. Choose another checkpoint."
        )
    if len(chosen) > 1:
        shown = " and ".join(repr(prefix) for prefix in chosen)
        raise CheckpointError(
            f"Expected one encoder in a file. Received: {path} with {len(chosen)}, "
            f"whose names stand behind {shown}. Write the weights of the one that "
            f"you want into a file of their own{_how_to_write(layout, chosen, path)}"
        )
    return chosen[0], found[chosen[0]]


def _how_to_write(layout: LayoutName, prefixes: list[str], path: Path) -> str:
    if layout == "google" or path.suffix != ".safetensors":
        return "."
    alone = path.with_name("one.safetensors")
    return (
        f", and give that, such as {alone} after:\n"
        f'  python -c "from safetensors.numpy import load_file, save_file; '
        f"save_file({{k: v for k, v in load_file(r'{path}').items() "
        f"if k.startswith('{max(prefixes)}')}}, r'{alone}')\""
    )


def _likeliest_first(
    families: list[str], prefix: str, inside: Mapping[str, str]
) -> tuple[str, ...]:
    projects = any(name.startswith("embeddings_project") for name in inside)

    def is_unlikely(family: str) -> tuple[bool, bool]:
        names = weight_names(family)
        named = _last_word(prefix)[:-1] in names.words
        return not named, names.projects != projects

    return tuple(sorted(families, key=is_unlikely))


def _last_word(prefix: str) -> str:
    """Returns the last word of a prefix with what separates it from the names."""
    return re.sub(r"^.*[./](?=[^./]+[./]$)", "", prefix)


def _with_tied_embeddings(names: EncoderNames) -> EncoderNames:
    wanted = file_name("huggingface", "bert", "embeddings/word_embeddings")
    tied = next((name for name in _TIED if name in names.outside), None)
    if wanted in names.inside or tied is None:
        return names
    source = names.outside[tied]
    outside = {name: at for name, at in names.outside.items() if at != source}
    inside = names.inside | {wanted: source}
    return replace(names, inside=inside, outside=outside, tied=source)


def _refuse_foreign(names: Iterable[str], path: Path) -> None:
    listed = "\n".join(names)
    for pattern, what, cure in _FOREIGN:
        if re.search(pattern, listed, re.MULTILINE):
            raise CheckpointError(
                f"Expected the weights of a {family_titles()} encoder by name. "
                f"Received: {path}, {what}. {cure}."
            )
