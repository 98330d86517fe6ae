"""One leaderboard from training to table; resumed, refused, interrupted."""

import io
import json
import re

import pytest
from rich.console import Console

from kerascls.errors import CheckpointError, SettingsError
from kerascls.experiments.comparison import compare as module
from kerascls.experiments.comparison.compare import compare

pytestmark = pytest.mark.slow

FILES = {f"leaderboard.{end}" for end in ("md", "csv", "json", "html")}
LINEAR = {
    "models": "svm=linear,logistic=linear",
    "model_options": {"logistic": {"linear_loss": "log_loss"}},
    "seeds": 2,
    "speed": False,
    "quiet": True,
    "resamples": 50,
}


@pytest.fixture(scope="module")
def news(tmp_path_factory, write_csv):
    """A small file, on which a linear model takes no time."""
    rows = [(f"足球 比赛 {n}", "体育") for n in range(20)]
    rows += [(f"新车 上海 {n}", "汽车") for n in range(20)]
    rows += [(f"比赛 新车 {n}", ("体育", "汽车")[n % 2]) for n in range(10)]
    path = tmp_path_factory.mktemp("news") / "news.csv"
    return write_csv(path, ("text", "label"), rows)


@pytest.fixture(scope="module")
def linear_board(tmp_path_factory, news):
    """A comparison of two linear models with two seeds each; do not change it."""
    out = tmp_path_factory.mktemp("comparison") / "out"
    return compare(**LINEAR, train=news, out=out)


@pytest.fixture
def fits(monkeypatch):
    """The runs that were trained."""
    calls, real = [], module.fit_next

    def fit(settings, path, **options):
        calls.append(path.name)
        return real(settings, path, **options)

    monkeypatch.setattr(module, "fit_next", fit)
    return calls


def test_every_model_has_a_run_for_each_seed_and_a_place(linear_board):
    out = linear_board.out
    folders = {path.name for path in out.iterdir() if path.is_dir()}
    assert folders == {"svm-42", "svm-43", "logistic-42", "logistic-43"}
    assert {one.name for one in linear_board.standings} == {"svm", "logistic"}
    assert FILES <= {path.name for path in out.iterdir()}
    stored = json.loads((out / "leaderboard.json").read_text("utf-8"))
    assert stored == json.loads(json.dumps(linear_board.to_dict()))
    assert "run 4 of 4: logistic, seed 43" in (out / "log.txt").read_text("utf-8")


def test_scores_are_those_of_the_reports(linear_board):
    for one in linear_board.standings:
        files = (f"{run}/report.json" for run in one.runs)
        reports = [json.loads(open(file, encoding="utf-8").read()) for file in files]
        f1 = [report["scores"]["macro"]["f1"] for report in reports]
        assert one.scores["macro_f1"].values == pytest.approx(tuple(f1))


def test_finished_runs_are_not_repeated(linear_board, fits):
    options = {"speed": False, "quiet": True, "resamples": 50}
    again = compare(out=linear_board.out, resume=True, **options)
    assert fits == []
    assert again.to_dict() == linear_board.to_dict()


def test_the_runs_alone_give_the_same_table(linear_board, tmp_path):
    runs = [run for one in linear_board.standings for run in one.runs]
    found = compare(runs, speed=False, quiet=True, resamples=50, out=tmp_path)
    known = {frozenset(one.runs): one.scores for one in linear_board.standings}
    assert {frozenset(one.runs): one.scores for one in found.standings} == known
    assert {pair.p for pair in found.pairs} == {pair.p for pair in linear_board.pairs}
    assert FILES <= {path.name for path in tmp_path.iterdir()}


def test_a_comparison_is_not_begun_twice(linear_board, fits):
    with pytest.raises(SettingsError, match=r"a comparison already.*--resume"):
        compare(**LINEAR, out=linear_board.out)
    assert fits == []


def test_another_setting_does_not_go_on(linear_board):
    with pytest.raises(SettingsError, match="best_by='micro_f1', not 'macro_f1'"):
        compare(out=linear_board.out, resume=True, best_by="micro_f1")


def test_ctrl_c_leaves_what_is_done_and_says_how_to_go_on(monkeypatch, tmp_path, news):
    real, begun = module.fit_next, []

    def fit(settings, path, **options):
        if len(begun) == 1:
            begun.clear()
            raise KeyboardInterrupt("To go on: something else")
        begun.append(path.name)
        return real(settings, path, **options)

    monkeypatch.setattr(module, "fit_next", fit)
    out = tmp_path / "my board"
    with pytest.raises(KeyboardInterrupt) as end:
        compare(**LINEAR, train=news, out=out)
    assert str(end.value) == (
        "1 of 4 runs are done. To go on: kerascls compare --resume --seeds 2 --out "
        f"'{out}'"
    )
    begun += [""] * 5
    found = compare(out=out, resume=True, speed=False, quiet=True, resamples=10)
    assert begun[5:] == ["logistic-42", "svm-43", "logistic-43"]
    assert [len(one.runs) for one in found.standings] == [2, 2]


