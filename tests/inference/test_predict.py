"""`kerascls.predict`: what is given decides what comes back."""

import csv
from types import SimpleNamespace

import numpy as np
import pytest

import kerascls
from kerascls.errors import DataError, SettingsError
from kerascls.inference.predictions import Predictions

TEXTS = ["新车今天上海发布", "", "我们今天去看足球"]


def test_a_list_of_texts_gives_predictions(predictor):
    given = kerascls.predict(predictor, TEXTS)
    assert isinstance(given, Predictions)
    assert list(given) == predictor.predict(TEXTS)
    assert len(kerascls.predict(predictor, [])) == 0


def test_a_frame_gives_a_frame_of_the_same_index(predictor):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"id": [1, 2, 3], "text": TEXTS}, index=list("xyz"))
    frame.loc["y", "text"] = None
    given = kerascls.predict(predictor, frame)
    assert given.index.equals(frame.index)
    expected = predictor.predict(TEXTS)
    assert given["predicted"].tolist() == [list(one.labels) for one in expected]
    scores = given[[f"score_{label}" for label in predictor.labels]].to_numpy()
    np.testing.assert_array_equal(scores, predictor.predict_proba(TEXTS))
    series = kerascls.predict(predictor, frame["text"])
    pandas.testing.assert_frame_equal(series, given)
    renamed = frame.rename(columns={"text": "body"})
    again = kerascls.predict(predictor, renamed, text="body")
    pandas.testing.assert_frame_equal(again, given)


def test_other_libraries_get_their_own_tables(predictor):
    pyarrow = pytest.importorskip("pyarrow")
    given = kerascls.predict(predictor, pyarrow.table({"text": TEXTS}))
    assert isinstance(given, pyarrow.Table) and given.num_rows == 3
    polars = pytest.importorskip("polars")
    given = kerascls.predict(predictor, polars.DataFrame({"text": TEXTS}))
    assert isinstance(given, polars.DataFrame) and given.height == 3


def test_pairs_are_read_from_their_columns(pair_predictor):
    rows = [{"question": "a", "answer": "b"}, {"question": "c", "answer": None}]
    given = kerascls.predict(pair_predictor, rows)
    assert list(given) == pair_predictor.predict([("a", "b"), ("c", "")])


def test_a_table_can_be_written_to_a_file(predictor, tmp_path):
    path = tmp_path / "out.csv"
    table = {"text": TEXTS, "id": [1, 2, 3]}
    assert kerascls.predict(predictor, table, path) == 3
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert list(rows[0]) == ["text", "id", "predicted", "score"]


def test_a_rule_and_progress_are_handed_on(predictor):
    done = []
    given = kerascls.predict(
        predictor,
        TEXTS,
        rule=kerascls.Rule("top_k", k=1),
        on_progress=lambda *numbers: done.append(numbers),
    )
    assert [len(one.labels) for one in given] == [1, 1, 1]
    assert done == [(3, 3)]


@pytest.mark.parametrize(
    ("input", "options", "words"),
    [
        ("texts.csv", {}, "output=None"),
        (TEXTS, {"all_scores": True}, "all_scores"),
        (TEXTS, {"text": "body"}, "no text column"),
        ({"body": TEXTS}, {}, 'the text column "text"'),
        (SimpleNamespace(), {}, "a SimpleNamespace"),
    ],
)
def test_what_cannot_be_predicted_is_refused(predictor, input, options, words):
    with pytest.raises((SettingsError, DataError), match=words):
        kerascls.predict(predictor, input, **options)


def test_all_bad_rows_are_named_before_anything_is_predicted(predictor):
    table = {"text": ["a", b"b", b"c"]}
    with pytest.raises(DataError) as caught:
        kerascls.predict(predictor, table)
    assert "<dict 3 rows> at position 1: text column" in str(caught.value)
    assert "the same in 1 more position: 2" in str(caught.value)


def test_a_dict_without_the_text_column_is_refused_with_its_position(predictor):
    rows = [{"text": "新车"}, {"txt": "足球"}]
    with pytest.raises(DataError, match='position 1: text column "text" is missing'):
        kerascls.predict(predictor, rows)
