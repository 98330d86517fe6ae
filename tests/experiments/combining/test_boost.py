"""`boost`: rounds of training, each with other weights, and their ensemble."""

import json

import pytest

import kerascls
from kerascls.errors import SettingsError
from kerascls.experiments.combining import boost as module
from kerascls.inference.bundle import open_bundle

LINEAR = {"model": "linear", "quiet": True}


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    pytest.importorskip("sklearn")
    out = tmp_path_factory.mktemp("boost") / "out"
    return kerascls.boost(out=out, rounds=2, **LINEAR)


def weights_of(run) -> dict[str, float]:
    facts = json.loads((run / "run.json").read_text("utf-8"))
    return facts["settings"]["train"]["label_weights"]


def test_each_round_is_a_run_and_all_are_an_ensemble(stack):
    folder = stack.out.parent
    assert stack.out.name == "ensemble"
    assert [one.name for one in stack.members] == [
        str(folder / "round-1"),
        str(folder / "round-2"),
    ]
    assert open_bundle(stack.out).members
    assert stack.report.best_member is not None


def test_the_second_round_weighs_labels_by_what_the_first_missed(stack):
    first, second = (weights_of(stack.out.parent / f"round-{n}") for n in (1, 2))
    assert first == {}
    assert set(second) == set(open_bundle(stack.out).label_set)
    assert max(second.values()) > 1 > min(second.values())


def test_finished_rounds_are_only_read(stack, monkeypatch):
    from kerascls.training.linear.job import LinearJob

    def refuse(*_, **__):
        raise AssertionError("it trained again")

    monkeypatch.setattr(LinearJob, "train", refuse)
    again = kerascls.boost(out=stack.out.parent, rounds=2, resume=True, quiet=True)
    assert again.members == stack.members


def test_another_stack_is_not_replaced_unasked(stack):
    with pytest.raises(SettingsError, match="There is a stack already"):
        kerascls.boost(out=stack.out.parent, **LINEAR)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"rounds": 1}, "two rounds or more"),
        ({"resume": True}, "a stack to go on with"),
        ({"train": "absent.csv"}, "absent.csv"),
    ],
)
def test_what_cannot_be_leaves_nothing(tmp_path, options, told):
    with pytest.raises(kerascls.errors.KerasclsError, match=told):
        kerascls.boost(out=tmp_path / "out", **LINEAR, **options)
    assert not (tmp_path / "out").exists()


def test_where_nothing_is_left_to_correct_one_round_is_all(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_next", lambda *_: None)
    found = kerascls.boost(out=tmp_path / "out", **LINEAR)
    assert found.bundle == tmp_path / "out" / "round-1" / "bundle"
    assert "one round was enough" in found.notes[0]
    assert json.dumps(found.to_dict())


def test_an_interrupt_says_how_to_go_on(tmp_path, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(module.training, "fit", interrupt)
    line = "kerascls boost --resume --rounds 3 --out"
    with pytest.raises(KeyboardInterrupt, match=line):
        kerascls.boost(out=tmp_path / "out", **LINEAR)
    assert (tmp_path / "out" / "boost.json").is_file()


def test_a_stack_that_ended_before_its_first_round_goes_on_with_its_own_settings(
    tmp_path, monkeypatch
):
    asked = []

    def interrupt(settings, **_):
        asked.append(settings)
        raise KeyboardInterrupt

    monkeypatch.setattr(module.training, "fit", interrupt)
    out = tmp_path / "out"
    for options in ({"train": "news.csv", "seed": 7, **LINEAR}, {"resume": True}):
        with pytest.raises(KeyboardInterrupt):
            kerascls.boost(out=out, **options)
    assert asked[0] == asked[1]
    assert str(asked[1].data.train[0]) == "news.csv"
    with pytest.raises(SettingsError, match="train.seed=8, not 7"):
        kerascls.boost(out=out, resume=True, seed=8)
    assert (out / "boost.json").is_file()


def test_a_stack_of_tables_in_memory_goes_on_in_python(tmp_path, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(module.training, "fit", interrupt)
    out = tmp_path / "out"
    line = r"kerascls.boost\(train=..., rounds=3, out=.*resume=True\)"
    with pytest.raises(KeyboardInterrupt, match=line):
        kerascls.boost(train=(["a", "b"], ["x", "y"]), out=out, **LINEAR)
    with pytest.raises(SettingsError, match=r"Give it once more: kerascls.boost\("):
        kerascls.boost(out=out, resume=True)


def test_a_label_that_there_is_not_is_refused(tmp_path):
    with pytest.raises(kerascls.errors.DataError, match="label='火箭'"):
        kerascls.fit(out=tmp_path / "out", label_weights={"火箭": 2.0}, **LINEAR)
