import pytest

from kerascls.checkpoints.names import (
    file_name,
    reason_to_leave_out,
    weight_names,
)
from kerascls.checkpoints.prefixes import encoder_names
from kerascls.models.encoder_config import EncoderConfig, weight_shapes
from kerascls.models.presets import PRESETS

FAMILIES = ("bert", "albert", "electra")
LAYOUTS = ("google", "huggingface")
SHAPES = {
    preset.config.family: weight_shapes(preset.config, with_pool=True)
    for preset in PRESETS.values()
    if isinstance(preset.config, EncoderConfig)
}


def names_of(family: str) -> list[str]:
    config = EncoderConfig(
        family=family,
        vocab_size=9,
        embedding_dim=4,
        hidden_dim=8,
        intermediate_dim=8,
        num_layers=12,
        num_heads=2,
    )
    return list(weight_shapes(config, with_pool=True))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_two_weights_have_one_name_in_a_file(family, layout):
    names = names_of(family)
    assert len({file_name(layout, family, name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("layout", "family", "ours", "theirs"),
    [
        (
            "google",
            "bert",
            "encoder/layer_11/attention/self/query/kernel",
            "encoder/layer_11/attention/self/query/kernel",
        ),
        (
            "google",
            "electra",
            "embeddings_project/bias",
            "embeddings_project/bias",
        ),
        (
            "google",
            "albert",
            "encoder/layer_0/output/LayerNorm/beta",
            "encoder/transformer/group_0/inner_group_0/LayerNorm_1/beta",
        ),
        (
            "google",
            "albert",
            "encoder/layer_0/output/dense/kernel",
            "encoder/transformer/group_0/inner_group_0/ffn_1/intermediate/output"
            "/dense/kernel",
        ),
        (
            "huggingface",
            "bert",
            "encoder/layer_10/attention/output/LayerNorm/gamma",
            "encoder.layer.10.attention.output.LayerNorm.weight",
        ),
        (
            "huggingface",
            "bert",
            "embeddings/word_embeddings",
            "embeddings.word_embeddings.weight",
        ),
        ("huggingface", "albert", "pooler/dense/bias", "pooler.bias"),
        (
            "huggingface",
            "albert",
            "encoder/layer_0/attention/output/dense/kernel",
            "encoder.albert_layer_groups.0.albert_layers.0.attention.dense.weight",
        ),
    ],
)
def test_a_weight_has_its_published_name(layout, family, ours, theirs):
    assert file_name(layout, family, ours) == theirs


def test_the_tables_agree_with_the_ones_checkpoints_are_written_with():
    from make_checkpoints import CASES, huggingface_tensors, tensorflow_variables

    for case in CASES.values():
        google = case.layout == "tensorflow"
        names = (tensorflow_variables if google else huggingface_tensors)(case)
        layout = "google" if google else "huggingface"
        found = encoder_names(layout, names, case.name)
        plain = found.inside | found.outside
        config = PRESETS["bert"].config.to_dict() | {
            "family": case.model.family,
            "embedding_dim": case.model.embedding_dim,
            "hidden_dim": case.model.hidden_dim,
            "num_heads": case.model.num_heads,
            "num_layers": case.model.num_layers,
            "num_token_types": case.model.num_token_types,
        }
        with_pool = case.model.has_pooler
        ours = weight_shapes(EncoderConfig(**config), with_pool=with_pool)
        expected = {file_name(layout, case.model.family, name) for name in ours}
        assert expected <= set(plain)
        rest = set(plain) - expected
        assert all(reason_to_leave_out(layout, name) for name in rest)


@pytest.mark.parametrize(
    "name",
    [
        "encoder/layer_12/output/dense/kernel",
        "embeddings/extra",
        "encoder/layer_0/attention/self/query/scale",
    ],
)
def test_weights_of_the_encoder_are_never_left_out(name):
    assert reason_to_leave_out("google", name) is None


@pytest.mark.parametrize("family", FAMILIES)
def test_every_rename_is_of_a_weight_that_some_encoder_has(family):
    # A projection is renamed for BERT too, which has one only at unusual sizes.
    names = SHAPES[family].keys() | SHAPES["albert"].keys()
    row = weight_names(family)
    for ours, theirs in (*row.google, *row.huggingface):
        assert any(name.startswith(ours) for name in names), ours
        assert ours.endswith("/") == theirs.endswith("/") or ours == "encoder/layer_"
