"""The table of classic models, and their sizes."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from tiny_classics import every_model, tiny_classic

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


@every_model
@pytest.mark.slow
def test_a_size_changes_a_model_if_and_only_if_it_is_said_to_follow_it(name):
    def count(**changes) -> int:
        return tiny_classic(name, **changes).count_params()

    for size, value in (("embedding_dim", 20), ("hidden_dim", 24), ("num_layers", 3)):
        followed = size in CLASSICS[name].follows
        assert (count(**{size: value}) != count()) == followed, size
