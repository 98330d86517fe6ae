"""A pool is read in pieces: what is worth a label, what is not and why."""

import numpy as np
import pytest

from kerascls.auditing.annotation.known_texts import KnownTexts
from kerascls.auditing.annotation.pool import picked, scan
from kerascls.data.readers.frame_kinds import as_frame
from kerascls.data.text_hashes import text_hashes
from kerascls.inference.bundle import open_bundle
from kerascls.inference.inputs import FrameInput, open_input

NOTHING = KnownTexts({})


def lengths(texts):
    return np.array([len(text) for (text,) in texts])


@pytest.fixture
def scanned(multilabel_run):
    bundle = open_bundle(multilabel_run.out)

    def scanned(table, known=NOTHING, chunk_rows=2, **options):
        pool = FrameInput.of(as_frame(table))
        return scan(pool, ("text",), bundle, known, lengths, chunk_rows, **options)

    return scanned


def test_rows_have_their_places_and_scores(scanned):
    found = scanned({"text": ["a", "bbb", "cc"]})
    assert found.rows == 3
    assert found.numbers.tolist() == [0, 1, 2]
    assert found.scores.tolist() == [1, 3, 2]
    assert found.scores.dtype == np.float32
    assert found.notes() == []


def test_what_needs_no_label_is_left_out_and_said(scanned):
    known = KnownTexts({"which training had": text_hashes([("old",)])})
    texts = ["new", " ", "old", "new ", "other", "old", "", "new"]
    found = scanned({"text": texts}, known)
    assert found.numbers.tolist() == [0, 4]
    assert found.notes() == [
        "left out: 2 of 8 rows, without a text; the first is <dict 8 rows> at "
        "position 1",
        "left out: 2 of 8 rows, which training had; the first is <dict 8 rows> at "
        "position 2",
        "left out: 2 of 8 rows, whose text an earlier row has; the first is <dict 8 "
        "rows> at position 3",
    ]


def test_nothing_is_scored_where_nothing_is_left(scanned):
    found = scanned({"text": ["", " "]})
    assert len(found.numbers) == len(found.scores) == 0


def test_labels_that_are_there_are_told(scanned):
    rows = [{"text": "a", "labels": ["体育"]}, {"text": "b", "labels": []}]
    rows += [{"text": "c", "label": "x"}, {"text": "d"}]
    assert scanned(rows).notes() == [
        '1 of 4 rows have something in "labels" already: it is not read, and they are '
        "suggested as others are",
        '1 of 4 rows have something in "label" already: it is not read, and they are '
        "suggested as others are",
    ]


def test_progress_is_told(scanned):
    told = []
    scanned(
        {"text": list("abc")}, num_rows=3, on_progress=lambda *one: told.append(one)
    )
    assert told == [(2, 3), (3, 3)]


def test_rows_are_picked_in_the_order_that_is_asked_for(tmp_path, write_csv):
    path = write_csv(tmp_path / "p.csv", ("text",), [("a",), ("b",), ("c",)])
    with open_input(path) as pool:
        found = picked(pool, np.array([2, 0]))
    assert [row.fields["text"] for row in found] == ["c", "a"]
