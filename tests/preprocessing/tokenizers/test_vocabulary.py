"""Vocabularies: read as written, refused where they cannot be meant, made of text."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.errors import CheckpointError, SettingsError
from kerascls.preprocessing.tokenizers.vocabulary import (
    CLS,
    MASK,
    PAD,
    SEP,
    UNK,
    as_vocab,
    bert_normalizer,
    build_vocab,
    load_vocab,
    without_surrogates,
)
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

SPECIAL = [PAD, UNK, CLS, SEP, MASK]
characters = st.characters() | st.sampled_from("aabbÉ 中国 ，😀") | st.just("##a")
texts = st.lists(characters, max_size=30).map("".join)


def test_ids_are_the_numbers_of_the_lines_blank_ones_included(tmp_path):
    path = tmp_path / "vocab.txt"
    path.write_bytes("a\n\n b \r\n中\na".encode())
    assert load_vocab(path) == {"a": 4, "b": 2, "中": 3}


@pytest.mark.parametrize("ids", [(-1, 0, 1, 2), (0, 1, 2, 2)])
def test_ids_that_cannot_be_rows_of_a_table_are_refused(ids):
    with pytest.raises(CheckpointError, match="vocab=4 tokens, some with one id or a"):
        as_vocab(dict(zip(SPECIAL, ids, strict=False)))


def test_ids_may_have_gaps_and_the_callers_dictionary_is_left_alone():
    given_ids = {token: 10 * index for index, token in enumerate(SPECIAL)}
    vocab = as_vocab(given_ids)
    assert vocab == given_ids
    vocab["more"] = 1
    assert "more" not in given_ids


def test_a_size_without_room_for_the_special_tokens_is_refused():
    with pytest.raises(SettingsError, match="Received: size=4"):
        build_vocab(["a"], size=4)
    assert build_vocab(["a"], size=5) == SPECIAL


@pytest.mark.parametrize(("lower", "expected"), [(True, "e a"), (False, "É A")])
def test_normalising_lower_cases_and_strips_accents_together(lower, expected):
    assert bert_normalizer(lower).normalize_str("É\tA\0") == expected


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_without_surrogates_is_left_as_it_is(text):
    assert without_surrogates(text) == text


def test_pairs_of_surrogates_are_joined_and_half_ones_replaced():
    assert without_surrogates("\ud83d\ude00a\ud83d") == "😀a\ufffd"


def write(path, content):
    path.write_bytes(content)
    return path


def test_line_ends_and_a_byte_order_mark_are_no_part_of_tokens(tmp_path):
    content = "\ufeff" + "\r\n".join([*SPECIAL, "a"]) + "\r\n"
    path = write(tmp_path / "vocab.txt", content.encode())
    assert list(load_vocab(path)) == [*SPECIAL, "a"]


def test_absent_special_tokens_are_all_named():
    with pytest.raises(CheckpointError, match=r"\[UNK\], \[SEP\] missing.*'3 tokens'"):
        Tokenizer(["[PAD]", "[CLS]", "a"])


def test_a_dictionary_with_one_id_twice_is_refused():
    with pytest.raises(CheckpointError, match="an id of its own"):
        Tokenizer({**{token: index for index, token in enumerate(SPECIAL)}, "a": 4})


@pytest.mark.parametrize("content", [None, "中".encode("gb18030")])
def test_an_unreadable_vocabulary_names_its_path(tmp_path, content):
    path = tmp_path / "vocab.txt"
    if content:
        path.write_bytes(content)
    with pytest.raises(CheckpointError, match="UTF-8.*vocab.txt"):
        Tokenizer(path)


def test_a_built_vocabulary_holds_special_tokens_characters_and_words():
    vocab = build_vocab(["Hello hello 中国", "hello 中 World"], size=60)
    assert vocab[:5] == SPECIAL
    assert {"h", "##e", "中", "国", "hello"} <= set(vocab)
    assert "world" not in vocab
    assert len(set(vocab)) == len(vocab)


@given(st.lists(texts, max_size=8), st.booleans())
def test_no_text_is_unknown_to_the_vocabulary_built_from_it(many, lower):
    tokenizer = Tokenizer(build_vocab(many, do_lower_case=lower), lower)
    whole = [text for text in many if max(map(len, text.split()), default=0) < 100]
    for found in tokenizer.encode_ids(whole):
        assert tokenizer.unk_id not in found


@given(st.lists(texts, max_size=8), st.integers(5, 40))
def test_a_built_vocabulary_keeps_to_its_size(many, size):
    assert len(build_vocab(many, size)) <= size


def test_the_frequent_characters_stay_when_room_is_short():
    assert build_vocab(["中中中国国人"], size=7) == [*SPECIAL, "中", "国"]


def test_a_built_vocabulary_is_the_same_in_every_process():
    program = (
        "import random;"
        "from kerascls.preprocessing.tokenizers.vocabulary import build_vocab;"
        "r = random.Random(1);"
        "w = [''.join(r.choices('abcdefgh', k=r.randint(1, 6))) for _ in range(999)];"
        "import sys; sys.stdout.write(' '.join(build_vocab(w, 250)))"
    )
    results = set()
    for hash_seed, parallel in (("1", "false"), ("2", "true"), ("3", "true")):
        env = os.environ | {
            "PYTHONHASHSEED": hash_seed,
            "TOKENIZERS_PARALLELISM": parallel,
        }
        command = [sys.executable, "-c", program]
        root = Path(__file__).parents[3]
        result = subprocess.run(
            command, env=env, cwd=root, capture_output=True, text=True, check=True
        )
        results.add(result.stdout)
    assert len(results) == 1
    assert len(results.pop().split()) == 250


def test_lines_with_one_id_twice_are_refused(tmp_path):
    path = tmp_path / "vocab.txt"
    lines = [f"{token}\t{index}" for index, token in enumerate(SPECIAL)]
    path.write_text("\n".join([*lines, "a\t0"]), "utf-8")
    with pytest.raises(CheckpointError, match=r"vocab.txt', where two lines have"):
        Tokenizer(path)
