"""`ensemble`, from runs to a bundle that works like any other."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

import kerascls
from kerascls.errors import BundleError, SettingsError
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.scored_rows import (
    TEST_ROWS_FILE,
    VALID_ROWS_FILE,
    ScoredRows,
)
from kerascls.inference.bundle import open_bundle
from kerascls.inference.predictor import Predictor

TEXT = "国足今晚迎战劲旅"


@pytest.fixture
def copied(sample_ensemble, tmp_path):
    """A copy that may be changed, away from its runs."""
    return shutil.copytree(sample_ensemble.out, tmp_path / "moved 小")


def test_a_directory_like_that_of_a_run_is_written(sample_ensemble):
    names = {item.name for item in sample_ensemble.out.iterdir()}
    assert {"run.json", "report.html", "report.csv", "log.txt", "bundle"} < names
    facts = json.loads((sample_ensemble.out / "run.json").read_text("utf-8"))
    assert (facts["status"], facts["kind"]) == ("done", "ensemble")
    assert facts["members"] == [one.to_dict() for one in sample_ensemble.members]


def test_the_report_compares_with_the_best_member(sample_ensemble):
    report = sample_ensemble.report
    best = report.best_member
    scores = {one.name: one.score for one in sample_ensemble.members}
    assert scores[best.name] == max(scores.values())
    own = kerascls.evaluate  # the run's own scores are those it is compared by
    stored = json.loads((sample_ensemble.out / "report.json").read_text("utf-8"))
    assert Report.from_dict(stored).best_member.differences.keys() == {
        *best.differences
    }
    of_run = ScoredRows.load(f"{best.name}/{TEST_ROWS_FILE}")
    right = float(np.mean(~of_run.wrong))
    assert best.scores.accuracy == pytest.approx(right)
    assert "best member" in (sample_ensemble.out / "report.md").read_text("utf-8")
    assert callable(own)


def test_its_validation_part_is_that_of_the_runs_with_its_own_logits(sample_ensemble):
    kept = ScoredRows.load(sample_ensemble.out / VALID_ROWS_FILE)
    run = ScoredRows.load(f"{sample_ensemble.members[0].name}/{VALID_ROWS_FILE}")
    assert kept.rows_sha256 == run.rows_sha256
    bundle = open_bundle(sample_ensemble.out)
    found = bundle.decision.probabilities(kept.logits, bundle.task)
    np.testing.assert_allclose(found, kept.probabilities[:, : kept.known])
    assert bundle.decision.rows == len(kept)


def test_a_bundle_alone_predicts_the_same(sample_ensemble, tmp_path):
    alone = shutil.copytree(sample_ensemble.bundle, tmp_path / "alone")
    found = [Predictor.load(path) for path in (alone, sample_ensemble.out)]
    first, second = (one.predict_proba([TEXT, ""]) for one in found)
    np.testing.assert_array_equal(first, second)


def test_linear_members_need_neither_keras_nor_scikit_learn(sample_ensemble):
    code = (
        "import sys, kerascls\n"
        f"print(kerascls.Predictor.load({str(sample_ensemble.bundle)!r})"
        f".predict({TEXT!r}).labels)\n"
        "print(*[n for n in ('keras', 'tensorflow', 'sklearn', 'scipy') "
        "if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    labels, loaded = done.stdout.split("\n")[:2]
    assert "体育" in labels and loaded == ""


def test_it_is_evaluated_predicted_and_compared_like_a_run(
    sample_ensemble, linear_run, tmp_path, write_csv
):
    rows = [(TEXT, "体育"), ("新车上海发布", "汽车")]
    file = write_csv(tmp_path / "test.csv", ("text", "labels"), rows)
    assert kerascls.evaluate(sample_ensemble.out, file).scores.rows == 2
    out = tmp_path / "predicted.csv"
    assert kerascls.predict(sample_ensemble.out, file, out) == 2
    difference = kerascls.diff(linear_run.out, sample_ensemble.out, resamples=10)
    assert difference.rows == sample_ensemble.report.scores.rows


def test_rows_that_a_member_was_trained_on_are_told(sample_ensemble):
    from kerascls.data.labelled_text import sample_path

    report = kerascls.evaluate(sample_ensemble.out, sample_path())
    assert any("were trained on: these scores flatter" in one for one in report.notes)


def test_it_is_tuned_as_a_whole(copied):
    before = open_bundle(copied)
    result = kerascls.tune(copied, objective="f1")
    assert result.source == "the run's validation part"
    after = open_bundle(copied)
    assert after.decision.objective == "f1"
    assert [one.bundle.decision for one in after.members] == [
        one.bundle.decision for one in before.members
    ]
    kerascls.tune(copied, undo=True)
    assert open_bundle(copied).decision == before.decision


def test_inspect_shows_members_and_weights(mixed_ensemble):
    found = kerascls.inspect(mixed_ensemble.out)
    shown = str(found)
    assert "ensemble, members=2" in shown
    for one in mixed_ensemble.members:
        assert f"0.500 {one.name}: " in shown
    members = found.to_dict()["members"]
    assert [one["weight"] for one in members] == [0.5, 0.5]
    assert members[1]["model"] == "linear"
    assert found.to_dict()["weights_bytes"] == sum(
        one["weights_bytes"] for one in members
    )


def test_export_says_how_members_are_exported(mixed_ensemble):
    with pytest.raises(BundleError, match="an ensemble, which runs") as error:
        kerascls.export(mixed_ensemble.out)
    inner = mixed_ensemble.bundle / "members" / "0"
    told = str(error.value).replace("'", "")
    assert f"kerascls export {inner}." in told  # and not the linear member


def test_linear_members_need_no_other_form(sample_ensemble):
    with pytest.raises(BundleError, match="needs no other form"):
        kerascls.export(sample_ensemble.out)


@pytest.mark.slow
def test_an_exported_member_is_used_without_keras(mixed_ensemble, tmp_path):
    copy = shutil.copytree(mixed_ensemble.out, tmp_path / "copy")
    before = Predictor.load(copy).predict_proba([TEXT])
    kerascls.export(copy / "bundle" / "members" / "0")
    code = (
        "import sys, kerascls\n"
        f"predictor = kerascls.Predictor.load({str(copy)!r})\n"
        f"print(*predictor.predict_proba({TEXT!r})[0])\n"
        "assert 'keras' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = [float(one) for one in done.stdout.split()]
    np.testing.assert_allclose(found, before[0], atol=1e-4)


def test_convert_says_that_it_has_no_encoder(sample_ensemble, tmp_path):
    with pytest.raises(SettingsError, match="whose model is ensemble"):
        kerascls.convert(sample_ensemble.out, tmp_path / "encoder")


def test_training_does_not_go_on_with_it(sample_ensemble):
    with pytest.raises(SettingsError, match="`kerascls ensemble` and --overwrite"):
        kerascls.fit(out=sample_ensemble.out, resume=True)


def test_runs_of_other_rows_can_be_weighed_on_a_file(
    linear_run, logistic_run, tmp_path, write_csv
):
    bundle = shutil.copytree(logistic_run.out / "bundle", tmp_path / "alone")
    runs = [linear_run.out, bundle]
    with pytest.raises(SettingsError, match="`--valid FILE`"):
        kerascls.ensemble(runs, out=tmp_path / "out", quiet=True)
    assert not (tmp_path / "out").exists()
    rows = [("国足今晚迎战劲旅", "体育"), ("新车上海发布", "汽车"), ("军演", "军事")]
    file = write_csv(tmp_path / "new.csv", ("text", "labels"), rows)
    found = kerascls.ensemble(
        runs, out=tmp_path / "out", valid=file, test=file, select="greedy", quiet=True
    )
    assert found.report.source == "new.csv"
    assert any("Whether the classifier was trained" in one for one in found.notes)
    assert sum(one.weight for one in found.members) == pytest.approx(1)


def test_where_one_run_has_all_the_weight_this_is_told(linear_run, tmp_path, write_csv):
    twin = shutil.copytree(linear_run.out, tmp_path / "twin")
    found = kerascls.ensemble(
        [linear_run.out, twin], out=tmp_path / "out", select="greedy", quiet=True
    )
    kept = [one for one in found.members if one.weight]
    assert len(kept) == 1
    assert any("all weight is on" in one for one in found.notes)
    assert len(open_bundle(found.out).members) == 1


def test_an_ensemble_can_be_a_member(sample_ensemble, linear_run, tmp_path):
    out = tmp_path / "out"
    runs = [sample_ensemble.out, linear_run.out]
    kerascls.ensemble(runs, out=out, select="equal", quiet=True)
    assert Predictor.load(out).predict(TEXT).labels
    # Its directory is replaced like any other's, members included.
    again = kerascls.ensemble(runs, out=out, overwrite=True, quiet=True)
    assert again.report is not None


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"select": "best"}, "select='best'"),
        ({"best_by": "f3"}, "best_by='f3'"),
        ({"language": "fr"}, "language='fr'"),
        ({"text": ["title"]}, "beside how it is read"),
        ({"weights": 1}, "`weights` is not a keyword"),
    ],
)
def test_what_has_no_meaning_is_refused_before_anything_is_read(options, told):
    with pytest.raises(SettingsError, match=told):
        kerascls.ensemble(["nowhere", "never"], **options)


def test_one_path_is_one_run(linear_run):
    with pytest.raises(SettingsError, match="two runs or more"):
        kerascls.ensemble(str(linear_run.out))