def test_tables_in_memory_go_on_in_python(monkeypatch, tmp_path):
    def fit(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "fit_next", fit)
    texts = [f"足球 {n}" for n in range(20)] + [f"新车 {n}" for n in range(20)]
    rows, out = (texts, ["体育"] * 20 + ["汽车"] * 20), tmp_path / "out"
    line = re.escape("kerascls.compare(train=..., seeds=2, out=")
    with pytest.raises(KeyboardInterrupt, match=line):
        compare(**LINEAR, out=out, train=rows)
    with pytest.raises(SettingsError, match=r"kerascls.compare\(train="):
        compare(out=out, resume=True)
    with pytest.raises(KeyboardInterrupt):
        compare(out=out, resume=True, train=rows, quiet=True)
    other = (texts, ["体育"] * 21 + ["汽车"] * 19)
    with pytest.raises(SettingsError, match="data and weights"):
        compare(out=out, resume=True, train=other, quiet=True)


def test_a_model_that_lacks_weights_is_told_of_before_anything_is_trained(
    fits, tmp_path, multilabel_files
):
    with pytest.raises(CheckpointError, match="albert_tiny cannot be trained"):
        compare(models="linear,albert_tiny", out=tmp_path / "out", **multilabel_files)
    assert fits == [] and not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "models=None"),
        ({"model_options": {"a": {}}}, "with options of single models"),
        ({"models": "linear,albert_tiny"}, "out=None"),
        ({"models": "linear,albert_tiny", "out": "x", "seeds": 0}, "seeds=0"),
        ({"out": "x", "resume": True, "overwrite": True}, "overwrite=True"),
        ({"runs": ["a", "b"], "models": "linear"}, "runs beside models"),
        ({"runs": ["a", "b"], "epochs": 3}, "runs beside train.epochs"),
        ({"runs": ["a", "b"], "resume": True}, "runs beside resume"),
        ({"models": "linear,bert", "by": "f1"}, "macro_f1"),
    ],
)
def test_what_does_not_go_together_is_refused(options, said):
    with pytest.raises(SettingsError, match=said):
        compare(**options)


def test_runs_on_other_rows_are_refused_before_speeds_are_measured(
    linear_board, multilabel_run
):
    run = linear_board.standings[0].runs[0]
    with pytest.raises(SettingsError, match="scored on the same test rows"):
        compare([run, multilabel_run.out], quiet=True)


def test_the_screen_shows_each_run_and_the_table(tmp_path, news):
    shown = io.StringIO()
    options = LINEAR | {"quiet": False, "seeds": 1, "train": news}
    compare(**options, console=Console(file=shown, width=200), out=tmp_path / "out")
    assert "run 1 of 2: svm, seed 42" in shown.getvalue()
    assert "Note: one seed of each model" in shown.getvalue()


@pytest.mark.slow
def test_a_neural_model_that_was_interrupted_goes_on_to_the_same_scores(
    monkeypatch, tmp_path, multilabel_files, tiny_checkpoint
):
    from kerascls.training.callbacks.rounds import Rounds

    own = {"checkpoint": tiny_checkpoint, "epochs": 2, "baseline": False}
    options = {
        "models": "linear,tiny=bert",
        "model_options": {"tiny": own | {"max_tokens": 16, "batch_size": 8}},
        "seeds": 2,
        "quiet": True,
        "resamples": 10,
        **multilabel_files,
    }
    whole = compare(**options, out=tmp_path / "whole", speed=False)
    real, ended = Rounds.on_epoch_end, []

    def interrupt(self, epoch, logs=None):
        real(self, epoch, logs)
        if not ended:
            ended.append(epoch)
            raise KeyboardInterrupt

    monkeypatch.setattr(Rounds, "on_epoch_end", interrupt)
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt, match="1 of 4 runs are done"):
        compare(**options, out=out, speed=False)
    found = compare(out=out, resume=True, quiet=True, resamples=10)
    speeds = {one.name: one.costs.speed for one in found.standings}
    assert speeds["tiny"].runtime == "keras" and speeds["linear"].runtime == "linear"
    scores = {one.name: one.scores for one in found.standings}
    assert scores == {one.name: one.scores for one in whole.standings}
    assert (out / "leaderboard.png").is_file()
