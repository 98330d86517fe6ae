import pytest
from tiny_tokenizers import unigram

from kerascls.errors import SettingsError
from kerascls.preprocessing.tokenizers.rust_tokenizer import RustTokenizer
from kerascls.preprocessing.tokenizers.text_tokenizer import (
    checked_texts,
    refuse_options,
)
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

XLM_R = RustTokenizer(unigram())
BERT = Tokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abc"])


def test_a_pair_has_one_separator_and_segments_or_two_and_none():
    assert BERT.encode("a", "b") == ([2, 4, 3, 5, 3], [0, 0, 0, 1, 1])
    first, second = (XLM_R.encode_ids([text])[0].tolist() for text in "ab")
    assert XLM_R.encode("a", "b") == ([0, *first, 2, 2, *second, 2], [0] * 7)


def test_the_longer_text_is_cut_first_and_separators_count():
    assert BERT.encode("a b c", "a", maxlen=6)[0] == [2, 4, 5, 3, 4, 3]
    assert len(XLM_R.encode("中国足球今天" * 3, "b", maxlen=8)[0]) == 8
    with pytest.raises(SettingsError, match="Give at least 4"):
        XLM_R.encode("a", "b", maxlen=3)


def test_the_parts_of_a_flat_encoding_are_the_texts():
    flat, lengths = XLM_R.encode_flat(["中国", "", "a b"])
    rows = XLM_R.encode_ids(["中国", "", "a b"])
    assert flat.tolist() == [n for row in rows for n in row]
    assert lengths.tolist() == [len(row) for row in rows]


@pytest.mark.parametrize("texts", ["abc", [1], [None]])
def test_what_is_no_list_of_texts_is_refused(texts):
    with pytest.raises(SettingsError, match="texts"):
        checked_texts(texts)


def test_options_that_are_not_there_are_refused_by_name():
    with pytest.raises(SettingsError, match=r"f accepts a\. Received: b=1"):
        refuse_options("f", "a", {"b": 1})
    with pytest.raises(SettingsError, match="first_text, second_text, maxlen"):
        XLM_R.encode("a", truncate_from=1)
