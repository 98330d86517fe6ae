"""Token ids of a data set in flat memory-mapped files."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from kerascls.data.ragged import offsets_of
from kerascls.errors import DataError
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer

FORMAT_VERSION = 1
ROWS_AT_ONCE = 4096
META, TOKEN_IDS = "store.json", "token_ids.bin"
OFFSETS, LINES = "offsets.npy", "lines.npy"
FILES = (META, TOKEN_IDS, OFFSETS, LINES)


@dataclass(frozen=True, eq=False)
class TokenStore:
    """The untruncated ids of every text field, without special tokens.

    Args:
        token_ids: uint16 or uint32 `(all tokens,)`, rows and fields one after another.
        offsets: int64 `(rows * num_fields + 1,)`; where each field starts.
        lines: int64 `(rows,)`; where each row starts in its source file.
        num_fields: Text fields per row.
    """

    token_ids: np.ndarray
    offsets: np.ndarray
    lines: np.ndarray
    num_fields: int

    def __len__(self) -> int:
        return len(self.lines)

    def field_lengths(self) -> np.ndarray:
        """Returns the number of tokens, int32 `(rows, num_fields)`."""
        lengths = np.diff(self.offsets).astype(np.int32)  # (rows * num_fields,)
        return lengths.reshape(len(self), self.num_fields)

    @classmethod
    def joined(cls, several: Sequence["TokenStore"]) -> "TokenStore":
        """Returns the rows of stores of one tokenizer one after another, in memory."""
        lengths = [np.diff(one.offsets) for one in several]
        return cls(
            token_ids=np.concatenate([one.token_ids for one in several]),
            offsets=offsets_of(np.concatenate(lengths)),
            lines=np.concatenate([one.lines for one in several]),
            num_fields=several[0].num_fields,
        )

    @classmethod
    def open(cls, directory: str | Path) -> "TokenStore":
        """Returns the store in `directory`, its token ids memory-mapped.

        Raises:
            DataError: When a file is missing, damaged or of another version.
        """
        directory = Path(directory)
        try:
            return _open(directory)
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"Expected a token store (version {FORMAT_VERSION}) that is whole. "
                f"Received: directory={str(directory)!r} ({error}). Delete the folder "
                f"and let it be written again."
            ) from error


def build_token_store(
    texts: Sequence[tuple[str, ...]],
    tokenizer: TextTokenizer,
    lines: Sequence[int] | np.ndarray | None = None,
) -> TokenStore:
    """Returns a store held in memory: for prediction, or where no disk is wanted.

    `lines`, where each row starts in its source, is by default counted from 0.
    """
    num_fields = _num_fields(texts)
    # Grows in place; pieces joined at the end would be there twice.
    all_ids, lengths = bytearray(), [np.empty(0, np.int64)]
    for ids, some in _tokenized(texts, tokenizer):
        all_ids += ids.tobytes()
        lengths.append(some)
    return TokenStore(
        token_ids=np.frombuffer(all_ids, _dtype(tokenizer)),
        offsets=offsets_of(np.concatenate(lengths)),
        lines=_lines(range(len(texts)) if lines is None else lines, len(texts)),
        num_fields=num_fields,
    )


def write_token_store(
    directory: str | Path,
    texts: Sequence[tuple[str, ...]],
    lines: Sequence[int] | np.ndarray,
    tokenizer: TextTokenizer,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Writes a store chunk by chunk; until all is there, it cannot be opened.

    Args:
        directory: Where the store goes; made here.
        texts: The text fields of each row, as many in each.
        lines: Where each row starts in its source file.
        tokenizer: Turns texts into ids.
        on_progress: Called with the rows done and all rows.

    Raises:
        DataError: When rows differ in their number of fields.
        OSError: When it cannot be written there.
    """
    directory = Path(directory)
    meta = {"num_fields": _num_fields(texts), "dtype": _dtype(tokenizer).str}
    meta |= {"format_version": FORMAT_VERSION, "rows": len(texts)}
    all_lines = _lines(lines, len(texts))
    directory.mkdir()
    with open(directory / TOKEN_IDS, "wb") as file:
        lengths = _write_ids(file, texts, tokenizer, on_progress)
    _save(directory / OFFSETS, offsets_of(lengths))
    _save(directory / LINES, all_lines)
    (directory / META).write_text(json.dumps(meta), "utf-8")


