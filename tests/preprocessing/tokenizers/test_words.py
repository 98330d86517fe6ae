"""Whole words as tokens: none is lost, invented, or taken for padding."""

import pickle
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_tokenizers import texts

from kerascls.errors import CheckpointError, DataError, SettingsError
from kerascls.preprocessing.token_store import build_token_store
from kerascls.preprocessing.tokenizers import words
from kerascls.preprocessing.tokenizers.pruning import kept_tokens
from kerascls.preprocessing.tokenizers.units import UNITS
from kerascls.preprocessing.tokenizers.word_splitting import clean
from kerascls.preprocessing.tokenizers.words import (
    SPECIAL,
    WordTokenizer,
    build_word_tokenizer,
)
from kerascls.preprocessing.unknown_tokens import unknown_note

# Those that need no package; what cuts differs, the tokenizer does not.
PLAIN = [name for name, unit in UNITS.items() if unit.package is None]
SENTENCES = ["国足 今天 大胜 。", "今天 大胜 ！", "Today a win. today a draw"]

many = st.lists(st.one_of(texts, st.text(max_size=20)), max_size=6)


def built(texts, units="auto", **options):
    """A tokenizer that knows every word of some texts, and one more."""
    return build_word_tokenizer([*texts, "x"], units, **{"min_count": 1} | options)


def test_frequent_words_come_first_and_ties_in_the_order_of_code_points():
    tokenizer = build_word_tokenizer(["b c", "a c 中", "a b c d 中"])
    assert tokenizer.words == ("c", "a", "b", "中")
    assert [tokenizer.token(n) for n in range(5)] == [*SPECIAL, "c"]
    assert tokenizer.vocab_size == 8


@pytest.mark.parametrize("units", PLAIN)
@given(many)
def test_the_order_of_texts_does_not_change_the_ids(units, many):
    # Without it chance would: Chinese that nobody cut is refused as words.
    many = [" ".join(text) for text in many]
    assert built(many, units).words == built(many[::-1], units).words


def test_max_size_counts_special_tokens_and_keeps_the_frequent_words():
    tokenizer = build_word_tokenizer(["b b c c c a"], min_count=1, max_size=6)
    assert (tokenizer.words, tokenizer.vocab_size) == (("c", "b"), 6)


@pytest.mark.parametrize("units", PLAIN)
@given(many, texts)
def test_ids_are_in_range_and_unknown_words_are_no_padding(units, many, text):
    tokenizer = built([" ".join(text) for text in many], units)
    (ids,) = tokenizer.encode_ids([text])
    assert ids.dtype == np.int32
    assert set(ids) <= {tokenizer.unk_id, *range(len(SPECIAL), tokenizer.vocab_size)}
    assert np.count_nonzero(ids == tokenizer.unk_id) == sum(
        tokenizer.unknown_words([text]).values()
    )


@pytest.mark.parametrize("units", PLAIN)
@given(many)
def test_the_tokens_of_known_texts_are_the_texts_without_white_space(units, many):
    many = [" ".join(text) for text in many]
    tokenizer = built(many, units)
    for text, ids in zip(many, tokenizer.encode_ids(many), strict=True):
        assert "".join(map(tokenizer.token, ids)) == "".join(clean(text).split())


@pytest.mark.parametrize("units", PLAIN)
@given(many)
def test_a_texts_ids_do_not_depend_on_its_neighbours(units, many):
    tokenizer = built(["中 国 今 天 a b ab 1"], units)
    alone = [tokenizer.encode_ids([text])[0].tolist() for text in many]
    assert [row.tolist() for row in tokenizer.encode_ids(many)] == alone


@pytest.mark.parametrize("units", UNITS)
def test_what_is_saved_and_opened_gives_the_same_ids(units, tmp_path):
    pytest.importorskip(UNITS[units].package or "numpy")
    tokenizer = built(SENTENCES, units)
    path = tmp_path / tokenizer.file_name
    tokenizer.save(path)
    opened = WordTokenizer.open(path)
    assert opened.words == tokenizer.words
    assert opened.identity() == tokenizer.identity()
    flat, lengths = tokenizer.encode_flat(SENTENCES)
    again, as_long = opened.encode_flat(SENTENCES)
    assert (flat.tolist(), lengths.tolist()) == (again.tolist(), as_long.tolist())
    assert (opened.units, opened.segmenter) == (units, tokenizer.segmenter)


def test_words_of_ideographic_and_no_break_spaces_survive_in_the_file(tmp_path):
    names = ["\u3000", "北京\u3000大学", "10\u00a0km", "\u2028", '"', "\\", "\t"]
    WordTokenizer(names).save(tmp_path / "words.json")
    assert [*WordTokenizer.open(tmp_path / "words.json").words] == names


@pytest.mark.parametrize("text", ["", " ", "\u3000\u00a0\n", "\u200b"])
def test_a_text_without_words_has_no_ids(text):
    flat, lengths = WordTokenizer(["a"]).encode_flat([text, "a"])
    assert (flat.tolist(), lengths.tolist()) == ([4], [0, 1])
    assert WordTokenizer(["a"]).encode_flat([])[0].shape == (0,)


@pytest.mark.parametrize("units", PLAIN)
def test_a_special_token_written_out_is_text(units):
    tokenizer = built(["[PAD] [UNK]"], units)
    ids = tokenizer.encode_ids(["[PAD] [UNK] [CLS]"])[0]
    assert set(ids).isdisjoint({tokenizer.pad_id, tokenizer.cls_id, tokenizer.sep_id})
    assert ids[0] >= len(SPECIAL)


