from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.labels import Task
from kerascls.errors import BundleError
from kerascls.evaluation.scored_rows import ScoredRows, rows_sha256

NAMES = st.lists(st.sampled_from("abc"), max_size=3)
ROWS = st.lists(st.tuples(st.text(max_size=5), NAMES), min_size=1, max_size=4)


def scored(rows=5, labels=("体育", "a|b", "")):
    rng = np.random.default_rng(0)
    shape = (rows, len(labels))
    return ScoredRows(
        task=Task.MULTILABEL,
        labels=labels,
        targets=rng.random(shape) > 0.5,
        probabilities=rng.random(shape, np.float32),
        chosen=rng.random(shape) > 0.5,
        known=2,
        rows_sha256="f" * 64,
        lines=np.arange(rows) + 2,
        texts=[(f"text {row}",) for row in range(rows)],
    )


def digest(rows):
    return rows_sha256([(text,) for text, _ in rows], [names for _, names in rows])


def test_what_was_saved_is_loaded_without_the_texts(tmp_path):
    before = scored()
    before.save(tmp_path / "rows")
    after = ScoredRows.load(tmp_path / "rows")
    for name in ("targets", "probabilities", "chosen", "lines"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))
        assert getattr(after, name).dtype == getattr(before, name).dtype
    for name in ("task", "labels", "known", "rows_sha256"):
        assert getattr(after, name) == getattr(before, name)
    assert after.texts == ()


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 no safetensors at all"])
def test_a_file_that_is_none_is_named(tmp_path: Path, content):
    path = tmp_path / "rows"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BundleError, match="scored rows of a run.*rows"):
        ScoredRows.load(path)


def test_another_safetensors_file_is_refused(tmp_path):
    from safetensors.numpy import save_file

    save_file({"x": np.zeros(1, np.float32)}, tmp_path / "rows")
    with pytest.raises(BundleError, match="format=None"):
        ScoredRows.load(tmp_path / "rows")


def test_a_row_is_wrong_when_one_label_is():
    rows = scored()
    expected = [
        list(t) != list(c) for t, c in zip(rows.targets, rows.chosen, strict=True)
    ]
    assert rows.wrong.tolist() == expected


@given(ROWS)
def test_the_order_of_labels_within_a_row_does_not_matter(rows):
    turned = [(text, names[::-1]) for text, names in rows]
    assert digest(rows) == digest(turned)


@given(ROWS, ROWS)
def test_other_rows_have_another_hash(first, second):
    same = [(t, sorted(n)) for t, n in first] == [(t, sorted(n)) for t, n in second]
    assert (digest(first) == digest(second)) == same


def test_shares_are_kept_and_count_for_the_hash(tmp_path):
    weights = np.float32([[0.25, 0.75, 0]] * 5)
    rows = replace(scored(), task=Task.DISTRIBUTION, weights=weights)
    rows.save(tmp_path / "rows.safetensors")
    again = ScoredRows.load(tmp_path / "rows.safetensors")
    np.testing.assert_array_equal(again.truth, weights)
    assert scored().truth.dtype == np.bool_
    texts, labels = [("x",)], [("a", "b")]
    one, other = [(0.5, 0.5)], [(0.25, 0.75)]
    assert rows_sha256(texts, labels, one) == rows_sha256(
        texts, [("b", "a")], [(0.5, 0.5)]
    )
    hashes = {rows_sha256(texts, labels, of) for of in (one, other, None)}
    assert len(hashes) == 3
