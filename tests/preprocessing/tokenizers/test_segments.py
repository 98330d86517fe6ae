"""Parts of texts give the ids of whole texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_tokenizers import PIECES, added, bpe, texts, unigram

from kerascls.preprocessing.tokenizers import segments
from kerascls.preprocessing.tokenizers.rust_tokenizer import RustTokenizer
from kerascls.preprocessing.tokenizers.segments import (
    SegmentTokenizer,
    can_be_segmented,
)

METASPACE = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}
METASPACE |= {"split": True}
ONE_SPACE = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
NFKC = {"type": "NFKC"}
# As XLM-R has it, as multilingual-e5 may have it, and without any treatment of text.
CONTENTS = {
    "white space": unigram(),
    "merged blanks": unigram(
        normalizer={"type": "Sequence", "normalizers": [NFKC, ONE_SPACE]},
        pre_tokenizer=METASPACE,
    ),
    "blanks": unigram(normalizer=None, pre_tokenizer=METASPACE),
}
TOKENIZERS = {name: RustTokenizer(content) for name, content in CONTENTS.items()}
for one in TOKENIZERS.values():  # scores that a float of 32 bits has
    for row in one._content["model"]["vocab"]:
        row[1] = float(np.float32(row[1]))
TOKENIZERS = {name: RustTokenizer(one._content) for name, one in TOKENIZERS.items()}
PARTS = {
    name: SegmentTokenizer(one._content, one._rust, one._ids_of)
    for name, one in TOKENIZERS.items()
}
names = st.sampled_from([*CONTENTS])
plain = st.text(
    st.sampled_from("中国足球今天abcd12.… \u3000１，（\n\tЖé龘齉あア「」<>")
)


def agree(name, many):
    ids, lengths = PARTS[name].encode_flat(many)
    expected, expected_lengths = TOKENIZERS[name]._library_flat(many)
    assert lengths.tolist() == expected_lengths.tolist()
    assert ids.tolist() == expected.tolist()
    assert (ids.dtype, lengths.dtype) == (np.int32, np.int64)


@given(names, st.lists(plain | texts, max_size=6))
def test_ids_equal_the_librarys(name, many):
    agree(name, many)


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize(
    "text",
    ["", " ", "  a", "a  ", " a  b ", "\n", "a\nb", "\u3000\u3000中", "…", "龘龘"],
)
def test_blanks_count_as_the_library_counts_them(name, text):
    agree(name, [text])
    agree(name, ["中国", text, "a", text, text, "足球"])


@given(names, st.lists(plain, min_size=2, max_size=8))
def test_chunks_and_a_full_dictionary_change_nothing(name, many):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "CHARS_AT_ONCE", 5)
        patch.setattr(segments, "MAX_SEGMENTS", 2)
        agree(name, many)


def test_plain_texts_do_without_the_tokenizer():
    def never(_):
        raise AssertionError("asked")

    one = TOKENIZERS["white space"]
    parts = SegmentTokenizer(one._content, one._rust, never)
    many = ["中国足球 今天", "１２ abc…", "\u3000\u3000中国\nab\t"]
    assert parts.encode_flat(many)[0].tolist() == one._library_flat(many)[0].tolist()


def test_unknown_characters_side_by_side_are_one_token():
    many = ["龘齉", "龘 齉", "中龘齉国", "a龘"]
    agree("white space", many)
    assert TOKENIZERS["white space"].tokenize("中龘齉国")[2:4] == ["中", "<unk>"]


def with_scores(score):
    content = unigram()
    content["model"]["vocab"][-1][1] = score
    for row in content["model"]["vocab"]:
        row[1] = float(np.float32(row[1]))
    content["model"]["vocab"][-1][1] = score
    return content


def test_only_what_is_proved_is_taken_apart():
    assert can_be_segmented(with_scores(-3.5))
    assert not can_be_segmented(with_scores(-3.1))  # no float of 32 bits
    assert not can_be_segmented(with_scores(-60.0))
    assert not can_be_segmented(bpe())


@pytest.mark.parametrize(
    "changed",
    [
        {"normalizer": {"type": "Lowercase"}},
        {"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFD"}]}},
        {"pre_tokenizer": None},
        {"pre_tokenizer": {**METASPACE, "prepend_scheme": "first"}},
        {"pre_tokenizer": {**METASPACE, "split": False}},
        {"added_tokens": added(["中国"], {"中国": 4 + PIECES.index("中国")}, False)},
    ],
)
def test_other_treatment_of_text_is_left_to_the_library(changed):
    assert not can_be_segmented({**with_scores(-3.5), **changed})


@pytest.mark.parametrize("key", ["byte_fallback", "unk_id"])
def test_other_treatment_of_what_is_unknown_is_left_to_the_library(key):
    content = with_scores(-3.5)
    content["model"][key] = True if key == "byte_fallback" else None
    assert not can_be_segmented(content)
