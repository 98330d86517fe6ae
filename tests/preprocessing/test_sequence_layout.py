"""A row is laid out as a naive loop would."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layout_cases import CLS, IDS, PAD, SEP, cases, make_store, rows_of_ids
from tiny_tokenizers import unigram

from kerascls.errors import SettingsError
from kerascls.preprocessing.sequence_layout import Layout
from kerascls.preprocessing.token_store import build_token_store
from kerascls.preprocessing.tokenizers.rust_tokenizer import RustTokenizer
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer


def shorten(fields, max_tokens, truncate):
    """Takes one token after another from the longest field, the first of equals."""
    kept = [len(field) for field in fields]
    while sum(kept) + 1 + len(kept) > max_tokens:
        kept[kept.index(max(kept))] -= 1
    short = []
    for field, count in zip(fields, kept, strict=True):
        head = {"head": count, "tail": 0, "both": count // 2}[truncate]
        short.append(field[:head] + field[len(field) - (count - head) :])
    return short


def sequence(fields, pair):
    """One row: ids and segments."""
    ids, segments = [CLS], [0]
    for index, field in enumerate(fields):
        ids += [*field, SEP]
        segments += [int(pair and index == len(fields) - 1)] * (len(field) + 1)
    return ids, segments


def padded(rows, value, width):
    return [row + [value] * (width - len(row)) for row in rows]


truncations = st.sampled_from(["head", "tail", "both"])


@given(cases, st.integers(0, 40))
def test_what_is_lost_is_what_a_naive_loop_takes_away(rows, extra):
    max_tokens = 2 * len(rows[0]) + 1 + extra
    lost = Layout(max_tokens=max_tokens, **IDS).lost(make_store(rows).field_lengths())
    kept = [sum(map(len, shorten(row, max_tokens, "head"))) for row in rows]
    whole = [sum(map(len, row)) for row in rows]
    assert (lost + kept).tolist() == whole


@given(cases, st.integers(0, 40), truncations, st.data())
def test_a_batch_equals_a_naive_loop(rows, extra, truncate, data):
    num_fields = len(rows[0])
    pair = num_fields > 1 and data.draw(st.booleans())
    max_tokens = 2 * num_fields + 1 + extra
    layout = Layout(max_tokens=max_tokens, truncate=truncate, pair=pair, **IDS)
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1))
    batch = layout.collate(make_store(rows), chosen)

    short = [shorten(rows[index], max_tokens, truncate) for index in chosen]
    expected = [sequence(fields, pair) for fields in short]
    width = max(len(ids) for ids, _ in expected)
    mask = [[1] * len(ids) for ids, _ in expected]
    segments = [segments for _, segments in expected]
    assert batch["token_ids"].tolist() == padded([i for i, _ in expected], PAD, width)
    assert batch["segment_ids"].tolist() == padded(segments, 0, width)
    assert batch["padding_mask"].tolist() == padded(mask, 0, width)
    assert {array.dtype for array in batch.values()} == {np.dtype(np.int32)}


@given(cases, st.integers(0, 40))
def test_lengths_are_those_of_the_batch(rows, extra):
    layout = Layout(max_tokens=2 * len(rows[0]) + 1 + extra, **IDS)
    store = make_store(rows)
    lengths = layout.lengths(store.field_lengths())
    mask = layout.collate(store, np.arange(len(rows)))["padding_mask"]
    assert lengths.dtype == np.int32
    assert lengths.tolist() == mask.sum(axis=1).tolist()


@given(rows_of_ids(2), st.integers(0, 40))
def test_a_pair_is_laid_out_as_the_tokenizer_encodes_it(rows, extra):
    vocab = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcde"]
    tokenizer = Tokenizer(vocab)
    texts = [tuple(" ".join("abcde"[i % 5] for i in f) for f in row) for row in rows]
    layout = Layout(max_tokens=5 + extra, pair=True, **IDS)
    store = build_token_store(texts, tokenizer)
    for row, (first, second) in enumerate(texts):
        batch = layout.collate(store, [row])
        ids, segments = tokenizer.encode(first, second, maxlen=5 + extra)
        assert batch["token_ids"].tolist() == [ids]
        assert batch["segment_ids"].tolist() == [segments]


@given(rows_of_ids(2), st.integers(0, 40), truncations)
def test_a_doubled_separator_is_laid_out_as_the_tokenizer_encodes_it(
    rows, extra, truncate
):
    tokenizer = RustTokenizer(unigram())
    texts = [tuple(" ".join("abcde"[i % 5] for i in f) for f in row) for row in rows]
    special = {"cls_id": 0, "sep_id": 2, "pad_id": 1}
    layout = Layout(max_tokens=6 + extra, separators=2, truncate=truncate, **special)
    store = build_token_store(texts, tokenizer)
    lengths = layout.lengths(store.field_lengths())
    for row, (first, second) in enumerate(texts):
        batch = layout.collate(store, [row])
        ids, segments = tokenizer.encode(first, second, maxlen=6 + extra)
        if truncate == "head":
            assert batch["token_ids"].tolist() == [ids]
        assert batch["segment_ids"].tolist() == [segments]
        assert lengths[row] == batch["padding_mask"].sum() == len(ids) <= 6 + extra


def test_separators_stand_between_fields_and_one_at_the_end():
    store = make_store([([10], [11, 12], [13])])
    layout = Layout(max_tokens=16, separators=2, pair=True, **IDS)
    batch = layout.collate(store, [0], num_tokens=12)
    assert batch["token_ids"].tolist() == [
        [CLS, 10, SEP, SEP, 11, 12, SEP, SEP, 13, SEP, PAD, PAD]
    ]
    assert batch["segment_ids"].tolist() == [[0] * 8 + [1, 1, 0, 0]]
    with pytest.raises(SettingsError, match="Give at least 9"):
        Layout(max_tokens=8, separators=2, **IDS).lengths([[1, 1, 1]])


@pytest.mark.parametrize(
    ("truncate", "kept"),
    [("head", [10, 11, 12]), ("tail", [13, 14, 15]), ("both", [10, 14, 15])],
)
def test_truncation_keeps_head_tail_or_both(truncate, kept):
    store = make_store([([10, 11, 12, 13, 14, 15],)])
    layout = Layout(max_tokens=5, truncate=truncate, **IDS)
    assert layout.collate(store, [0])["token_ids"].tolist() == [[CLS, *kept, SEP]]


@st.composite
def windowed(draw):
    """A layout with windows, and rows of one field."""
    max_tokens = draw(st.integers(3, 9))
    layout = Layout(
        max_tokens=max_tokens,
        max_windows=draw(st.integers(2, 6)),
        window_overlap=draw(st.integers(0, max_tokens - 3)),
        truncate=draw(truncations),
        **IDS,
    )
    return layout, draw(rows_of_ids(1).map(lambda rows: [(r[0] * 3,) for r in rows]))


def windows_of(text, layout):
    """Takes windows one after another until no token is left, or no window."""
    room = layout.max_tokens - 2
    num_tokens = room + (layout.max_windows - 1) * (room - layout.window_overlap)
    (text,) = shorten([text], num_tokens + 2, layout.truncate)
    windows, begin = [text[:room]], 0
    while begin + room < len(text):
        begin += room - layout.window_overlap
        windows.append(text[begin : begin + room])
    return windows


@given(windowed())
def test_windows_equal_a_naive_loop(case):
    layout, rows = case
    batch = layout.collate(make_store(rows), np.arange(len(rows)))
    expected = [
        [[CLS, *window, SEP] for window in windows_of(text, layout)] for (text,) in rows
    ]
    num_windows = max(map(len, expected))
    width = max(len(window) for windows in expected for window in windows)
    empty = [[]] * num_windows
    for row, windows in enumerate(expected):
        windows = (windows + empty)[:num_windows]
        mask = [[1] * len(window) for window in windows]
        assert batch["token_ids"][row].tolist() == padded(windows, PAD, width)
        assert batch["padding_mask"][row].tolist() == padded(mask, 0, width)
    assert not batch["segment_ids"].any()
    assert {array.dtype for array in batch.values()} == {np.dtype(np.int32)}
    assert {array.shape for array in batch.values()} == {
        (len(rows), num_windows, width)
    }


@given(windowed())
def test_all_of_a_text_that_is_short_enough_is_read_and_overlaps_as_stated(case):
    layout, rows = case
    store = make_store(rows)
    lost = layout.lost(store.field_lengths())
    overlap, held = layout.window_overlap, layout.max_tokens - 2
    for row, (text,) in enumerate(rows):
        batch = layout.collate(store, [row])
        masks, ids = batch["padding_mask"][0], batch["token_ids"][0]
        windows = [i[m > 0][1:-1].tolist() for i, m in zip(ids, masks, strict=True)]
        assert len(windows) <= layout.max_windows
        joined = windows[0]
        for before, after in zip(windows, windows[1:], strict=False):
            assert len(before) == held
            assert before[len(before) - overlap :] == after[:overlap]
            assert len(after) > overlap
            joined = joined + after[overlap:]
        assert len(text) - len(joined) == lost[row]
        if len(text) <= layout.capacity():
            assert joined == text


@given(windowed())
def test_lengths_are_those_of_all_windows_and_say_their_shape(case):
    layout, rows = case
    store = make_store(rows)
    lengths = layout.lengths(store.field_lengths())
    batch = layout.collate(store, np.arange(len(rows)))
    assert lengths.tolist() == batch["padding_mask"].sum(axis=(1, 2)).tolist()
    assert layout.shape(int(lengths.max())) == batch["token_ids"].shape[1:]
    # In their order are windows and tokens, so that batches of them are little padded.
    shapes = [layout.shape(length) for length in sorted(lengths.tolist())]
    assert shapes == sorted(shapes)


@given(windowed())
def test_a_text_in_one_window_is_laid_out_as_without_windows(case):
    layout, rows = case
    room = layout.max_tokens - 2
    store = make_store([(text[:room],) for (text,) in rows])
    plain = Layout(max_tokens=layout.max_tokens, **IDS)
    windows = layout.collate(store, np.arange(len(rows)))
    for name, array in plain.collate(store, np.arange(len(rows))).items():
        assert windows[name][:, 0].tolist() == array.tolist()
        assert windows[name].shape[1] == 1


@pytest.mark.parametrize(
    ("truncate", "windows"),
    [
        ("head", [[10, 11, 12], [12, 13, 14]]),
        ("tail", [[13, 14, 15], [15, 16, 17]]),
        ("both", [[10, 11, 15], [15, 16, 17]]),
    ],
)
def test_what_windows_do_not_hold_is_cut_as_a_sequence_is(truncate, windows):
    store = make_store([([10, 11, 12, 13, 14, 15, 16, 17],)])
    sizes = {"max_tokens": 5, "max_windows": 2, "window_overlap": 1}
    batch = Layout(truncate=truncate, **sizes, **IDS).collate(store, [0])
    assert batch["token_ids"].tolist() == [[[CLS, *ids, SEP] for ids in windows]]


def test_padding_up_to_a_shape_adds_windows_without_tokens():
    layout = Layout(max_tokens=5, max_windows=4, window_overlap=1, **IDS)
    store = make_store([([10, 11, 12, 13],)])
    batch = layout.collate(store, [0], num_tokens=15, num_rows=2)
    assert batch["token_ids"].tolist() == [
        [[CLS, 10, 11, 12, SEP], [CLS, 12, 13, SEP, PAD], [PAD] * 5],
        [[CLS] + [PAD] * 4, [PAD] * 5, [PAD] * 5],
    ]
    assert batch["padding_mask"].sum(axis=2).tolist() == [[5, 4, 0], [1, 0, 0]]
    empty = layout.collate(make_store([([],)]), [])
    assert all(array.shape == (0, 1, 1) for array in empty.values())


def test_padding_up_to_a_shape_adds_pads_and_lone_cls_rows():
    store = make_store([([10, 11], [12])])
    layout = Layout(max_tokens=9, pair=True, **IDS)
    batch = layout.collate(store, [0], num_tokens=8, num_rows=2)
    assert batch["token_ids"].tolist() == [
        [CLS, 10, 11, SEP, 12, SEP, PAD, PAD],
        [CLS] + [PAD] * 7,
    ]
    assert batch["padding_mask"].tolist() == [[1] * 6 + [0] * 2, [1] + [0] * 7]
    assert batch["segment_ids"].tolist() == [[0] * 4 + [1] * 2 + [0] * 2, [0] * 8]


def test_no_rows_give_an_empty_batch():
    store = make_store([([10, 11], [12])])
    batch = Layout(max_tokens=9, pair=True, **IDS).collate(store, [])
    assert all(array.shape == (0, 1) for array in batch.values())
    batch = Layout(max_tokens=9, **IDS).collate(store, [], num_rows=2, num_tokens=3)
    assert batch["token_ids"].tolist() == [[CLS, PAD, PAD]] * 2


STORE = make_store([([10, 11, 12],)])
ONE_FIELD = Layout(max_tokens=9, **IDS)
TWO_WINDOWS = Layout(max_tokens=9, max_windows=2, **IDS)


@pytest.mark.parametrize(
    ("call", "received"),
    [
        (lambda: Layout(max_tokens=2, **IDS).lengths([[1]]), "max_tokens=2 for 1"),
        (lambda: Layout(max_tokens=4, **IDS).lengths([[1, 1]]), "max_tokens=4 for 2"),
        (lambda: Layout(max_tokens=9, pair=True, **IDS).lengths([[1]]), "1 text field"),
        (lambda: ONE_FIELD.collate(STORE, [0], num_tokens=4), "num_tokens=4"),
        (lambda: Layout(max_tokens=9, max_windows=0, **IDS), "max_windows=0"),
        (lambda: TWO_WINDOWS.lengths([[1, 1]]), "max_windows=2 for 2 text columns"),
        (lambda: replace(TWO_WINDOWS, window_overlap=7), "window_overlap=7"),
        (lambda: replace(TWO_WINDOWS, window_overlap=-1), "window_overlap=-1"),
        (lambda: ONE_FIELD.collate(STORE, [0, 0], num_rows=1), "num_rows=1"),
    ],
)
def test_settings_without_a_meaning_are_refused(call, received):
    with pytest.raises(SettingsError, match=f"Received: {received}"):
        call()


def test_collation_is_fast_enough_to_feed_a_model():
    rng = np.random.default_rng(0)
    store = make_store([(rng.integers(5, 9, 400).tolist(),) for _ in range(320)])
    layout = Layout(max_tokens=300, truncate="both", **IDS)
    seconds = []
    for start in range(0, 320, 32):
        begin = time.perf_counter()
        layout.collate(store, np.arange(start, start + 32))
        seconds.append(time.perf_counter() - begin)
    assert min(seconds) < 0.005


def test_lengths_of_many_rows_take_no_python_loop():
    field_lengths = np.random.default_rng(0).integers(0, 400, (100_000, 3))
    begin = time.perf_counter()
    Layout(max_tokens=300, **IDS).lengths(field_lengths)
    assert time.perf_counter() - begin < 0.5
