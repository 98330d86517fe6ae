"""The table of classic models, and their sizes."""

import json

import pytest

from kerascls.models.classic.config import CLASSICS, ClassicConfig, classic_config
from kerascls.models.presets import PRESETS
from kerascls.system.tables import named


@pytest.mark.parametrize("name", CLASSICS)
def test_every_classic_model_is_a_preset_of_its_name(name):
    assert PRESETS[name].config == classic_config(name)
    assert PRESETS[name].title == CLASSICS[name].title
    assert named(CLASSICS[name].layer).__doc__


def test_sizes_of_its_own_come_back_from_a_file():
    config = classic_config("textcnn", vocab_size=9, sentence_end_ids=(5, 6))
    again = ClassicConfig(**json.loads(json.dumps(config.to_dict())))
    assert again == config
    assert again.sizes["widths"] == (2, 3, 4)


def test_sizes_that_are_given_win_over_those_of_the_table():
    config = classic_config("fasttext", embedding_dim=7)
    assert (config.embedding_dim, config.hidden_dim) == (7, 64)
