"""Going on with a run: what may differ, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from kerascls.data.labelled_text import LabelledText
from kerascls.data.labels import Task
from kerascls.data.readers import read
from kerascls.data.splits.parts import Part
from kerascls.errors import SettingsError
from kerascls.settings.run_settings import RunSettings
from kerascls.training.job import Job
from kerascls.training.resume import (
    earlier_run,
    how_to_go_on,
    require_same_start,
    with_labels_of,
)
from kerascls.training.run_directory import RunDirectory

FIRST = {"train": "新闻.csv", "epochs": 3, "text": ("title", "content"), "dropout": 0.2}


@pytest.fixture
def run(tmp_path):
    """A run that was killed."""
    run = RunDirectory.create(tmp_path / "out")
    settings = RunSettings.from_options(**FIRST).to_dict()
    data = {"train": {"file": "新闻.csv", "sha256": "abc", "rows": 70}}
    run.finish("killed", settings=settings, weights=None, data=data)
    return run


def continued(run, **options):
    return earlier_run(run.path, RunSettings.from_options(**options))[1]


@pytest.mark.parametrize("options", [{}, {"epochs": 3}, FIRST])
def test_the_settings_are_those_of_the_run(run, options):
    assert continued(run, **options) == RunSettings.from_dict(run.facts["settings"])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"epochs": 4}, "train.epochs=4, not 3"),
        ({"text": ("title",)}, r"data.text=\['title'\], not \['title', 'content'\]"),
        ({"train": "other.csv"}, r"data.train=\['.*other.csv'\], not \['.*新闻.csv'\]"),
    ],
)
def test_other_settings_are_refused_by_name(run, options, expected):
    with pytest.raises(SettingsError, match=expected):
        continued(run, **options)


def test_a_setting_that_an_earlier_version_lacked_had_its_default(run):
    del run.facts["settings"]["train"]["r_drop"]
    run.update()
    assert continued(run, r_drop=0.0).train.r_drop == 0


def test_the_one_loss_that_an_earlier_version_wrote_down_is_read(run, tmp_path):
    run.facts["settings"]["train"]["loss"] = "cross_entropy"
    run.update(directory=str(tmp_path))
    assert continued(run, epochs=3).imbalance.method == "none"
    run.facts["settings"]["train"]["loss"] = "hinge"
    run.update()
    with pytest.raises(SettingsError, match="train.loss='hinge'.*imbalance.method"):
        continued(run, epochs=3)


def test_a_file_of_costs_is_the_same_from_everywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = RunDirectory.create(tmp_path / "out")
    settings = RunSettings.from_options(objective="cost:costs.csv").to_dict()
    run.finish("killed", settings=settings, directory=str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    path = f"cost:{tmp_path / 'costs.csv'}"
    assert continued(run).decision.objective == path
    assert continued(run, objective=path).decision.objective == path


def test_limits_that_change_no_weight_may_change(run):
    changed = {"max_minutes": 5.0, "save_minutes": 1.0, "save_steps": 10}
    found = continued(run, **changed).train
    assert {name: getattr(found, name) for name in changed} == changed
    assert found.epochs == 3


def test_a_run_that_never_began_is_refused(tmp_path):
    run = RunDirectory.create(tmp_path / "out")
    with pytest.raises(SettingsError, match="--overwrite"):
        continued(run)


def test_a_place_without_run_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="run.json"):
        earlier_run(tmp_path, RunSettings())


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_place_must_be_named_and_not_replaced(run, overwrite):
    with pytest.raises(SettingsError, match="--out"):
        earlier_run(run.path if overwrite else None, RunSettings(), overwrite)


def test_a_run_goes_on_from_another_directory(run, tmp_path, monkeypatch):
    run.update(directory=str(tmp_path))
    assert continued(run).data.train == (tmp_path / "新闻.csv",)
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "there")
    assert continued(run, train="../新闻.csv") == continued(run)
    with pytest.raises(SettingsError, match="data.train="):
        continued(run, train="新闻.csv")


def facts(sha256="abc", rows=70, weights=None, **more):
    part = {"file": "新闻.csv", "sha256": sha256, "rows": rows}
    return {"data": {"train": part, **more}, "weights": weights}


def test_the_same_data_and_weights_are_accepted(run):
    before = dict(run.facts)
    require_same_start(run.path, run.facts, facts())
    assert run.facts == before


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (facts("xyz"), r"新闻.csv \(train\)"),
        (facts(rows=69), r"新闻.csv \(train\)"),
        (facts(test={}), "more or fewer parts"),
        (facts(weights="/models/other"), "weights /models/other, not None"),
    ],
    ids=["content", "rows", "parts", "weights"],
)
def test_other_data_or_weights_are_refused(run, now, expected):
    with pytest.raises(SettingsError, match=expected):
        require_same_start(run.path, run.facts, now)


@pytest.mark.parametrize(
    ("written", "order"),
    [
        (["10", "2", "1"], ("10", "2", "1")),
        (None, ("1", "10", "2")),  # a version that sorted labels by their characters
    ],
)
def test_labels_stay_in_the_order_with_which_the_run_began(
    run, written, order, write_csv, tmp_path
):
    rows = [("a", "1"), ("b", "2"), ("c", "10")]
    dataset = read(write_csv(tmp_path / "a.csv", ("text", "label"), rows))
    parts = {"train": Part(dataset, np.arange(3))}
    data = LabelledText.from_parts(Task.MULTICLASS, parts, [], False)
    assert data.label_set.names == ("1", "2", "10")
    job = Job(RunSettings(), data, start=None, screen=None)
    if written:
        run.facts["labels"] = written
    assert with_labels_of(run, job).data.label_set.names == order


TABLE = {"text": ["a", "b"], "label": ["x", "y"]}


@pytest.fixture
def run_on_a_table(tmp_path):
    run = RunDirectory.create(tmp_path / "out")
    settings = RunSettings.from_options(train=TABLE, epochs=3).to_dict()
    assert settings["data"]["train"] == ["<dict 2 rows>"]
    run.finish("killed", settings=settings, weights=None, data={})
    return run


def test_a_table_in_memory_is_taken_again(run_on_a_table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (table,) = continued(run_on_a_table, train=TABLE).data.train
    assert table.given is TABLE


def test_without_its_table_a_run_does_not_go_on(run_on_a_table):
    with pytest.raises(SettingsError, match=r"<dict 2 rows>.*fit\(train=\.\.\., out="):
        continued(run_on_a_table)


def test_a_table_of_other_rows_is_refused(run_on_a_table):
    other = {"text": ["a"], "label": ["x"]}
    with pytest.raises(SettingsError, match="<dict 1 row>.*not .*<dict 2 rows>"):
        continued(run_on_a_table, train=other)


def test_a_pattern_is_written_down_as_its_files_and_new_ones_are_noticed(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for name in ("p2.csv", "p10.csv"):
        (tmp_path / name).touch()
    run = RunDirectory.create(tmp_path / "out")
    settings = RunSettings.from_options(train="p*.csv").to_dict()
    assert settings["data"]["train"] == ["p2.csv", "p10.csv"]
    run.finish("killed", settings=settings, weights=None, data={})
    assert continued(run, train="p*.csv") == continued(run)
    (tmp_path / "p3.csv").touch()
    assert [str(one) for one in continued(run).data.train] == ["p2.csv", "p10.csv"]
    with pytest.raises(SettingsError, match=r"p3.csv.*, not \[.*p2.csv.*p10.csv'\]"):
        continued(run, train="p*.csv")


def test_the_line_to_go_on_is_a_command_or_with_tables_a_call():
    of_files = RunSettings.from_options(train="news.csv")
    of_tables = RunSettings.from_options(train=(["a", "b"], ["x", "y"]))
    out = Path("my run")
    line = "kerascls fit --resume --seeds 3 --out 'my run'"
    assert how_to_go_on(of_files, out, "fit_seeds", 3).endswith(f": {line}")
    call = "kerascls.fit_seeds(train=..., seeds=3, out='my run', resume=True)"
    assert how_to_go_on(of_tables, out, "fit_seeds", 3).endswith(f": {call}")
