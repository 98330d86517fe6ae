"""Mistakes in order of surprise, and a CSV file that is safe to open."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.labels import Task
from kerascls.data.readers import split_labels
from kerascls.evaluation.reports.errors import (
    FORMULA_STARTS,
    errors_csv,
    row_losses,
    surprising_rows,
    write_errors,
)
from kerascls.evaluation.scored_rows import ScoredRows

LABELS = ("体育", "x|y", "新")  # the last one was not in training
TEXTS = (("right",), ("=1+1",), ("医院, 学校",), ("🙂\nnext line",))


def scored_rows(task="multilabel", **changes):
    """One row is right; others miss a label, have one too many, or an unseen one."""
    values = {
        "labels": LABELS,
        "targets": np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], bool),
        "probabilities": np.float32(
            [[0.9, 0.1, 0], [0.2, 0.1, 0], [0.75, 0.9, 0], [0.6, 0.3, 0]]
        ),
        "chosen": np.array([[1, 0, 0], [0, 0, 0], [1, 1, 0], [1, 0, 0]], bool),
        "known": 2,
        "rows_sha256": "",
        "lines": np.array([2, 3, 4, 5]),
        "texts": TEXTS,
    }
    return ScoredRows(task=Task(task), **(values | changes))


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_multilabel_loss_is_the_sum_of_binary_cross_entropies_over_known_labels():
    expected = -np.log([0.9 * 0.9, 0.2 * 0.9, 0.25 * 0.9, 0.4 * 0.7])
    np.testing.assert_allclose(row_losses(scored_rows()), expected, rtol=1e-6)


def test_losses_equal_those_of_sklearn():
    from sklearn.metrics import log_loss

    scored = scored_rows()
    for row, ours in enumerate(row_losses(scored)):
        pairs = zip(scored.targets[row, :2], scored.probabilities[row], strict=False)
        theirs = sum(
            log_loss([true], [[1 - float(p), float(p)]], labels=[False, True])
            for true, p in pairs
        )
        assert ours == pytest.approx(theirs)


def test_multiclass_loss_is_that_of_the_true_label():
    losses = row_losses(scored_rows("multiclass"))
    np.testing.assert_allclose(losses[:3], -np.log([0.9, 0.2, 0.9]), rtol=1e-6)


def test_multiclass_loss_of_an_unseen_label_grows_with_the_wrong_answers_probability():
    assert row_losses(scored_rows("multiclass"))[3] == pytest.approx(-np.log(0.4))


def test_probabilities_of_0_and_1_have_a_finite_loss():
    sure = scored_rows(probabilities=np.float32([[0, 1, 0]] * 4))
    assert np.isfinite(row_losses(sure)).all()
    assert row_losses(sure)[0] == pytest.approx(2 * 24 * np.log(2))


def test_the_most_surprising_mistake_comes_first():
    assert surprising_rows(scored_rows()).tolist() == [1, 2, 3]
    assert surprising_rows(scored_rows(), 2).tolist() == [1, 2]


def test_equally_surprising_mistakes_keep_the_order_of_the_file():
    same = scored_rows(probabilities=np.float32([[0.5, 0.5, 0]] * 4))
    assert surprising_rows(same).tolist() == [1, 2, 3]


def test_without_a_mistake_there_is_only_a_header():
    scored = scored_rows()
    perfect = scored_rows(chosen=scored.targets)
    assert surprising_rows(perfect).tolist() == []
    assert errors_csv(perfect).count("\n") == 1


def test_a_row_tells_all_of_a_mistake():
    rows = rows_of(errors_csv(scored_rows(), ("title",)))
    assert rows[1] == {
        "line": "4",
        "title": "医院, 学校",
        "truth": r"x\|y",
        "predicted": r"体育|x\|y",
        "truth_scores": "0.900000",
        "predicted_scores": "0.750000|0.900000",
        "loss": "1.4917",
    }
    assert rows[2]["title"] == "🙂\nnext line"
    assert (rows[2]["truth"], rows[2]["truth_scores"]) == ("新", "")


def test_several_texts_and_clashing_names_have_columns_of_their_own():
    scored = scored_rows(texts=[("a", "b")] * 4)
    header = errors_csv(scored, ("loss",)).splitlines()[0]
    assert header.startswith("line,input_loss,text_2,truth,")


def test_texts_that_were_not_kept_have_no_column():
    header, first, *_ = errors_csv(scored_rows(texts=()), ("title",)).splitlines()
    assert header.startswith("line,truth,predicted,")
    assert first.startswith("3,体育,,0.200000,,")


@given(st.sampled_from(FORMULA_STARTS), st.text())
def test_no_text_and_no_label_begins_like_a_formula(start, rest):
    scored = scored_rows(labels=(start + "a", "b", "c"), texts=[(start + rest,)] * 4)
    text = io.StringIO(errors_csv(scored, (start,)), newline="")
    rows = list(csv.reader(text))
    assert rows[0][1] == f"'{start}"
    assert rows[1][1:3] == [f"'{start}{rest}", f"'{start}a"]
    assert not any(cell.startswith(FORMULA_STARTS) for row in rows for cell in row)


def test_a_text_that_is_no_formula_stays_as_it_is():
    scored = scored_rows(texts=[("a=b",)] * 4)
    assert rows_of(errors_csv(scored))[0]["text"] == "a=b"


def test_labels_can_be_read_back():
    cell = rows_of(errors_csv(scored_rows()))[1]["predicted"]
    assert split_labels(cell) == ("体育", "x|y")


def test_the_file_is_for_excel_and_takes_any_text(tmp_path):
    scored = scored_rows(texts=[("\ud800 体育",)] * 4)
    path = write_errors(tmp_path / "new", scored)
    assert path == tmp_path / "new" / "errors.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbfline,text,")
    assert "? 体育" in path.read_text("utf-8-sig")
