import json

import pytest

from kerascls.errors import DataError
from kerascls.models.linear.config import LINEAR_LOSSES
from kerascls.settings.run_settings import RunSettings
from kerascls.settings.training import TrainSettings
from kerascls.training.linear import fitting
from kerascls.training.linear.fitting import fit_again, fit_linear
from kerascls.training.preparation import load_labelled_text

pytest.importorskip("sklearn")
STRENGTHS = LINEAR_LOSSES["squared_hinge"].strengths


def fit(data, best_by="macro_f1", said=None, **options):
    say = (said if said is not None else []).append
    settings = RunSettings.from_options(**options)
    return fit_linear(data, settings.decision, settings.train, best_by, say)


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


def test_a_logistic_regression_is_chosen_in_the_same_way(sample):
    found = fit(sample, linear_loss="log_loss")
    assert {choice.strength for choice in found.tried} <= {1.0, 3.0, 10.0, 30.0, 100.0}
    assert "characters, logistic regression, C " in str(found)
    assert found.chosen.score > 0.8
    assert "characters, linear SVM, C " in str(fit(sample))


def test_the_chosen_way_is_gone_again_with_the_validation_part(sample):
    first = fit(sample)
    again = fit_again(first, sample, TrainSettings(seed=42))
    assert again.chosen == first.chosen
    assert again.valid_logits is first.valid_logits
    assert len(again.model.tfidf.ngrams) > len(first.model.tfidf.ngrams)
    logits = again.model.logits(sample.parts["valid"].texts)
    truth = sample.targets("valid").multi_hot()
    # It has learned these rows, as the first has not.
    assert ((logits > 0) == truth).mean() > ((first.valid_logits > 0) == truth).mean()


def test_rows_of_classes_that_only_the_validation_part_has_are_not_learned(
    tmp_path, write_csv
):
    parts = {
        "train": [("the team wins", "x"), ("a new car", "y")] * 8,
        "valid": [("the team", "x"), ("a car", "y"), ("a team of doctors", "z")],
    }
    files = {
        name: write_csv(tmp_path / f"{name}.csv", ("text", "label"), rows)
        for name, rows in parts.items()
    }
    data = load_labelled_text(RunSettings.from_options(**files).data, seed=1)
    again = fit_again(fit(data), data, TrainSettings(seed=42))
    assert "doctors" not in again.model.tfidf.ngrams
    assert again.model.logits([("the team",)]).argmax() == 0
