import numpy as np
import pytest
from tiny_tokenizers import bpe, unigram

from kerascls.preprocessing import unknown_tokens
from kerascls.preprocessing.token_store import build_token_store
from kerascls.preprocessing.tokenizers.rust_tokenizer import RustTokenizer
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer
from kerascls.preprocessing.unknown_tokens import unknown_note, unknown_share

ENGLISH = Tokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"the", "a", "team"])


def note_of(*texts: str) -> str | None:
    rows = [(text,) for text in texts]
    return unknown_note(build_token_store(rows, ENGLISH), rows, ENGLISH, "news.csv")


def test_much_that_is_unknown_is_said_with_share_and_examples():
    note = note_of("体育体育 a team", "体 a")
    assert note.startswith(
        "62% of the tokens of news.csv are unknown ([UNK]), such as 体 育: is this "
        "vocabulary for this language?"
    )


@pytest.mark.parametrize("texts", [(), ("",), ("a team " * 10 + "🙂",)])
def test_little_that_is_unknown_is_not_worth_a_word(texts):
    assert note_of(*texts) is None


def test_the_share_is_counted_in_chunks(monkeypatch):
    monkeypatch.setattr(unknown_tokens, "TOKENS_AT_ONCE", 2)
    store = build_token_store([("体 a 育 a a",)], ENGLISH)
    assert unknown_share(store, ENGLISH.unk_id) == pytest.approx(2 / 5)
    assert store.token_ids.dtype == np.uint16


def test_what_is_unknown_is_told_by_the_name_that_the_tokenizer_has_for_it():
    tokenizer = RustTokenizer(unigram())
    rows = [("ЖЖ 中国", "Ж ab")]
    store = build_token_store(rows, tokenizer)
    note = unknown_note(store, rows, tokenizer, "x.csv")
    assert "of x.csv are unknown (<unk>), such as ЖЖ Ж: is this" in note


def test_a_tokenizer_that_knows_all_has_no_share_of_unknown():
    content = bpe()
    content["model"]["unk_token"] = None
    tokenizer = RustTokenizer(content)
    store = build_token_store([("ab Ж",)], tokenizer)
    assert unknown_share(store, tokenizer.unk_id) == 0
