"""How token ids of a row become one sequence: truncation, special tokens, pairs."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kerascls.data.ragged import span_indices
from kerascls.errors import SettingsError
from kerascls.preprocessing.token_store import TokenStore

Truncate = Literal["head", "tail", "both"]
INPUTS = ("token_ids", "segment_ids", "padding_mask")  # what a batch consists of


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the text fields of a row become one sequence.

    The sequence is `[CLS] field 0 [SEP] field 1 [SEP] ...`, in which `separators`
    tokens [SEP] stand between two fields. Where it would be longer than `max_tokens`,
    the longest field is shortened first.

    Args:
        max_tokens: Most tokens of a sequence, special tokens included.
        cls_id, sep_id, pad_id: Ids of the special tokens.
        truncate: What stays of a shortened field: its `"head"`, its `"tail"`, or
            `"both"`, half from either end.
        pair: Whether the last field is segment 1; all others are segment 0.
        separators: How many separators stand between two fields; behind the last one
            there is one.

    """

    max_tokens: int
    cls_id: int
    sep_id: int
    pad_id: int
    truncate: Truncate = "head"
    pair: bool = False
    separators: int = 1

    def lengths(self, field_lengths: np.ndarray) -> np.ndarray:
        """Returns how long each sequence is, int32 `(rows,)`, of a store's lengths.

        Raises:
            SettingsError: When there is no room for the fields, or `pair` meets rows
                of one field.
        """
        kept = self._kept(field_lengths)
        return (kept.sum(axis=1) + self._num_special(kept)).astype(np.int32)

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
            num_tokens: Pad sequences up to this length instead of the longest's.
            num_rows: Pad the batch up to this many rows. A row so added is a lone
                [CLS]: one whose mask is all 0 would make means over it NaN.

        Returns:
            `token_ids`, `segment_ids`, `padding_mask` (1 = token), each int32
            `(batch, tokens)`.
        """
        rows = np.asarray(rows, np.int64)
        # (rows, fields), as starts, whole, kept and sep_at
        fields = rows[:, None] * store.num_fields + np.arange(store.num_fields)
        starts = store.offsets[fields]
        whole = store.offsets[fields + 1] - starts
        kept = self._kept(whole)
        # The first separator behind each field.
        sep_at = np.cumsum(kept + 1, axis=1)
        sep_at += (self.separators - 1) * np.arange(store.num_fields)
        ends = sep_at[:, -1] + 1
        shape = (
            _at_least("num_rows", num_rows, len(rows)),
            _at_least("num_tokens", num_tokens, ends.max(initial=1)),
        )
        first = np.arange(len(rows))[:, None] * shape[1]
        token_ids = np.full(shape, self.pad_id, np.int32)
        token_ids[:, 0] = self.cls_id
        flat = token_ids.reshape(-1)  # (batch * tokens,), a view
        flat[first + sep_at] = self.sep_id
        for further in range(1, self.separators):
            flat[first + sep_at[:, :-1] + further] = self.sep_id
        target = span_indices((first + sep_at - kept).ravel(), kept.ravel())
        flat[target] = store.token_ids[self._sources(starts, whole, kept)]

        columns = np.arange(shape[1])
        mask = np.zeros(shape, np.int32)
        mask[:, 0] = 1
        mask[: len(rows)] = columns < ends[:, None]
        segment_ids = np.zeros(shape, np.int32)
        if self.pair:
            segment_ids[: len(rows)] = columns >= sep_at[:, -2, None] + self.separators
            segment_ids *= mask
        return dict(zip(INPUTS, (token_ids, segment_ids, mask), strict=True))

    def _kept(self, field_lengths: np.ndarray) -> np.ndarray:
        """Returns how many tokens stay of each field, int64 `(rows, num_fields)`.

        The same as taking one token after another from the longest field, the first
        of equals, until the row fits: all fields are cut to one level, the largest
        that fits, and the room left over goes to the last of the cut fields, one
        token each.
        """
        lengths = np.asarray(field_lengths, np.int64)
        num_fields = lengths.shape[1]
        check_room(num_fields, self.max_tokens, self.pair, self.separators)
        room = self.max_tokens - self._num_special(lengths)
        kept = lengths.copy()
        long = np.flatnonzero(lengths.sum(axis=1) > room)
        if len(long):
            kept[long] = _cut_to_level(lengths[long], room)
        return kept

    def _num_special(self, fields: np.ndarray) -> int:
        return num_special(fields.shape[1], self.separators)

    def _sources(
        self, starts: np.ndarray, whole: np.ndarray, kept: np.ndarray
    ) -> np.ndarray:
        if self.truncate == "head":
            return span_indices(starts.ravel(), kept.ravel())
        head = kept // 2 if self.truncate == "both" else np.zeros_like(kept)
        tail = kept - head
        spans = np.stack([starts, starts + whole - tail], axis=-1)  # (rows, fields, 2)
        return span_indices(spans.ravel(), np.stack([head, tail], axis=-1).ravel())


def num_special(num_fields: int, separators: int = 1) -> int:
    """Returns how many special tokens a sequence of so many text fields has."""
    return 2 + (num_fields - 1) * separators


def check_room(
    num_fields: int, max_tokens: int, pair: bool, separators: int = 1
) -> None:
    """Checks that a sequence has room for its text fields, and a pair two of them.

    Raises:
        SettingsError: When it has not.
    """
    if pair and num_fields < 2:
        raise SettingsError(
            f"A pair needs two text fields or more. Received: {num_fields} text "
            f"field, pair=True. Name both columns, or leave `pair` out."
        )
    least = num_fields + num_special(num_fields, separators)
    if max_tokens < least:
        raise SettingsError(
            f"Expected room for a token of each text field and the special tokens. "
            f"Received: max_tokens={max_tokens!r} for {num_fields} text field(s). "
            f"Give at least {least}."
        )


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


def _at_least(name: str, wanted: int | None, needed: int) -> int:
    if wanted is not None and wanted < needed:
        raise SettingsError(
            f"Expected room for {needed}. Received: {name}={wanted!r}. Give at least "
            f"{needed}."
        )
    return int(needed if wanted is None else wanted)
