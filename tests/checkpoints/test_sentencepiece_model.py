import base64
import json
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.checkpoints import sentencepiece_model
from kerascls.checkpoints.sentencepiece_model import (
    CONTROL,
    NORMAL,
    UNKNOWN,
    Piece,
    read_sentencepiece,
)
from kerascls.errors import CheckpointError

FILES = json.loads(Path(__file__).with_name("tokenizer_files.json").read_text("utf-8"))
DATA = base64.b64decode(FILES["xlm_roberta"]["files"]["sentencepiece.bpe.model"])


def varint(number):
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def written(pieces, charsmap=b"", model_type=None, byte_fallback=False):
    """A model's file, as far as it is read."""
    data = b""
    for name, score, kind in pieces:
        piece = field(1, name.encode()) + varint(2 << 3 | 5) + struct.pack("<f", score)
        data += field(1, piece + varint(3 << 3) + varint(kind))
    trainer = b"" if model_type is None else varint(3 << 3) + varint(model_type)
    trainer += varint(35 << 3) + b"\x01" if byte_fallback else b""
    return data + field(2, trainer) + field(3, field(1, b"x") + field(2, charsmap))


def read(path, data):
    path.write_bytes(data)
    return read_sentencepiece(path)


pieces = st.tuples(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.floats(width=32, allow_nan=False),
    st.integers(1, 6),
)


@given(st.lists(pieces, min_size=1), st.binary(max_size=300))
def test_what_is_written_is_read(tmp_path_factory, many, charsmap):
    path = tmp_path_factory.mktemp("model") / "spiece.model"
    model = read(path, written(many, charsmap))
    assert model.pieces == tuple(Piece(*piece) for piece in many)
    assert model.charsmap == charsmap


def test_a_model_that_sentencepiece_wrote_is_read(tmp_path):
    model = read(tmp_path / "a.model", DATA)
    kinds = [piece.kind for piece in model.pieces]
    assert kinds[:4] == [UNKNOWN, CONTROL, CONTROL, NORMAL]
    assert [piece.name for piece in model.pieces[:3]] == ["<unk>", "<s>", "</s>"]
    assert all(piece.score < 0 for piece in model.pieces[3:])
    assert len(model.charsmap) > 100


@given(st.integers(0, len(DATA) - 1), st.integers(0, 255), st.booleans())
def test_a_damaged_file_is_read_or_refused(tmp_path_factory, place, byte, cut):
    path = tmp_path_factory.mktemp("model") / "spiece.model"
    data = DATA[:place] if cut else DATA[:place] + bytes([byte]) + DATA[place + 1 :]
    try:
        read(path, data)
    except CheckpointError as error:
        assert str(path) in str(error)


@pytest.mark.parametrize("data", [b"", b"\xff" * 20, b"version https", b"\x0a\xff\x01"])
def test_what_is_no_model_is_refused(tmp_path, data):
    with pytest.raises(CheckpointError, match="Expected a .*spiece.model"):
        read(tmp_path / "spiece.model", data)


@pytest.mark.parametrize(
    ("options", "kind"),
    [({"model_type": 2}, "a BPE model"), ({"byte_fallback": True}, "pieces for bytes")],
)
def test_other_types_are_refused_with_what_to_do(tmp_path, options, kind):
    with pytest.raises(CheckpointError, match=rf"{kind}.*save_pretrained"):
        read(tmp_path / "spiece.model", written([("a", -1.0, 1)], **options))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"gone\.model"):
        sentencepiece_model.read_sentencepiece(tmp_path / "gone.model")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (varint(1 << 3) + b"\5", "the number 5 stands where text is"),
        (field(2, field(3, b"bpe")), "the bytes b'bpe' stand where a number is"),
    ],
)
def test_a_field_of_another_kind_is_told(tmp_path, data, said):
    with pytest.raises(CheckpointError, match=said):
        read(tmp_path / "spiece.model", data)
