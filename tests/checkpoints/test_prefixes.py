import re
import subprocess
import sys
from pathlib import Path

import pytest

from kerascls.checkpoints.names import file_name
from kerascls.checkpoints.prefixes import encoder_names
from kerascls.errors import CheckpointError
from kerascls.models.encoder_config import EncoderConfig, weight_shapes

FAMILIES = ("bert", "albert", "electra")
LAYOUTS = ("google", "huggingface")
MARK = {"google": "/", "huggingface": "."}
WORDS = {"albert": ("bert/", "albert."), "electra": ("electra/", "electra.")}
WORDS |= {"bert": ("bert/", "bert.")}


def names_of(layout: str, family: str, embedding_dim: int = 8) -> list[str]:
    config = EncoderConfig(
        family=family,
        vocab_size=9,
        embedding_dim=embedding_dim,
        hidden_dim=8,
        intermediate_dim=8,
        num_layers=2,
        num_heads=2,
    )
    return [file_name(layout, family, name) for name in weight_shapes(config)]


def find(names, layout="huggingface", **options):
    return encoder_names(layout, names, Path("weights"), **options)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("around", ["", "module", "model.encoder", "_x1", "student"])
def test_the_encoder_is_found_behind_any_prefix(family, layout, around):
    mark = MARK[layout]
    prefix = around.replace(".", mark) + mark * bool(around)
    plain = names_of(layout, family)
    heads = [f"head{mark}weight", f"fc{mark}bias"]
    found = find([*(prefix + name for name in plain), *heads], layout)
    if not prefix:  # where nothing stands before the encoder, nothing is beside it
        assert set(found.inside) == {*plain, *heads}
        assert (found.prefix, found.outside, found.notes()) == ("", {}, [])
        return
    assert found.prefix == prefix
    assert found.inside == {name: prefix + name for name in plain}
    assert sorted(found.outside) == sorted(heads)
    assert f"prefix {prefix!r}" in found.notes()[0]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_familys_own_word_needs_no_note_and_comes_first(family, layout):
    word = WORDS[family][LAYOUTS.index(layout)]
    found = find([word + name for name in names_of(layout, family)], layout)
    assert (found.families[0], found.prefix) == (family, word)
    assert found.notes() == []


def test_what_is_beside_the_encoder_has_the_name_it_has_without_a_wrapper():
    names = [f"module.bert.{name}" for name in names_of("huggingface", "bert")]
    found = find([*names, "module.classifier.weight", "extra"])
    assert found.word == "bert"
    assert found.outside == {
        "classifier.weight": "module.classifier.weight",
        "extra": "extra",
    }


@pytest.mark.parametrize(
    ("family", "embedding_dim", "families"),
    [
        ("albert", 4, ("albert",)),
        ("bert", 8, ("bert", "roberta", "electra")),
        ("electra", 4, ("electra", "bert", "roberta")),
        ("distilbert", 8, ("distilbert",)),
    ],
)
def test_without_a_prefix_the_structure_tells_the_family(
    family, embedding_dim, families
):
    names = names_of("huggingface", family, embedding_dim)
    assert find(names).families == families


def test_a_users_own_word_does_not_exclude_a_family():
    names = [f"bert.{name}" for name in names_of("huggingface", "electra", 4)]
    assert set(find(names).families) == {"bert", "electra", "roberta"}


def test_wrappers_within_names_are_passed_over():
    plain = names_of("huggingface", "bert")
    wrapped = [
        "_orig_mod.bert."
        + name.replace("layer.1.", "layer.1._fsdp_wrapped_module._orig_mod.")
        for name in plain
    ]
    found = find(wrapped)
    assert found.prefix == "bert."
    assert found.inside == dict(zip(plain, wrapped, strict=True))


def test_old_norm_names_are_understood():
    plain = names_of("huggingface", "bert")
    old = [name.replace("LayerNorm.weight", "LayerNorm.gamma") for name in plain]
    assert find(old).inside == dict(zip(plain, old, strict=True))


