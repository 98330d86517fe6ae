import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_tokenizers import unigram
from tokenizers import normalizers

from kerascls.errors import CheckpointError
from kerascls.preprocessing.tokenizers.charsmap import charsmaps, is_charsmap
from kerascls.preprocessing.tokenizers.tokenizer_form import require_form

TESTS = Path(__file__).parents[2]
FILES = json.loads((TESTS / "checkpoints" / "tokenizer_files.json").read_text("utf-8"))
MODEL = base64.b64decode(FILES["xlm_roberta"]["files"]["sentencepiece.bpe.model"])


@pytest.fixture(scope="module")
def charsmap(tmp_path_factory):
    """The table that SentencePiece wrote into the tiny model."""
    from kerascls.checkpoints.sentencepiece_model import read_sentencepiece

    path = tmp_path_factory.mktemp("model") / "a.model"
    path.write_bytes(MODEL)
    return read_sentencepiece(path).charsmap


def encoded(data):
    return base64.b64encode(data).decode()


def test_a_table_that_sentencepiece_wrote_is_one(charsmap):
    assert is_charsmap(encoded(charsmap))


@pytest.mark.parametrize(
    "text", [None, 1, "", "!", encoded(b"\0"), encoded(b"\xff" * 8)]
)
def test_what_is_none_is_told(text):
    assert not is_charsmap(text)
    step = {"type": "Precompiled", "precompiled_charsmap": text}
    nested = {"type": "Sequence", "normalizers": [{"type": "NFKC"}, step]}
    assert [*charsmaps(nested)] == [text]
    with pytest.raises(CheckpointError, match="`precompiled_charsmap` is damaged"):
        require_form(unigram(normalizer=nested), "x.json")


@given(data=st.data(), text=st.text())
def test_a_damaged_table_is_told_or_can_be_used(charsmap, data, text):
    place = data.draw(st.integers(0, len(charsmap) - 1))
    byte = data.draw(st.integers(0, 255))
    damaged = charsmap[:place] + bytes([byte]) + charsmap[place + 1 :]
    if is_charsmap(encoded(damaged)):
        normalizer = normalizers.Precompiled(damaged)
        for one in (text, *map(chr, range(32, 256)), "１２…\u3000"):
            assert isinstance(normalizer.normalize_str(one), str)