def _open(directory: Path) -> TokenStore:
    meta = json.loads((directory / META).read_text("utf-8"))
    if meta["format_version"] != FORMAT_VERSION:
        raise ValueError(f"its version is {meta['format_version']}")
    rows, num_fields = int(meta["rows"]), int(meta["num_fields"])
    offsets = np.load(directory / OFFSETS, allow_pickle=False)
    lines = np.load(directory / LINES, allow_pickle=False)
    if offsets.shape != (rows * num_fields + 1,) or lines.shape != (rows,):
        raise ValueError(f"{OFFSETS} or {LINES} do not fit its {rows} rows")
    if offsets[0] != 0 or np.any(np.diff(offsets) < 0):
        raise ValueError(f"{OFFSETS} do not rise from 0")
    dtype, path = np.dtype(meta["dtype"]), directory / TOKEN_IDS
    num_bytes, needed = path.stat().st_size, int(offsets[-1]) * dtype.itemsize
    if num_bytes != needed:
        raise ValueError(f"{TOKEN_IDS} has {num_bytes} bytes, not {needed}")
    if not needed:  # an empty file cannot be mapped
        return TokenStore(np.empty(0, dtype), offsets, lines, num_fields)
    token_ids = np.asarray(np.memmap(path, dtype, mode="r"))
    return TokenStore(token_ids, offsets, lines, num_fields)


def _write_ids(
    file: BinaryIO,
    texts: Sequence[tuple[str, ...]],
    tokenizer: TextTokenizer,
    on_progress: Callable[[int, int], None] | None,
) -> np.ndarray:
    lengths, done = [np.empty(0, np.int64)], 0
    for ids, chunk_lengths in _tokenized(texts, tokenizer):
        file.write(ids.tobytes())
        lengths.append(chunk_lengths)
        done = min(done + ROWS_AT_ONCE, len(texts))
        if on_progress:
            on_progress(done, len(texts))
    return np.concatenate(lengths)


def _tokenized(
    texts: Sequence[tuple[str, ...]], tokenizer: TextTokenizer
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for start in range(0, len(texts), ROWS_AT_ONCE):
        rows = texts[start : start + ROWS_AT_ONCE]
        ids, lengths = tokenizer.encode_flat([text for row in rows for text in row])
        yield ids.astype(_dtype(tokenizer)), lengths


def _dtype(tokenizer: TextTokenizer) -> np.dtype:
    return np.dtype("<u2" if tokenizer.vocab_size <= 2**16 else "<u4")


def _lines(lines: Sequence[int] | np.ndarray, num_rows: int) -> np.ndarray:
    if len(lines) != num_rows:
        raise DataError(
            f"Every row has one line in its file. Received: {num_rows} rows of text, "
            f"{len(lines)} lines. Give as many."
        )
    return np.array(lines, np.int64)


def _num_fields(texts: Sequence[tuple[str, ...]]) -> int:
    num_fields = len(texts[0]) if len(texts) else 1
    for row, fields in enumerate(texts):
        if isinstance(fields, str) or len(fields) != num_fields or not num_fields:
            raise DataError(
                f"Every row is a tuple of text fields, as many as the first row has. "
                f"Received: texts[{row}]={fields!r}. Give one tuple for each row."
            )
    return num_fields


def _save(path: Path, array: np.ndarray) -> None:
    buffer = io.BytesIO()  # np.save on a file hides the reason why a write failed
    np.save(buffer, array, allow_pickle=False)
    path.write_bytes(buffer.getbuffer())
