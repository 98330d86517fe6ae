"""Which runs may become one classifier, and what is said of those that may not."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from kerascls.data.labels import LabelSet, Task
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.errors import BundleError, SettingsError
from kerascls.experiments.combining.candidates import (
    Candidate,
    decision_settings,
    open_candidates,
    refuse_inside,
)
from kerascls.inference.bundle import Bundle, open_bundle
from kerascls.preprocessing.input_spec import InputSpec


def bundle_of(names=("a", "b"), **changes) -> Bundle:
    spec = InputSpec(
        text_columns=("text",),
        label_column="label",
        pair=False,
        do_lower_case=True,
        max_tokens=None,
        truncate="head",
    )
    facts = {
        "path": Path("run/bundle"),
        "runtime": "linear",
        "task": Task.MULTILABEL,
        "label_set": LabelSet(names),
        "decision": Decision(Rule("threshold", thresholds=(0.2, 0.7))),
        "input_spec": spec,
        "train_support": dict.fromkeys(names, 1),
    }
    return Bundle(**facts | changes)


def test_columns_are_put_in_the_order_of_the_first_run_and_rules_stay_right():
    one = Candidate("run", bundle_of(("b", "a")), ("a", "b"))
    logits = np.array([[4.0, -4.0]], np.float32)  # of b, of a
    probabilities = one.probabilities(logits)
    assert probabilities[0, 1] > 0.9 > 0.1 > probabilities[0, 0]
    # Its threshold of b is .2, that of a .7.
    chosen = one.chosen(np.array([[0.5, 0.5], [0.8, 0.1]], np.float32))
    assert chosen.tolist() == [[False, True], [True, False]]


@pytest.fixture
def copied(linear_run, tmp_path):
    """A copy of a run that may be changed."""
    return Path(shutil.copytree(linear_run.out, tmp_path / "a copy 小"))


def test_runs_and_bundles_are_opened_wherever_they_lie(
    linear_run, logistic_run, tmp_path
):
    moved = shutil.copytree(logistic_run.out, tmp_path / "C:\\runs\\b 小 [x]")
    notes: list[str] = []
    found = open_candidates([linear_run.out / "bundle", str(moved)], notes)
    assert [one.name for one in found] == [str(linear_run.out / "bundle"), str(moved)]
    assert all(one.is_run for one in found)
    assert found[1].facts["status"] == "done"
    assert notes == []


def test_a_run_alone_is_refused(linear_run):
    with pytest.raises(SettingsError, match="two runs or more"):
        open_candidates([linear_run.out], [])


def test_a_run_that_is_there_twice_is_refused(linear_run, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(linear_run.out)
    for again in (linear_run.out, f"{linear_run.out}/bundle/", link):
        with pytest.raises(SettingsError, match="every run once"):
            open_candidates([linear_run.out, again], [])


def test_a_copy_of_a_run_is_told(linear_run, copied):
    notes: list[str] = []
    open_candidates([linear_run.out, copied], notes)
    assert notes == [f"{copied} has the same weights as {linear_run.out}"]


def test_what_is_no_bundle_says_so(linear_run, tmp_path):
    with pytest.raises(BundleError, match="Expected a bundle"):
        open_candidates([linear_run.out, tmp_path], [])


def test_an_interrupted_run_is_told(linear_run, logistic_run, copied):
    facts = json.loads((copied / "run.json").read_text("utf-8"))
    (copied / "run.json").write_text(json.dumps(facts | {"status": "interrupted"}))
    notes: list[str] = []
    open_candidates([logistic_run.out, copied], notes)
    assert notes == [f"{copied} is interrupted: its bundle is of its best epoch so far"]


def test_an_8_bit_member_is_told(linear_run, copied, monkeypatch):
    from kerascls.experiments.combining import candidates

    def opened(path):
        bundle = open_bundle(path)
        exports = {"onnx": {"file": "m.onnx", "int8": True}}
        return Bundle(**{**vars(bundle), "exports": exports})

    monkeypatch.setattr(candidates, "open_bundle", opened)
    notes: list[str] = []
    open_candidates([linear_run.out, copied], notes)
    assert f"{copied} has an 8-bit onnx export, and predicts by that" in notes


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (bundle_of(task=Task.MULTICLASS), "is multiclass and not multilabel as"),
        (bundle_of(("a", "c")), "lacks 'b' and has also 'c', compared with"),
        (bundle_of(("a",)), "lacks 'b', compared with"),
        (bundle_of(tuple("abcdefghijklmn")), "has also .*'l' and 2 more"),
    ],
)
def test_runs_that_label_otherwise_are_refused(other, told, monkeypatch):
    from kerascls.experiments.combining import candidates

    found = {"x": bundle_of(), "y": Bundle(**{**vars(other), "path": Path("y")})}
    monkeypatch.setattr(candidates, "open_bundle", lambda path: found[str(path)])
    with pytest.raises(SettingsError, match=f"'y' {told}"):
        open_candidates(["x", "y"], [])


def test_the_same_labels_in_another_order_are_one_set(monkeypatch):
    from kerascls.experiments.combining import candidates

    found = {"x": bundle_of(), "y": bundle_of(("b", "a"), path=Path("y"))}
    monkeypatch.setattr(candidates, "open_bundle", lambda path: found[str(path)])
    monkeypatch.setattr(candidates, "_twin_notes", lambda runs: [])
    _, second = open_candidates(["x", "y"], [])
    assert second.columns.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("columns", "same_names", "is_refused"),
    [
        (("title", "body"), False, True),
        (("content",), False, False),
        (("content",), True, True),
    ],
)
def test_text_columns_are_as_many_and_for_new_files_called_alike(
    columns, same_names, is_refused, monkeypatch
):
    from dataclasses import replace

    from kerascls.experiments.combining import candidates

    first = bundle_of()
    spec = replace(first.input_spec, text_columns=columns)
    found = {"x": first, "y": bundle_of(input_spec=spec, path=Path("y"))}
    monkeypatch.setattr(candidates, "open_bundle", lambda path: found[str(path)])
    monkeypatch.setattr(candidates, "_twin_notes", lambda runs: [])
    if is_refused:
        with pytest.raises(SettingsError, match="and not text as 'x'"):
            open_candidates(["x", "y"], [], same_names=same_names)
    else:
        assert len(open_candidates(["x", "y"], [], same_names=same_names)) == 2


def test_nothing_is_written_over_a_run_or_into_it(linear_run, logistic_run):
    runs = open_candidates([linear_run.out, logistic_run.out], [])
    parent = linear_run.out.parent
    for out in (
        linear_run.out,
        linear_run.out / "bundle",
        linear_run.out / "x",
        parent,
    ):
        with pytest.raises(SettingsError, match="apart from those of the runs"):
            refuse_inside(out, runs)
    refuse_inside(parent / "another", runs)


def test_it_decides_as_the_first_run_unless_something_is_stated(
    linear_run, logistic_run
):
    runs = open_candidates([linear_run.out, logistic_run.out], [])
    notes: list[str] = []
    assert decision_settings(runs, {}, notes).objective == "macro_f1"
    assert decision_settings(runs, {"objective": "f2"}, notes).objective == "f2"
    assert notes == []
    with pytest.raises(SettingsError):
        decision_settings(runs, {"threshold": 2}, notes)


def test_a_run_that_decided_otherwise_is_told(linear_run, copied, monkeypatch):
    from kerascls.experiments.combining import candidates

    runs = open_candidates([linear_run.out, copied], [])
    asked = iter([{"objective": "f1"}, {"objective": "f2"}])
    monkeypatch.setattr(candidates, "_asked", lambda one: next(asked))
    notes: list[str] = []
    assert decision_settings(runs, {}, notes).objective == "f1"
    assert f"{copied} asked for another" in notes[0]


def test_runs_of_other_training_rows_are_told(monkeypatch):
    from kerascls.experiments.combining import candidates

    support = {"b": 1, "a": 1}
    found = {
        "x": bundle_of(),
        "y": bundle_of(path=Path("y"), train_support={"a": 5, "b": 1}),
        "z": bundle_of(path=Path("z"), train_support=support),
    }
    monkeypatch.setattr(candidates, "open_bundle", lambda path: found[str(path)])
    monkeypatch.setattr(candidates, "_twin_notes", lambda runs: [])
    notes: list[str] = []
    open_candidates(["x", "y", "z"], notes)
    assert notes == [
        "trained on other rows than x, whose training rows of each label are told: y"
    ]