def test_half_a_surrogate_pair_is_a_replacement_character():
    tokenizer = WordTokenizer(["\ufffd", "😀"])
    assert tokenizer.encode_ids(["\ud83d\ude00 \ud83d"])[0].tolist() == [5, 4]


def test_texts_are_lower_cased_and_composed():
    tokenizer = WordTokenizer(["café"])
    assert tokenizer.encode_ids(["CAFE\u0301"])[0].tolist() == [4]
    assert tokenizer.do_lower_case


def test_ends_of_sentences_are_those_of_the_vocabulary():
    names = ["。", "a", "!", "，", "win.", "…"]
    ends = WordTokenizer(names, "words").sentence_end_ids
    assert ends == (4, 6, 8, 9)
    assert WordTokenizer(["a"]).sentence_end_ids == ()


def test_a_pruned_tokenizer_has_the_special_tokens_in_front():
    tokenizer = build_word_tokenizer(["a a a b b b c c"])
    kept = kept_tokens(tokenizer, ["a c", "c"], min_count=1)
    pruned = tokenizer.pruned(kept.tolist())
    assert (pruned.words, pruned.units) == (("a", "c"), "auto")
    assert pruned.tokenize("a b c") == ["[CLS]", "a", "[UNK]", "c", "[SEP]"]
    with pytest.raises(SettingsError, match=r"keep_tokens=\[4, 5\]"):
        tokenizer.pruned([4, 5])


def test_what_ids_depend_on_is_its_identity():
    one = WordTokenizer(["a", "b"]).identity()
    assert one == WordTokenizer(["a", "b"]).identity()
    assert one != WordTokenizer(["b", "a"]).identity()
    assert one != WordTokenizer(["a", "b"], "words").identity()


@pytest.mark.parametrize("units", UNITS)
def test_a_tokenizer_can_be_sent_to_another_process_and_to_threads(units):
    pytest.importorskip(UNITS[units].package or "numpy")
    tokenizer = built(SENTENCES, units)
    sent = pickle.loads(pickle.dumps(tokenizer))
    expected = [row.tolist() for row in tokenizer.encode_ids(SENTENCES)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: sent.encode_ids([text])[0], SENTENCES * 9))
    assert [row.tolist() for row in found] == expected * 9


@pytest.mark.parametrize(
    ("options", "received"),
    [
        ({"units": "word"}, "units='word'.*Did you mean 'words'"),
        ({"min_count": 0}, "min_count=0"),
        ({"min_count": True}, "min_count=True"),
        ({"max_size": 4}, "max_size=4"),
        ({"max_size": 1e5}, "max_size=100000.0"),
    ],
)
def test_settings_without_a_meaning_are_named(options, received):
    with pytest.raises(SettingsError, match=f"Received: {received}"):
        build_word_tokenizer(["a a"], **options)


@pytest.mark.parametrize("texts", ["a a", [None], ["a", 1]])
def test_what_is_no_list_of_texts_is_refused(texts):
    with pytest.raises(SettingsError, match="Received: texts"):
        build_word_tokenizer(texts)


@pytest.mark.parametrize(
    ("texts", "received"),
    [([], "0 words"), ([" ", ""], "0 words"), (["a b"], "2 words .units=auto., each")],
)
def test_texts_without_a_word_to_learn_are_refused(texts, received):
    with pytest.raises(DataError, match=f"Received: {received}"):
        build_word_tokenizer(texts)


UNCUT = ["国足今晚迎战劲旅", "新车今天在上海发布，价格公布", "NBA 火箭客场大胜勇士队"]


def test_chinese_that_nobody_cut_is_no_text_of_words():
    with pytest.raises(DataError) as error:
        build_word_tokenizer(UNCUT * 2, "words")  # also where all come twice
    assert "with 10 characters between blanks on average" in str(error.value)
    assert "3 different ones among 6, such as '国足今晚迎战劲旅'" in str(error.value)
    assert "--set model.units=auto" in str(error.value)
    for units in ("auto", "characters"):
        assert build_word_tokenizer(UNCUT, units, min_count=1).vocab_size > 20


@pytest.mark.parametrize(
    "texts",
    [
        SENTENCES,
        ["国足 今晚 迎战 劲旅", "新车 今天 在 上海 发布 ， 价格 公布"],
        ["a win for 国足今晚迎战劲旅", "one word of chinese in ten is no chinese text"],
        ["好评如潮物超所值"] * 5,
    ],
)
def test_text_that_is_cut_or_not_chinese_has_words(texts):
    assert build_word_tokenizer(texts, "words", min_count=1).words


def test_texts_are_counted_in_pieces(monkeypatch):
    monkeypatch.setattr(words, "TEXTS_AT_ONCE", 2)
    texts = ["a", "b a", "c", "a", "c c"]
    assert build_word_tokenizer(iter(texts)).words == ("a", "c")


def test_unknown_words_are_told_with_the_question_that_fits():
    tokenizer = WordTokenizer(["today", "a"], "words")
    assert tokenizer.unknown_words(["Today a win a Win"]) == Counter(win=2)
    rows = [("today a win",), ("a draw",)]
    note = unknown_note(build_token_store(rows, tokenizer), rows, tokenizer, "x.csv")
    assert note.startswith(
        "40% of the tokens of x.csv are unknown ([UNK]), such as win draw: are they "
        "rare in the training text, or cut and written otherwise there (units=words)?"
    )


def test_words_that_are_there_twice_are_refused():
    with pytest.raises(CheckpointError, match="1 of them twice"):
        WordTokenizer(["a", "a"])