def test_two_names_of_one_weight_are_both_known():
    names = names_of("huggingface", "bert")
    found = find([*names, "embeddings.LayerNorm.gamma"])
    assert found.doubled == ("embeddings.LayerNorm.weight",)


@pytest.mark.parametrize("prefixes", [("student.", "teacher."), ("", "bert.")])
def test_two_encoders_are_named(prefixes):
    names = [p + name for p in prefixes for name in names_of("huggingface", "bert")]
    with pytest.raises(CheckpointError, match="one encoder in a file") as error:
        find(names)
    assert all(repr(prefix) in str(error.value) for prefix in prefixes)


def test_the_way_to_take_one_of_two_encoders_works(copy_of):
    from safetensors.numpy import load_file, save_file

    from kerascls.checkpoints.accounting import account
    from kerascls.checkpoints.finding import find_checkpoint

    directory = copy_of("bert_huggingface_sharded")
    shards = sorted(directory.glob("*.safetensors"))
    tensors = {key: v for shard in shards for key, v in load_file(shard).items()}
    for path in [*shards, *directory.glob("*.index.json")]:
        path.unlink()
    both = {p + key: v for p in ("a.", "b.") for key, v in tensors.items()}
    save_file(both, directory / "model.safetensors")
    with pytest.raises(CheckpointError) as error:
        find_checkpoint(directory)
    command = re.search('python -c "(.*)"', str(error.value))[1]
    subprocess.run([sys.executable, "-c", command], check=True)
    alone = find_checkpoint(directory / "one.safetensors")
    assert alone.names.prefix == "b."
    assert account(alone).is_complete


@pytest.mark.parametrize("around", ["", "model/"])
def test_a_generator_is_no_second_encoder_unless_it_is_the_only_one(around):
    plain = names_of("google", "electra")
    generator = [f"{around}generator/{name}" for name in plain]
    both = [*(f"{around}electra/{name}" for name in plain), *generator]
    assert find(both, "google").word == "electra"
    assert find(generator, "google").word == "generator"


TIED = "cls.predictions.decoder.weight"
WITHOUT = [
    f"bert.{name}"
    for name in names_of("huggingface", "bert")
    if "word_embeddings" not in name
]


def test_shared_embeddings_are_found_under_the_decoders_name_and_said():
    found = find([*WITHOUT, TIED])
    assert found.inside["embeddings.word_embeddings.weight"] == TIED
    assert found.outside == {}
    assert TIED in found.notes()[0]


def test_a_decoder_of_its_own_is_no_embedding():
    plain = "embeddings.word_embeddings.weight"
    assert plain not in find([*WITHOUT, TIED], ties=False).inside
    both = find([*WITHOUT, f"bert.{plain}", TIED])
    assert (both.inside[plain], both.tied) == (f"bert.{plain}", None)


def test_early_brightmart_albert_is_refused_by_name():
    names = [
        "bert/embeddings/word_embeddings_2",
        "bert/encoder/layer_shared/attention/self/query/kernel",
    ]
    with pytest.raises(CheckpointError, match="early brightmart ALBERT") as error:
        find(names, "google")
    assert "albert_*_zh_google" in str(error.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("_CHECKPOINTABLE_OBJECT_GRAPH", "save_weights_as_checkpoint"),
        ("model/layer-0/kernel/.ATTRIBUTES/VARIABLE_VALUE", "Keras object checkpoint"),
        (
            "base_model.model.bert.encoder.layer.0.attention.self.query.lora_A.weight",
            "merge_and_unload",
        ),
    ],
)
def test_other_ways_to_store_weights_are_named_with_what_to_do(name, said):
    with pytest.raises(CheckpointError, match=said):
        find([name], "google" if "/" in name else "huggingface")


def test_foreign_weights_are_shown_by_their_first_names():
    names = [f"transformer.h.{n:02}.attn" for n in range(12)]
    with pytest.raises(CheckpointError) as error:
        find(names)
    message = str(error.value)
    assert "weights with 12 weights" in message
    assert "transformer.h.09.attn. Choose" in message
