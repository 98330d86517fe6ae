"""How token ids of a row become sequences: truncation, special tokens, windows."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kerascls.data.ragged import span_indices
from kerascls.preprocessing.layout_checks import (
    at_least,
    check_room,
    check_windows,
    input_rank,
    num_special,
)
from kerascls.preprocessing.token_store import TokenStore

Truncate = Literal["head", "tail", "both"]
Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]
INPUTS = ("token_ids", "segment_ids", "padding_mask")  # what a batch consists of


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the text fields of a row become one sequence, or one for each window.

    The sequence is `[CLS] field 0 [SEP] field 1 [SEP] ...`, in which `separators`
    tokens [SEP] stand between two fields. Where it would be longer than `max_tokens`,
    the longest field is shortened first.

    With windows, a text of one field is cut to what all windows hold. The first of
    them is a sequence with its first tokens; each next one begins `window_overlap`
    tokens before the end of the one before, until no token is left. So all but the
    last are full, and a text that fits one window is laid out as without windows.

    Args:
        max_tokens: Most tokens of a sequence, special tokens included.
        cls_id, sep_id, pad_id: Ids of the special tokens.
        truncate: What stays of a shortened field: its `"head"`, its `"tail"`, or
            `"both"`, half from either end.
        pair: Whether the last field is segment 1; all others are segment 0.
        separators: How many separators stand between two fields; behind the last one
            there is one.
        max_windows: Most windows of a text; 1 for no windows.
        window_overlap: How many tokens a window has in common with the next.

    Raises:
        SettingsError: When windows have no meaning, as of `check_windows`.

    """

    max_tokens: int
    cls_id: int
    sep_id: int
    pad_id: int
    truncate: Truncate = "head"
    pair: bool = False
    separators: int = 1
    max_windows: int = 1
    window_overlap: int = 0

    def __post_init__(self) -> None:
        check_windows(self.max_windows, self.window_overlap, self.max_tokens)

    @property
    def input_rank(self) -> int:
        """Axes of a batch: 3 with windows, else 2."""
        return input_rank(self.max_windows)

    @property
    def window_step(self) -> int:
        """How many tokens lie between the begins of a window and of the next."""
        return self.max_tokens - 2 - self.window_overlap

    def capacity(self, num_fields: int = 1) -> int:
        """Returns how many tokens of a row are read at most, special ones aside."""
        window = self.max_tokens - num_special(num_fields, self.separators)
        return window + (self.max_windows - 1) * self.window_step

    def lengths(self, field_lengths: np.ndarray) -> np.ndarray:
        """Returns how many tokens are laid out of each row, int32 `(rows,)`.

        Special tokens are counted, and what windows have in common each time: it is
        what the row costs, and `shape` says what it fits into.

        Raises:
            SettingsError: When there is no room for the fields, or `pair` meets rows
                of one field, or windows meet rows of several.
        """
        kept = self._kept(field_lengths)
        lengths = kept.sum(axis=1) + num_special(kept.shape[1], self.separators)
        if self.max_windows > 1:
            over = np.maximum(lengths - self.max_tokens, 0)
            # Each further window repeats the overlap, [CLS] and [SEP].
            lengths += -(-over // self.window_step) * (self.window_overlap + 2)
        return lengths.astype(np.int32)

    def shape(self, length: int) -> tuple[int, int]:
        """Returns windows, and tokens of each, that a row of `lengths` fits into."""
        if self.max_windows == 1:
            return 1, length
        return -(-length // self.max_tokens), min(length, self.max_tokens)

    def lost(self, field_lengths: np.ndarray) -> np.ndarray:
        """Returns how many tokens of each row are cut off, int64 `(rows,)`."""
        lengths = np.asarray(field_lengths, np.int64)
        return (lengths - self._kept(lengths)).sum(axis=1)

    def collate(
        self,
        store: TokenStore,
        rows: np.ndarray,
        *,
        num_tokens: int | None = None,
        num_rows: int | None = None,
    ) -> dict[str, np.ndarray]:
        """Returns a batch.

        Args:
            store: Where the ids are.
            rows: Which rows, in this order.
            num_tokens: Pad sequences up to this length instead of the longest's; with
                windows, pad to the `shape` of such a length.
            num_rows: Pad the batch up to this many rows. A row so added is a lone
                [CLS]: one whose mask is all 0 would make means over it NaN.

        Returns:
            `token_ids`, `segment_ids`, `padding_mask` (1 = token), each int32
            `(batch, tokens)`, with windows `(batch, windows, tokens)`. A window that
            a row does not have is padding alone.
        """
        rows = np.asarray(rows, np.int64)
        # (rows, fields), as starts, whole and kept
        fields = rows[:, None] * store.num_fields + np.arange(store.num_fields)
        starts = store.offsets[fields]
        whole = store.offsets[fields + 1] - starts
        kept = self._kept(whole)
        sources = self._sources(starts, whole, kept)
        longest = self.lengths(whole).max(initial=1)
        length = at_least("num_tokens", num_tokens, longest)
        num_rows = at_least("num_rows", num_rows, len(rows))
        if self.max_windows == 1:
            arrays = self._sequences(store.token_ids[sources], kept, num_rows, length)
        else:
            arrays = self._windows(store.token_ids, sources, kept, num_rows, length)
        return dict(zip(INPUTS, arrays, strict=True))

    def _sequences(
        self, token_ids: np.ndarray, kept: np.ndarray, num_rows: int, num_tokens: int
    ) -> Arrays:
        """Returns sequences of fields of `kept` tokens, which `token_ids` has in order.

        Token ids, segments and mask are int32 `(num_rows, num_tokens)`.
        """
        shape = (num_rows, num_tokens)
        # (rows, fields), the first separator behind each
        sep_at = np.cumsum(kept + 1, axis=1)
        sep_at += (self.separators - 1) * np.arange(kept.shape[1])
        first = np.arange(len(kept))[:, None] * num_tokens
        laid_out = np.full(shape, self.pad_id, np.int32)
        laid_out[:, 0] = self.cls_id
        flat = laid_out.reshape(-1)  # (num_rows * num_tokens,), a view
        flat[first + sep_at] = self.sep_id
        for further in range(1, self.separators):
            flat[first + sep_at[:, :-1] + further] = self.sep_id
        target = span_indices((first + sep_at - kept).ravel(), kept.ravel())
        flat[target] = token_ids

        columns = np.arange(num_tokens)
        mask = np.zeros(shape, np.int32)
        mask[:, 0] = 1
        mask[: len(kept)] = columns <= sep_at[:, -1:]
        segment_ids = np.zeros(shape, np.int32)
        if self.pair:
            segment_ids[: len(kept)] = columns >= sep_at[:, -2, None] + self.separators
            segment_ids *= mask
        return laid_out, segment_ids, mask

    def _windows(
        self,
        token_ids: np.ndarray,
        sources: np.ndarray,
        kept: np.ndarray,
        num_rows: int,
        length: int,
    ) -> Arrays:
        """Returns the windows of texts of `kept` tokens, which `sources` finds.

        Token ids, segments and mask are int32 `(num_rows, windows, tokens)`.
        """
        num_windows, num_tokens = self.shape(length)
        begins = np.arange(num_windows) * self.window_step
        exists = np.zeros((num_rows, num_windows), bool)
        exists[:, 0] = True
        exists[: len(kept), 1:] = kept > begins[1:] + self.window_overlap
        held = np.clip(kept - begins, 0, self.max_tokens - 2) * exists[: len(kept)]
        of_text = np.cumsum(kept) - kept[:, 0]  # where each text starts in `sources`
        spans = span_indices((of_text[:, None] + begins).ravel(), held.ravel())
        sequences = self._sequences(
            *(token_ids[sources[spans]], held.reshape(-1, 1)),
            *(num_rows * num_windows, num_tokens),
        )
        shape = (num_rows, num_windows, num_tokens)
        laid_out, segment_ids, mask = (array.reshape(shape) for array in sequences)
        laid_out[~exists] = self.pad_id
        mask[~exists] = 0
        return laid_out, segment_ids, mask

    def _kept(self, field_lengths: np.ndarray) -> np.ndarray:
        """Returns how many tokens stay of each field, int64 `(rows, num_fields)`.

        The same as taking one token after another from the longest field, the first
        of equals, until the row fits: all fields are cut to one level, the largest
        that fits, and the room left over goes to the last of the cut fields, one
        token each.
        """
        lengths = np.asarray(field_lengths, np.int64)
        num_fields = lengths.shape[1]
        check_room(
            num_fields, self.max_tokens, self.pair, self.separators, self.max_windows
        )
        room = self.capacity(num_fields)
        kept = lengths.copy()
        long = np.flatnonzero(lengths.sum(axis=1) > room)
        if len(long):
            kept[long] = _cut_to_level(lengths[long], room)
        return kept

    def _sources(
        self, starts: np.ndarray, whole: np.ndarray, kept: np.ndarray
    ) -> np.ndarray:
        if self.truncate == "head":
            return span_indices(starts.ravel(), kept.ravel())
        head = kept // 2 if self.truncate == "both" else np.zeros_like(kept)
        tail = kept - head
        spans = np.stack([starts, starts + whole - tail], axis=-1)  # (rows, fields, 2)
        return span_indices(spans.ravel(), np.stack([head, tail], axis=-1).ravel())


def _cut_to_level(lengths: np.ndarray, room: int) -> np.ndarray:
    num_fields = lengths.shape[1]
    ascending = np.sort(lengths, axis=1)
    below = np.cumsum(ascending, axis=1) - ascending
    # Level if the j shortest fields stay whole; the first j that is cut gives it.
    levels = (room - below) // (num_fields - np.arange(num_fields))
    first_cut = np.argmax(levels < ascending, axis=1)
    level = np.take_along_axis(levels, first_cut[:, None], axis=1)
    kept = np.minimum(lengths, level)
    cut = lengths > level
    from_last = np.cumsum(cut[:, ::-1], axis=1)[:, ::-1]
    return kept + (cut & (from_last <= room - kept.sum(axis=1, keepdims=True)))
