"""An ensemble's logits, through whatever its members run on."""

import numpy as np
import pytest
from tiny_models import tiny_input_spec

import kerascls
from kerascls.data.labels import LabelSet, Task
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.errors import SettingsError
from kerascls.inference.bundle import Member, write_bundle
from kerascls.inference.bundle.bundle import Bundle
from kerascls.inference.predictor import Predictor
from kerascls.inference.runtimes import ensemble_runtime
from kerascls.inference.runtimes.ensemble_runtime import EnsembleRuntime, shares


class Fixed:
    """Says the same of every text."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle

    def text_logits(self, texts, on_progress=None):
        said = {"a": [2.0, 0.0, -1.0], "b": [0.0, 1.0, 3.0]}[self.bundle.path.name]
        if on_progress:
            on_progress(len(texts), len(texts))
        return np.tile(np.array(said, np.float32), (len(texts), 1))


def bundle_of(path, names) -> Bundle:
    return Bundle(
        path=path,
        runtime="keras",
        task=Task.MULTICLASS,
        label_set=LabelSet(names),
        decision=Decision(Rule("argmax")),
        input_spec=tiny_input_spec(max_tokens=16),
        train_support=dict.fromkeys(names, 1),
    )


@pytest.fixture
def runtime(tmp_path, monkeypatch) -> EnsembleRuntime:
    """Of two members, the second of which has its labels in another order."""
    monkeypatch.setattr(ensemble_runtime, "Predictor", Fixed)
    first = bundle_of(tmp_path / "a", ("x", "y", "z"))
    second = bundle_of(tmp_path / "b", ("z", "x", "y"))
    members = Member("a", first, 0.75), Member("b", second, 0.25)
    whole = bundle_of(tmp_path / "ensemble", ("x", "y", "z"))
    return EnsembleRuntime(type(whole)(**{**vars(whole), "members": members}))


def softmax(*logits: float) -> np.ndarray:
    powers = np.exp(logits)
    return powers / powers.sum()


def test_it_is_the_weighted_mean_with_labels_matched_by_name(runtime):
    found = np.exp(runtime.text_logits([("今天",)] * 2))
    expected = 0.75 * softmax(2, 0, -1) + 0.25 * softmax(1, 3, 0)
    np.testing.assert_allclose(found, [expected] * 2, atol=1e-6)


def test_progress_goes_over_all_members(runtime):
    shown = []
    runtime.text_logits([("今天",)] * 4, lambda done, rows: shown.append((done, rows)))
    assert shown == [(2, 4), (4, 4)]
    assert shares(None, 2) == [None, None]


@pytest.mark.parametrize("name", ["sample_ensemble", "mixed_ensemble"])
def test_predictions_are_calibrated_means_of_the_members_own(name, request):
    found = request.getfixturevalue(name)
    predictor = Predictor.load(found.out)
    texts = ["国足今晚迎战劲旅", "新车上海发布", "", "the team wins a goal ⚽"]
    runs = [Predictor.load(one.name) for one in found.members]
    mean = sum(
        one.weight * run.predict_proba(texts).astype(np.float64)
        for one, run in zip(found.members, runs, strict=True)
    )
    odds = np.log(mean) - np.log1p(-mean)
    decision, task = predictor.bundle.decision, predictor.bundle.task
    expected = decision.probabilities(odds, task)
    np.testing.assert_allclose(predictor.predict_proba(texts), expected, atol=1e-5)
    if decision.calibration.kind == "none":
        np.testing.assert_allclose(predictor.predict_proba(texts), mean, atol=1e-5)


def test_other_runtimes_are_refused_for_it_and_it_for_others(
    sample_ensemble, linear_run
):
    for path, runtime in (
        (sample_ensemble.out, "linear"),
        (sample_ensemble.out, "keras"),
        (linear_run.out, "ensemble"),
    ):
        with pytest.raises(SettingsError, match="Leave the runtime out"):
            Predictor.load(path, runtime)


def test_a_member_without_keras_says_what_is_missing(mixed_ensemble, monkeypatch):
    from kerascls.inference import runtimes

    def absent(needed_by, otherwise=""):
        raise SettingsError(f"{needed_by} needs Keras. {otherwise}")

    monkeypatch.setattr(runtimes, "require_keras", absent)
    with pytest.raises(SettingsError, match="members/0.*kerascls export OUT"):
        Predictor.load(mixed_ensemble.out)
    assert kerascls.inspect(mixed_ensemble.out).is_complete


def test_an_ensemble_without_members_is_not_written(tmp_path):
    first = bundle_of(tmp_path / "a", ("x", "y"))
    facts = {n: v for n, v in vars(first).items() if n not in ("exports", "members")}
    facts |= {"path": tmp_path / "b", "runtime": "ensemble"}
    with pytest.raises(kerascls.errors.BundleError, match="not in the manifest"):
        write_bundle(**facts, settings={}, write_model=lambda folder: None)
