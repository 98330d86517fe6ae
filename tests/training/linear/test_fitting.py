import json

import pytest

from kerascls.errors import DataError
from kerascls.settings.run_settings import RunSettings
from kerascls.training.linear import fitting
from kerascls.training.linear.fitting import STRENGTHS, fit_linear
from kerascls.training.preparation import load_labelled_text

pytest.importorskip("sklearn")


def fit(data, best_by="macro_f1", said=None):
    say = (said if said is not None else []).append
    return fit_linear(data, RunSettings().decision, best_by, 42, say)


def test_the_best_on_the_validation_part_is_kept_and_all_that_was_tried_told(sample):
    said = []
    found = fit(sample, said=said)
    assert found.chosen == max(found.tried, key=lambda choice: choice.score)
    assert len(said) == len(found.tried) >= 3
    assert f"validation macro_f1 {found.chosen.score:.4f}" in "\n".join(said)
    assert json.loads(json.dumps(found.to_dict()))["analyzer"] == "char"
    assert str(found).endswith(str(found.chosen))
    assert found.valid_logits.shape == (len(sample.parts["valid"].rows), 5)


def test_the_same_seed_gives_the_same_model(sample):
    first, second = fit(sample).model, fit(sample).model
    assert (first.coefficients == second.coefficients).all()


def test_a_score_of_one_class_can_choose(sample):
    name = next(iter(sample.label_set))
    assert 0 < fit(sample, f"f1:{name}").chosen.score <= 1


@pytest.mark.parametrize(
    ("best", "wanted"),
    [
        ((1, False), [(1, False), (1, True), (3, False), (0.3, False)]),
        ((10, True), [(1, False), (1, True), (3, True), (10, True)]),
        ((0.1, False), [(1, 0), (1, 1), (3, 0), (0.3, 0), (0.1, 0)]),
    ],
)
def test_strengths_go_on_in_the_direction_that_helps(sample, best, wanted, monkeypatch):
    def closeness(self, logits):
        strength, balanced = wanted[len(self.tried)]
        steps = STRENGTHS.index(strength) - STRENGTHS.index(best[0])
        return -abs(steps) - (bool(balanced) != best[1])

    monkeypatch.setattr(fitting._Search, "_score", closeness)
    found = fit(sample)
    tried = [(choice.strength, choice.balanced) for choice in found.tried]
    assert tried == wanted
    assert (found.chosen.strength, found.chosen.balanced) == best


def test_words_are_counted_where_texts_are_no_chinese(tmp_path, write_csv):
    rows = [("the team wins", "x"), ("a new car", "y")] * 8
    path = write_csv(tmp_path / "t.csv", ("text", "label"), rows)
    data = load_labelled_text(RunSettings.from_options(train=path).data, seed=1)
    found = fit(data)
    assert "team wins" in found.model.tfidf.ngrams
    assert "n-grams of 1 and 2 words" in str(found)


def test_texts_without_anything_to_learn_are_refused(tmp_path, write_csv):
    rows = [("!", "x"), ("?", "y")] * 8
    path = write_csv(tmp_path / "t.csv", ("text", "label"), rows)
    data = load_labelled_text(RunSettings.from_options(train=path).data, seed=1)
    with pytest.raises(DataError, match="words in common.*t.csv"):
        fit(data)
