"""A predictor takes texts in any form, gives rows in their order, and is stable."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

from kerascls.decision.rule import Rule
from kerascls.errors import SettingsError
from kerascls.inference.predictor import Prediction, Predictor
from kerascls.preprocessing.token_store import build_token_store

TEXTS = [
    "",
    "中国队以3比2战胜日本队，我们今天去看足球",
    "a new car 🚗",
    " \n\t",
    "军事",
    "the army is on the coast [SEP] [MASK] \ud83d",
    "新车今天上海发布。" * 30,
]
PAIRS = [("中国队", "足球"), ("", ""), ("新车" * 40, ""), ("a", "b" * 300)]


def test_a_list_gives_one_prediction_per_text(predictor):
    predictions = predictor.predict(TEXTS)
    assert [type(prediction) for prediction in predictions] == [Prediction] * len(TEXTS)
    for prediction in predictions:
        assert list(prediction.scores) == predictor.labels
        assert set(prediction.labels) <= set(predictor.labels)


def test_one_text_gives_one_prediction(predictor):
    one = predictor.predict(TEXTS[1])
    assert isinstance(one, Prediction)
    assert one.labels == predictor.predict([TEXTS[1]])[0].labels


def test_probabilities_are_float32_with_a_column_for_each_label(predictor):
    probabilities = predictor.predict_proba(TEXTS)
    assert probabilities.shape == (len(TEXTS), len(predictor.labels))
    assert probabilities.dtype == np.float32
    assert np.isfinite(probabilities).all()
    assert predictor.predict_proba(TEXTS[0]).shape == (1, len(predictor.labels))


def test_labels_are_those_of_training_in_order(predictor, pair_predictor):
    assert predictor.labels == ["[red]军事[/red]", "体育", "汽车"]
    assert pair_predictor.labels == ["体育", "汽车"]


def test_labels_and_scores_are_what_rule_and_probabilities_say(predictor):
    probabilities = predictor.predict_proba(TEXTS)
    for row, prediction in zip(probabilities, predictor.predict(TEXTS), strict=True):
        assert prediction.scores == pytest.approx(
            dict(zip(predictor.labels, row.tolist(), strict=True)), abs=1e-6
        )
        given = [prediction.scores[name] for name in prediction.labels]
        assert given == sorted(given, reverse=True)
        assert all(score >= predictor.bundle.rule.threshold for score in given)


def test_another_rule_can_be_given_for_one_call(predictor):
    two = predictor.predict(TEXTS, rule=Rule("top_k", k=2))
    assert all(len(prediction.labels) == 2 for prediction in two)
    assert (
        predictor.predict(TEXTS[0], rule=Rule("top_k", k=1)).labels
        == (two[0].labels[:1])
    )
    assert predictor.predict([], rule=Rule("top_k", k=1)) == []


def test_a_rule_that_abstains_says_so(predictor):
    (unsure,) = predictor.predict(TEXTS[:1], rule=Rule("argmax", abstain_below=1.0))
    assert (unsure.labels, unsure.abstained) == ((), True)
    (sure,) = predictor.predict(TEXTS[:1], rule=Rule("argmax", abstain_below=0.0))
    assert (len(sure.labels), sure.abstained) == (1, False)


def test_probabilities_are_calibrated(predictor, pair_predictor):
    for one, texts in ((predictor, TEXTS), (pair_predictor, PAIRS)):
        rows = [(text,) if isinstance(text, str) else text for text in texts]
        logits = one.logits(build_token_store(rows, one.tokenizer))
        decision, task = one.bundle.decision, one.bundle.task
        assert decision.calibration.kind != "none"
        np.testing.assert_allclose(
            one.predict_proba(texts), decision.calibration.apply(logits, task), 1e-6
        )


def test_multiclass_gives_exactly_one_label(pair_predictor):
    predictions = pair_predictor.predict(PAIRS)
    assert [len(prediction.labels) for prediction in predictions] == [1] * len(PAIRS)
    np.testing.assert_allclose(pair_predictor.predict_proba(PAIRS).sum(axis=1), 1, 1e-6)


def test_the_order_is_that_of_the_texts(predictor):
    # More than one batch, and lengths up and down.
    texts = [("足球 " * (n * 7 % 23)) + TEXTS[n % len(TEXTS)] for n in range(70)]
    together = predictor.predict_proba(texts)
    alone = np.concatenate([predictor.predict_proba([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-6)
    turned = predictor.predict_proba(texts[::-1])
    np.testing.assert_allclose(turned[::-1], together, atol=1e-6)


def test_texts_come_in_any_iterable(predictor):
    pandas = pytest.importorskip("pandas")
    expected = predictor.predict_proba(TEXTS)
    for texts in (
        tuple(TEXTS),
        (text for text in TEXTS),
        pandas.Series(TEXTS, index=range(7, 0, -1), dtype=object),
        np.array(TEXTS, object),
        dict.fromkeys(TEXTS).keys(),
        [[text] for text in TEXTS],
    ):
        np.testing.assert_array_equal(predictor.predict_proba(texts), expected)


def test_no_text_gives_no_prediction(predictor):
    assert predictor.predict([]) == []
    assert predictor.predict_proba([]).shape == (0, len(predictor.labels))
    assert predictor.predict_proba([]).dtype == np.float32


def test_an_empty_text_is_predicted_like_white_space(predictor):
    empty, blank = predictor.predict_proba(["", " \t\n"])
    np.testing.assert_allclose(empty, blank, atol=1e-6)


def test_a_huge_text_is_cut(predictor):
    huge = "中国队 wins 🚗 " * 10_000
    assert len(huge) > 100_000
    np.testing.assert_allclose(
        predictor.predict_proba([huge, "x" * 100_000, huge[:300]])[[0, 2]],
        predictor.predict_proba([huge[:300]] * 2),
        atol=1e-6,
    )


@pytest.mark.parametrize(
    "missing", [None, float("nan"), 3, b"bytes", ("a", "b"), (None,), []]
)
def test_what_is_no_text_is_named_with_its_place(predictor, missing):
    with pytest.raises(
        SettingsError, match=r"to be a str\. Received: texts\[1\]="
    ) as e:
        predictor.predict(["a", missing])
    assert repr(missing) in str(e.value)


def test_a_missing_value_of_pandas_is_named(predictor):
    pandas = pytest.importorskip("pandas")
    for series in (
        pandas.Series(["a", None]),
        pandas.Series(["a", None], dtype="string"),
    ):
        with pytest.raises(SettingsError, match=r"texts\[1\].*empty str"):
            predictor.predict_proba(series)


@pytest.mark.parametrize("wrong", [None, 3, b"text", {"text": ["a"]}, np.array("a")])
def test_what_holds_no_texts_is_named(predictor, wrong):
    with pytest.raises(SettingsError, match="Expected a str, or a list"):
        predictor.predict(wrong)


def test_a_table_is_not_taken_for_its_column_names(predictor):
    pandas = pytest.importorskip("pandas")
    with pytest.raises(SettingsError, match=r"type DataFrame\. Of a table, give"):
        predictor.predict(pandas.DataFrame({"text": TEXTS[:2]}))


def test_a_wrong_text_is_not_shown_whole(predictor):
    with pytest.raises(SettingsError) as caught:
        predictor.predict([("x" * 100_000, "y")])
    assert len(str(caught.value)) < 500


# Several text columns.


def test_the_segments_of_a_pair_count(pair_predictor):
    first, turned = pair_predictor.predict_proba([("足球", "新车"), ("新车", "足球")])
    assert np.abs(first - turned).max() > 0
    rows = pair_predictor.predict_proba([list(pair) for pair in PAIRS])
    np.testing.assert_array_equal(rows, pair_predictor.predict_proba(iter(PAIRS)))


@pytest.mark.parametrize("row", ["question", ("a",), ("a", "b", "c"), ("a", None)])
def test_a_row_that_lacks_a_column_is_named_with_the_columns(pair_predictor, row):
    with pytest.raises(SettingsError, match=r"\(question, answer\).*texts\[0\]="):
        pair_predictor.predict([row])


def test_one_text_alone_is_no_pair(pair_predictor):
    with pytest.raises(SettingsError, match=r"\(question, answer\)"):
        pair_predictor.predict("question")


# Loading.


def test_a_loaded_bundle_gives_the_probabilities_of_training(
    multilabel_run, predictor, tmp_path
):
    copy = shutil.copytree(multilabel_run.result.bundle, tmp_path / "copy")
    for place in (copy, str(copy), multilabel_run.out):
        again = Predictor.load(place).predict_proba(TEXTS)
        np.testing.assert_array_equal(again, predictor.predict_proba(TEXTS))


def test_threads_get_equal_results(predictor, multilabel_run):
    fresh = Predictor.load(multilabel_run.out)  # not even its first call is special
    expected = [predictor.predict_proba(TEXTS[n:]) for n in range(4)] * 4
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda n: fresh.predict_proba(TEXTS[n % 4 :]), range(16)))
    for one, other in zip(given, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_vectors_are_one_of_each_text_in_their_order(predictor):
    rows = [(text,) for text in TEXTS]
    vectors = predictor.text_vectors(rows)
    assert vectors.shape == (len(TEXTS), 16) and vectors.dtype == np.float32
    turned = predictor.text_vectors(rows[::-1])
    np.testing.assert_allclose(turned[::-1], vectors, atol=1e-5)
    assert np.ptp(vectors, axis=0).max() > 1e-3


def test_a_runtime_that_gives_logits_alone_gives_no_vectors(predictor):
    alone = Predictor(predictor.bundle, SimpleNamespace(logits=None))
    assert alone.text_vectors([("a",)]) is None
    assert predictor.text_vectors([]) is None


def test_a_predictor_knows_what_computes(predictor):
    assert predictor.runtime_name == "keras"
