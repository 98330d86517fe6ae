"""Models of the library SentencePiece, read without it."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kerascls.checkpoints.placeholders import refuse_placeholder
from kerascls.errors import CheckpointError

# Kinds of pieces, and numbers of fields of sentencepiece_model.proto.
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)
_PIECES, _TRAINER, _NORMALIZER = 1, 2, 3
_PIECE, _SCORE, _KIND = 1, 2, 3
_MODEL_TYPE, _BYTE_FALLBACK = 3, 35
_CHARSMAP = 2
_UNIGRAM = 1
_MODEL_TYPES = {1: "Unigram", 2: "BPE", 3: "word", 4: "character"}


@dataclass(frozen=True)
class Piece:
    """A token of a model: what it is called, its log probability, and its kind."""

    name: str
    score: float
    kind: int


@dataclass(frozen=True)
class SentencePieceModel:
    """What is used of a model.

    Args:
        pieces: Its tokens; their places are their ids.
        charsmap: The table of its normalizer (nmt_nfkc or another), as the Rust
            library takes it; empty for none.
    """

    pieces: tuple[Piece, ...]
    charsmap: bytes


def read_sentencepiece(path: Path) -> SentencePieceModel:
    """Returns a Unigram model.

    Raises:
        CheckpointError: When the file is none, is not whole, or is of another type.
    """
    refuse_placeholder(path)
    try:
        model_type, byte_fallback, model = _parsed(path.read_bytes())
    except (OSError, ValueError, IndexError, TypeError, struct.error) as error:
        raise CheckpointError(
            f"Expected a model of SentencePiece. Received: {path} ({error}). Copy or "
            f"download it again."
        ) from error
    if model_type != _UNIGRAM or byte_fallback or not model.pieces:
        kind = _MODEL_TYPES.get(model_type, str(model_type))
        kind += " with pieces for bytes" if byte_fallback else ""
        raise CheckpointError(
            f"Expected a Unigram model of SentencePiece. Received: {path}, a {kind} "
            f"model of {len(model.pieces)} pieces. Where transformers is installed, "
            f"write its tokenizer.json with AutoTokenizer.from_pretrained"
            f"({str(path.parent)!r}).save_pretrained({str(path.parent)!r})."
        )
    return model


def _parsed(data: bytes) -> tuple[int, bool, SentencePieceModel]:
    pieces, charsmap, model_type, byte_fallback = [], b"", _UNIGRAM, False
    for number, value in _fields(data):
        if number == _PIECES:
            found = dict(_fields(_bytes(value)))
            (score,) = struct.unpack("<f", _bytes(found.get(_SCORE, bytes(4))))
            name = _bytes(found.get(_PIECE, b"")).decode("utf-8")
            pieces.append(Piece(name, score, _number(found.get(_KIND, NORMAL))))
        elif number == _TRAINER:
            spec = dict(_fields(_bytes(value)))
            model_type = _number(spec.get(_MODEL_TYPE, _UNIGRAM))
            byte_fallback = bool(_number(spec.get(_BYTE_FALLBACK, 0)))
        elif number == _NORMALIZER:
            charsmap = _bytes(dict(_fields(_bytes(value))).get(_CHARSMAP, b""))
    return model_type, byte_fallback, SentencePieceModel(tuple(pieces), charsmap)


def _fields(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    """Yields number and value of each field of a protocol buffers message.

    Raises:
        ValueError: When a field is longer than the message, or of an unknown form.
    """
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        form = key & 7
        if form == 0:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        if form == 2:
            size, at = _varint(data, at)
        elif form in (1, 5):
            size = 8 if form == 1 else 4
        else:
            raise ValueError(f"no field begins with {key} at byte {at}")
        if at + size > len(data):
            raise ValueError(f"a field of {size} bytes ends behind the file")
        yield key >> 3, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise ValueError(f"a number of more than 64 bits ends at byte {at}")


def _bytes(value: bytes | int) -> bytes:
    if isinstance(value, int):
        raise TypeError(f"the number {value} stands where text is")
    return value


def _number(value: bytes | int) -> int:
    if isinstance(value, bytes):
        raise TypeError(f"the bytes {value[:20]!r} stand where a number is")
    return value
