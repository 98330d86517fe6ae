import copy

import pytest
from tiny_tokenizers import bpe, unigram, wordpiece

from kerascls.errors import CheckpointError
from kerascls.preprocessing.tokenizers.tokenizer_form import require_form

MODELS = {"unigram": unigram, "bpe": bpe, "wordpiece": wordpiece}


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_tokenizers_have_the_form(make):
    assert require_form(make(), "x") == make()


@pytest.mark.parametrize("content", [None, [], 1, {}, {"model": []}, {"model": {}}])
def test_what_is_no_tokenizer_is_refused(content):
    with pytest.raises(CheckpointError, match=r"Received: a/x.json, where .* again"):
        require_form(content, "a/x.json")


@pytest.mark.parametrize(
    ("make", "path", "value"),
    [
        (unigram, ("normalizer",), 1),
        (unigram, ("post_processor",), []),
        (unigram, ("padding",), "x"),
        (unigram, ("added_tokens",), {}),
        (unigram, ("added_tokens",), [{"content": "a"}]),
        (unigram, ("added_tokens",), [{"content": "a", "id": "1"}]),
        (unigram, ("model", "vocab"), []),
        (unigram, ("model", "vocab"), [["a", "0"]]),
        (unigram, ("model", "vocab"), [["a"]]),
        (unigram, ("model", "vocab"), "abc"),
        (unigram, ("model", "unk_id"), 10**6),
        (unigram, ("model", "unk_id"), "3"),
        (bpe, ("model", "merges"), {}),
        (bpe, ("model", "merges"), ["abc"]),
        (bpe, ("model", "merges"), [["a", "b", "c"]]),
        (bpe, ("model", "merges"), [[1, "a"]]),
        (bpe, ("model", "unk_token"), "nowhere"),
        (bpe, ("model", "end_of_word_suffix"), 1),
        (wordpiece, ("model", "type"), 1),
    ],
)
def test_a_part_of_another_kind_is_refused(make, path, value):
    content = copy.deepcopy(make())
    inner = content
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(CheckpointError, match="Received: x.json, where "):
        require_form(content, "x.json")
