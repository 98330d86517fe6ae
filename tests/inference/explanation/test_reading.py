"""What of a row is read, and where, is what the layout says."""

import numpy as np
import pytest
from explained_models import TOKENS, counting_predictor

from kerascls.inference.explanation.reading import (
    characters_read,
    hidden_token,
    read_tokens,
)
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer
from kerascls.preprocessing.tokenizers.words import WordTokenizer

SPECS = {
    "head": {"max_tokens": 6},
    "tail": {"max_tokens": 6, "truncate": "tail"},
    "both": {"max_tokens": 6, "truncate": "both"},
    "windows": {"max_tokens": 6, "max_windows": 2, "window_overlap": 1},
    "pair": {"max_tokens": 8, "text_columns": ("a", "b"), "pair": True},
    "three": {"max_tokens": 10, "text_columns": ("a", "b", "c"), "separators": 2},
}
TEXTS = "国足大胜今天新车", "发布 体育好", "abc"


@pytest.mark.parametrize("kind", SPECS)
def test_each_place_has_the_token_that_it_names(kind, tmp_path):
    predictor = counting_predictor(tmp_path, **SPECS[kind])
    texts = TEXTS[: len(predictor.bundle.input_spec.text_columns)]
    reading = read_tokens(predictor, texts)
    ids = np.concatenate(predictor.tokenizer.encode_ids(texts))
    places, laid_out = reading.places, reading.inputs["token_ids"][0]
    assert (laid_out[places >= 0] == ids[places[places >= 0]]).all()
    special = {TOKENS.index(name) for name in ("[PAD]", "[CLS]", "[SEP]")}
    assert {*laid_out[places < 0].tolist()} <= special
    assert reading.is_read.sum() == len(np.unique(places[places >= 0]))


def test_the_ends_are_read_of_a_text_that_is_cut_in_the_middle(tmp_path):
    predictor = counting_predictor(tmp_path, **SPECS["both"])
    read = characters_read(predictor, TEXTS[:1])
    assert read.tolist() == [True, True, False, False, False, False, True, True]


def test_what_stands_in_place_of_a_token_is_known_to_the_encoder():
    with_mask, without = Tokenizer(TOKENS), Tokenizer(TOKENS[:4])
    assert hidden_token(with_mask) == (4, "[MASK]")
    assert hidden_token(without) == hidden_token(WordTokenizer(["a"])) == (1, "[UNK]")


def test_an_ensemble_reads_what_a_member_reads(mixed_ensemble):
    from kerascls.inference.predictor import Predictor

    predictor = Predictor.load(mixed_ensemble.out)
    text = ("足球" * 20,)  # the transformer of 16 tokens reads 14
    assert characters_read(predictor, text).all()
    transformer = predictor.runtime.predictors[0]
    assert characters_read(transformer, text).sum() == 14
