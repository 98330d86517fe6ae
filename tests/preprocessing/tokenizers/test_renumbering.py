"""Pruned tokenizers read as before what they were pruned for, and spell the rest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_tokenizers import CONTENTS, added, bpe, texts, unigram

from kerascls.errors import SettingsError
from kerascls.preprocessing.tokenizers.pruning import kept_tokens
from kerascls.preprocessing.tokenizers.renumbering import needed_tokens, renumbered
from kerascls.preprocessing.tokenizers.rust_tokenizer import RustTokenizer

TOKENIZERS = {kind: RustTokenizer(content) for kind, content in CONTENTS.items()}
kinds = st.sampled_from([*CONTENTS])
some_texts = st.lists(texts, max_size=5)


def pruned(tokenizer, many, min_count=1):
    kept = kept_tokens(tokenizer, many, min_count)
    return kept, tokenizer.pruned(kept.tolist())


def ids(tokenizer, text):
    return tokenizer.encode_ids([text])[0]


@given(kinds, some_texts)
def test_texts_that_were_counted_read_as_before(kind, many):
    whole = TOKENIZERS[kind]
    kept, small = pruned(whole, many)
    for text in many:
        assert kept[ids(small, text)].tolist() == ids(whole, text).tolist()


@given(kinds, some_texts, texts, st.integers(1, 3))
def test_a_text_of_used_tokens_reads_as_before(kind, many, text, min_count):
    whole = TOKENIZERS[kind]
    counted = np.bincount(
        np.concatenate([[0], *(ids(whole, one) for one in many)]).astype(int),
        minlength=whole.vocab_size,
    )
    kept, small = pruned(whole, many, min_count)
    before = ids(whole, text)
    if all(counted[token_id] >= min_count for token_id in before):
        assert kept[ids(small, text)].tolist() == before.tolist()


@given(kinds, some_texts, texts)
def test_a_token_that_is_dropped_is_spelled_not_unknown(kind, many, text):
    whole = TOKENIZERS[kind]
    _, small = pruned(whole, many)
    if whole.unk_id not in ids(whole, text):
        characters = {
            character
            for token in (whole.token(n) for n in ids(whole, text))
            if len(token.removeprefix("##")) > 1
            for character in token
        }
        if {*text} <= characters:
            assert small.unk_id not in ids(small, text)


@pytest.mark.parametrize("kind", CONTENTS)
def test_special_tokens_move_and_stay_special(kind):
    whole = TOKENIZERS[kind]
    keep = [whole.vocab_size - 1, *range(4), 5, 4]
    small = whole.pruned(keep)
    assert (small.cls_id, small.pad_id, small.sep_id, small.unk_id) == (1, 2, 3, 4)
    assert small.encode("")[0] == [1, 3]
    assert [small.token(n) for n in range(7)] == [whole.token(n) for n in keep]


@pytest.mark.parametrize("kind", CONTENTS)
@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_a_special_token_cannot_be_dropped(kind, missing):
    keep = [n for n in range(TOKENIZERS[kind].vocab_size) if n != missing]
    with pytest.raises(SettingsError, match=f"without the id {missing}"):
        TOKENIZERS[kind].pruned(keep)


def test_all_merges_that_lead_to_a_used_token_stay():
    content = bpe(["a b", "ab c", "b c", "a bc", "1 2"])
    vocab = content["model"]["vocab"]
    used = np.zeros(len(vocab), bool)
    used[vocab["abc"]] = True
    needed = needed_tokens(content, used)
    assert needed[[vocab["ab"], vocab["bc"], vocab["a"]]].all()
    assert not needed[vocab["12"]]
    small = renumbered(content, np.flatnonzero(needed | used))
    merges = [["a", "b"], ["ab", "c"], ["b", "c"], ["a", "bc"]]
    assert small["model"]["merges"] == merges


def test_the_unlikeliest_piece_stays_for_what_is_unknown_depends_on_it():
    content = unigram()
    least = min(range(4, len(content["model"]["vocab"])), key=scores(content))
    assert needed_tokens(content, np.zeros(100, bool))[least]


def scores(content):
    return lambda index: content["model"]["vocab"][index][1]


def test_added_tokens_behind_a_unigram_model_stay_behind_it():
    content = unigram()
    size = len(content["model"]["vocab"])
    content["added_tokens"] += added(["NEW"], {"NEW": size}, special=False)
    whole = RustTokenizer(content)
    assert size in kept_tokens(whole, [], 1)
    small = whole.pruned([*range(8), size])
    assert ids(small, "NEW").tolist() == [8]
    with pytest.raises(SettingsError, match="Sort them"):
        whole.pruned([size, *range(8)])


def test_bytes_stay_where_what_is_unknown_is_spelled_with_them():
    content = unigram(["▁", "ab", *(f"<0x{byte:02X}>" for byte in range(256))])
    content["model"]["byte_fallback"] = True
    whole = RustTokenizer(content)
    _, small = pruned(whole, ["ab"])
    assert [small.token(n) for n in ids(small, "é")][-2:] == ["<0xC3>", "<0xA9>"]
