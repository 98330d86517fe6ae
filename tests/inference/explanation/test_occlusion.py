"""What is hidden counts by how far logits fall, and nothing else moves."""

import numpy as np
import pytest
from explained_models import counting_predictor

from kerascls.inference.explanation import occlusion
from kerascls.inference.explanation.occlusion import logits_without
from kerascls.inference.explanation.units import word_units
from kerascls.inference.predictor import Predictor


def explained(predictor, text, **options):
    options = {"labels": ["a", "b", "c"], "method": "occlusion", **options}
    return predictor.explain(text, **options)


def test_a_token_that_changes_nothing_has_nothing(tmp_path):
    explanation = explained(counting_predictor(tmp_path), "足国 足")
    values = explanation.attributions.values
    # In the place of each stands [MASK], which has half of a.
    np.testing.assert_allclose(values, [[-0.5, 0, 0], [0.5, 2, 3], [-0.5, 0, 0]])
    np.testing.assert_allclose(explanation.logits, [1, 2, 3])
    np.testing.assert_allclose(explanation.attributions.base_logits, [1.5, 0, 0])
    assert explanation.attributions.hidden_token == "[MASK]"
    assert explanation.gaps is None


def test_what_is_cut_off_is_told_and_not_explained(tmp_path):
    predictor = counting_predictor(tmp_path, max_tokens=5, truncate="both")
    explanation = explained(predictor, "国 足足足足 国国")
    assert [span.text for span in explanation.spans] == ["国", "国", "国"]
    assert [span.text for span in explanation.unread] == ["足足足足"]
    assert "".join(piece.text for piece in explanation.pieces(0)) == "国 足足足足 国国"


def test_a_token_in_two_windows_is_hidden_in_both(tmp_path):
    windows = {"max_tokens": 5, "max_windows": 3, "window_overlap": 2}
    explanation = explained(counting_predictor(tmp_path, **windows), "足足国足足")
    values = explanation.attributions.values
    np.testing.assert_allclose(values[2], [1.5, 6, 9])  # in three windows
    assert values[:, 1].tolist() == [0, 0, 6, 0, 0]


def test_pairs_keep_their_texts_apart(tmp_path):
    columns = {"text_columns": ("question", "answer"), "pair": True}
    explanation = explained(counting_predictor(tmp_path, **columns), ("足国", "国"))
    found = [(span.column, span.text) for span in explanation.spans]
    assert found == [("question", "足"), ("question", "国"), ("answer", "国")]
    assert explanation.attributions.values[:, 1].tolist() == [0, 2, 2]


@pytest.mark.parametrize("tokens", [1, 7, 40, 4096])
def test_the_batch_changes_no_number_and_is_no_larger(tmp_path, monkeypatch, tokens):
    predictor = counting_predictor(tmp_path)
    text = "国足大胜今天新车"
    expected = explained(predictor, text).attributions.values
    predictor.runtime.batches.clear()
    monkeypatch.setattr(occlusion, "TOKENS_AT_ONCE", tokens)
    monkeypatch.setattr(occlusion, "VARIANTS_AT_ONCE", 1 if tokens == 1 else 6)
    found = explained(predictor, text).attributions.values
    np.testing.assert_array_equal(found, expected)
    # One row is computed whatever its length.
    sizes = [rows * length for rows, length in predictor.runtime.batches]
    assert max(sizes) <= max(tokens, 10) and len(sizes) > 2


def test_progress_is_told(tmp_path):
    told = []
    explained(
        counting_predictor(tmp_path), "国足", on_progress=lambda *x: told.append(x)
    )
    assert told == [(4, 4)]


def test_texts_without_a_word_have_no_new_words(linear_run):
    predictor = Predictor.load(linear_run.out)
    asked = []
    whole = predictor.text_logits
    predictor.text_logits = lambda rows: asked.append(rows) or whole(rows)
    texts = ("体育a-b今天",)
    units = word_units(texts)
    logits_without(predictor, texts, units, np.eye(len(units)) > 0)
    assert [row for (row,) in asked[0]] == [
        "育a-b今天",
        "体a-b今天",
        "体育-b今天",
        "体育a b今天",
        "体育a-今天",
        "体育a-b天",
        "体育a-b今",
    ]


def test_an_ensemble_hides_a_word_from_each_member(mixed_ensemble):
    predictor = Predictor.load(mixed_ensemble.out)
    texts = ("我们今天去看足球 the team wins",)
    explanation = predictor.explain(texts[0], labels="体育")
    assert [span.text for span in explanation.spans][-2:] == ["team", "wins"]
    units = word_units(texts)
    last = np.arange(len(units))[None] == len(units) - 1
    of_members = []
    for one in predictor.runtime.predictors:
        logits = logits_without(one, texts, units, last)
        of_members.append(one.bundle.decision.probabilities(logits, one.bundle.task))
    column = predictor.bundle.label_set.column("体育")
    without = predictor.runtime.logits_of_members(of_members)[0, column]
    found = explanation.attributions.values[-1, 0]
    np.testing.assert_allclose(found, explanation.logits[0] - without, atol=1e-5)
    assert abs(found) > 1e-6
