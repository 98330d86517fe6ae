import re

import pytest

from kerascls.models.encoder_config import weight_shapes
from kerascls.models.families import FAMILIES, family_titles
from kerascls.models.presets import PRESETS

SHAPES = {
    preset.config.family: weight_shapes(preset.config, with_pool=True)
    for preset in PRESETS.values()
}


def test_the_families_are_listed_for_people():
    assert family_titles() == "BERT, ALBERT or ELECTRA"


def test_no_name_or_alias_stands_for_two_families():
    names = [name for key, row in FAMILIES.items() for name in (key, *row.aliases)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_rename_is_of_a_weight_that_some_encoder_has(family):
    # A projection is renamed for BERT too, which has one only at unusual sizes.
    names = SHAPES[family].keys() | SHAPES["albert"].keys()
    row = FAMILIES[family]
    for ours, theirs in (*row.google_renames, *row.huggingface_renames):
        assert any(name.startswith(ours) for name in names), ours
        assert ours.endswith("/") == theirs.endswith("/") or ours == "encoder/layer_"


@pytest.mark.parametrize(
    ("family", "name"),
    [
        ("bert", "bert/encoder/layer_0/output/dense/kernel"),
        ("bert", "bert.encoder.layer.0.output.dense.weight"),
        ("albert", "bert/encoder/transformer/group_0/inner_group_0/LayerNorm/beta"),
        ("albert", "encoder.albert_layer_groups.0.albert_layers.0.ffn.weight"),
        ("electra", "electra/encoder/layer_0/output/dense/kernel"),
        ("electra", "embeddings_project.weight"),
    ],
)
def test_a_name_is_the_sign_of_one_family_only(family, name):
    signs = [key for key, row in FAMILIES.items() if re.search(row.sign, name)]
    assert signs == [family]
