"""What is written is what is read, and nothing half-written is left."""

import errno
import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.errors import DataError
from kerascls.preprocessing import token_store
from kerascls.preprocessing.token_store import (
    TokenStore,
    build_token_store,
    write_token_store,
)
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

VOCAB = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcde"]
TOKENIZER = Tokenizer(VOCAB)
TEXTS = [("a b", "c"), ("", "e"), ("z", ""), ("c c c c", "a b")]
FILES = ["lines.npy", "offsets.npy", "store.json", "token_ids.bin"]


def write(directory, texts=TEXTS, **options):
    lines = [7 + 2 * row for row in range(len(texts))]
    write_token_store(directory, texts, lines, TOKENIZER, **options)
    return TokenStore.open(directory)


def field_ids(store, row, field=0):
    index = row * store.num_fields + field
    return store.token_ids[store.offsets[index] : store.offsets[index + 1]]


def test_joined_stores_have_the_rows_of_all_one_after_another():
    parts = [build_token_store(texts, TOKENIZER) for texts in (TEXTS, TEXTS[:2])]
    joined = TokenStore.joined(parts)
    expected = build_token_store([*TEXTS, *TEXTS[:2]], TOKENIZER)
    np.testing.assert_array_equal(joined.token_ids, expected.token_ids)
    np.testing.assert_array_equal(joined.offsets, expected.offsets)
    assert (len(joined), joined.num_fields) == (6, 2)


def test_a_store_gives_back_the_ids_of_every_field(tmp_path):
    store = write(tmp_path / "store")
    assert len(store) == 4
    assert store.num_fields == 2
    assert field_ids(store, 0, 0).tolist() == [4, 5]
    assert field_ids(store, 1, 0).tolist() == []
    assert field_ids(store, 2).tolist() == [TOKENIZER.unk_id]
    assert field_ids(store, 3, 1).tolist() == [4, 5]
    assert store.lines.tolist() == [7, 9, 11, 13]
    assert store.field_lengths().tolist() == [[2, 1], [0, 1], [1, 0], [4, 2]]
    assert store.field_lengths().dtype == np.int32


words = st.lists(st.sampled_from("abcdez"), max_size=9).map(" ".join)


@given(st.integers(1, 3).flatmap(lambda n: st.lists(st.tuples(*[words] * n))))
def test_opened_and_in_memory_stores_equal_the_tokenizer(tmp_path_factory, texts):
    directory = tmp_path_factory.mktemp("stores") / "store"
    for store in (write(directory, texts), build_token_store(texts, TOKENIZER)):
        assert len(store) == len(texts)
        for row, fields in enumerate(texts):
            for field, ids in enumerate(TOKENIZER.encode_ids(fields)):
                assert field_ids(store, row, field).tolist() == ids.tolist()


def test_ids_take_two_bytes_where_the_vocabulary_allows(tmp_path):
    small = Tokenizer(VOCAB + [f"x{index}" for index in range(2**16 - len(VOCAB))])
    large = Tokenizer([*small.vocab, "y"])
    assert build_token_store([("x65526",)], small).token_ids.dtype == np.uint16
    write_token_store(tmp_path / "store", [("y",)], [0], large)
    store = TokenStore.open(tmp_path / "store")
    assert store.token_ids.dtype == np.uint32
    assert field_ids(store, 0).tolist() == [2**16]


def test_chunks_do_not_show(tmp_path, monkeypatch):
    whole = write(tmp_path / "whole", TEXTS * 3)
    monkeypatch.setattr(token_store, "ROWS_AT_ONCE", 5)
    progress = []
    parts = write(
        tmp_path / "parts", TEXTS * 3, on_progress=lambda *p: progress.append(p)
    )
    assert parts.token_ids.tolist() == whole.token_ids.tolist()
    assert parts.offsets.tolist() == whole.offsets.tolist()
    assert progress == [(5, 12), (10, 12), (12, 12)]


def test_an_opened_store_is_mapped_and_cannot_be_changed(tmp_path):
    store = write(tmp_path / "store")
    with pytest.raises(ValueError, match="read-only"):
        store.token_ids[0] = 1


def test_a_store_has_these_files(tmp_path):
    write(tmp_path / "store")
    assert sorted(path.name for path in (tmp_path / "store").iterdir()) == FILES


def test_a_store_is_written_to_a_new_folder_only(tmp_path):
    (tmp_path / "thesis.txt").write_text("dear")
    with pytest.raises(FileExistsError):
        write(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "dear"


def test_a_store_that_is_not_yet_whole_cannot_be_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(token_store, "ROWS_AT_ONCE", 2)
    opened = []

    def look(done, _):
        with pytest.raises(DataError, match="token store"):
            TokenStore.open(tmp_path / "store")
        opened.append(done)

    write(tmp_path / "store", on_progress=look)
    assert opened == [2, 4]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("name", FILES)
def test_a_full_disk_is_told_as_such(tmp_path, monkeypatch, name):
    real_mkdir = token_store.Path.mkdir

    def mkdir_on_full_disk(path, *args, **options):
        real_mkdir(path, *args, **options)
        (path / name).symlink_to("/dev/full")

    monkeypatch.setattr(token_store.Path, "mkdir", mkdir_on_full_disk)
    with pytest.raises(OSError, match="No space left") as caught:
        write(tmp_path / "store", [("a " * 10_000, "b")])
    assert caught.value.errno == errno.ENOSPC


def delete(directory, name):
    (directory / name).unlink()


def cut(directory, name):
    content = (directory / name).read_bytes()
    (directory / name).write_bytes(content[:-2])


def empty(directory, name):
    (directory / name).write_bytes(b"")


@pytest.mark.parametrize("harm", [delete, cut, empty])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_store_is_a_data_error(tmp_path, harm, name):
    write(tmp_path / "store")
    harm(tmp_path / "store", name)
    with pytest.raises(DataError, match="token store.*store'"):
        TokenStore.open(tmp_path / "store")


@pytest.mark.parametrize(
    "change",
    [{"format_version": 2}, {"rows": 5}, {"num_fields": 1}, {"dtype": "|O"}, None],
)
def test_a_store_of_another_kind_is_a_data_error(tmp_path, change):
    write(tmp_path / "store")
    path = tmp_path / "store" / "store.json"
    path.write_text(json.dumps(change and json.loads(path.read_text()) | change))
    with pytest.raises(DataError, match="token store"):
        TokenStore.open(tmp_path / "store")


def test_offsets_that_fall_are_a_data_error(tmp_path):
    store = write(tmp_path / "store")
    offsets = store.offsets.copy()
    offsets[2] = 99
    np.save(tmp_path / "store" / "offsets.npy", offsets)
    with pytest.raises(DataError, match="do not rise"):
        TokenStore.open(tmp_path / "store")


def test_a_missing_folder_is_a_data_error(tmp_path):
    with pytest.raises(DataError, match="nowhere"):
        TokenStore.open(tmp_path / "nowhere")


@pytest.mark.parametrize("texts", [[("a",), ("b", "c")], ["a"], [()]])
def test_rows_must_have_the_same_number_of_fields(tmp_path, texts):
    with pytest.raises(DataError, match="tuple of text fields"):
        write(tmp_path / "store", texts)


def test_every_row_needs_a_line(tmp_path):
    with pytest.raises(DataError, match="4 rows of text, 1 lines"):
        write_token_store(tmp_path / "store", TEXTS, [0], TOKENIZER)
