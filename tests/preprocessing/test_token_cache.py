"""Token ids are made once for the same texts and vocabulary, and again for others."""

import pytest

from kerascls.preprocessing import token_cache
from kerascls.preprocessing.cache import Cache
from kerascls.preprocessing.token_cache import cached_token_store
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

VOCAB = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcde"]
TOKENIZER = Tokenizer(VOCAB)
TEXTS = [("a b",), ("",), ("c 体 \ud83d",)]
LINES = [2, 3, 5]


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERASCLS_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def written(monkeypatch) -> list:
    """Collects the places of stores that were written."""
    places, write = [], token_cache.write_token_store

    def note(place, *rest):
        places.append(place.parent.parent / place.name)
        return write(place, *rest)

    monkeypatch.setattr(token_cache, "write_token_store", note)
    return places


def test_the_same_texts_are_tokenised_once(written):
    first = cached_token_store(Cache(), TEXTS, LINES, TOKENIZER)
    second = cached_token_store(Cache(), list(TEXTS), LINES, Tokenizer(VOCAB))
    assert len(written) == 1
    assert second.token_ids.tolist() == first.token_ids.tolist() == [4, 5, 6, 1]
    assert second.lines.tolist() == LINES


@pytest.mark.parametrize(
    ("texts", "lines", "tokenizer"),
    [
        ([("a c",), *TEXTS[1:]], LINES, TOKENIZER),
        (TEXTS, [2, 3, 4], TOKENIZER),
        (TEXTS, LINES, Tokenizer([*VOCAB, "f"])),
        (TEXTS, LINES, Tokenizer(VOCAB, do_lower_case=True)),
        ([("a b", ""), ("", ""), ("c 体", "")], LINES, TOKENIZER),
    ],
    ids=["other text", "other lines", "other vocabulary", "lower case", "columns"],
)
def test_anything_else_is_tokenised_anew(written, texts, lines, tokenizer):
    cached_token_store(Cache(), TEXTS, LINES, TOKENIZER)
    cached_token_store(Cache(), texts, lines, tokenizer)
    assert len(set(written)) == 2


def test_texts_that_only_join_to_the_same_are_told_apart(written):
    for texts in ([("a", "b")], [("a b", "")], [("ab", "")], [("", "ab")]):
        cached_token_store(Cache(), texts, [1], TOKENIZER)
    cached_token_store(Cache(), [("a",), ("b",)], [1, 1], TOKENIZER)
    assert len(set(written)) == 5


def test_texts_of_later_chunks_count(written, monkeypatch):
    monkeypatch.setattr(token_cache, "ROWS_AT_ONCE", 2)
    cached_token_store(Cache(), TEXTS, LINES, TOKENIZER)
    cached_token_store(Cache(), [*TEXTS[:2], ("c",)], LINES, TOKENIZER)
    assert len(set(written)) == 2


@pytest.mark.parametrize("file", ["token_ids.bin", "store.json", "lines.npy"])
def test_a_damaged_store_is_written_again(written, file):
    cached_token_store(Cache(), TEXTS, LINES, TOKENIZER)
    (written[0] / file).write_bytes(b"\x00")
    store = cached_token_store(Cache(), TEXTS, LINES, TOKENIZER)
    assert written[0] == written[1]
    assert store.token_ids.tolist() == [4, 5, 6, 1]


def test_what_others_put_in_the_place_of_a_store_is_left_alone(written):
    cached_token_store(Cache(), TEXTS, LINES, TOKENIZER)
    (written[0] / "store.json").unlink()
    (written[0] / "letter.txt").touch()
    assert len(cached_token_store(Cache(), TEXTS, LINES, TOKENIZER)) == 3
    assert (written[0] / "letter.txt").is_file()
