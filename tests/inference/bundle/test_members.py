"""An ensemble's bundle holds whole bundles, which stay as they were."""

import json
import shutil
from pathlib import Path

import pytest
from bundle_cases import change_manifest, manifest_of, write, write_model

import kerascls
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.errors import BundleError
from kerascls.inference.bundle import MANIFEST, Member, open_bundle, rewrite_decision


def no_model(folder: Path) -> None:
    (folder / "encoder.json").write_text('{"model": "ensemble", "config": {}}')


def other_model(folder: Path) -> None:
    write_model(folder)
    (folder / "model.safetensors").write_bytes(bytes(range(1, 101)))


def ensemble_of(path: Path, members):
    return write(path, no_model, runtime="ensemble", members=members)


@pytest.fixture
def ensemble(tmp_path) -> Path:
    """An ensemble of two, the second from a folder with files that are not its own."""
    parts = [
        write(tmp_path / "a"),
        write(tmp_path / "b 小", write_model=other_model),
    ]
    (parts[1].path / "mine.txt").write_text("of the user")
    members = [
        Member(f"runs/{part.path.name}", part, weight)
        for part, weight in zip(parts, (0.25, 0.75), strict=True)
    ]
    bundle = ensemble_of(tmp_path / "ensemble", members)
    for part in parts:
        shutil.rmtree(part.path)
    return bundle.path


def test_members_are_whole_and_need_nothing_outside(ensemble):
    members = open_bundle(ensemble).members
    assert [(one.name, one.weight) for one in members] == [
        ("runs/a", 0.25),
        ("runs/b 小", 0.75),
    ]
    for number, one in enumerate(members):
        assert one.bundle == open_bundle(ensemble / "members" / str(number))
        assert not (one.bundle.path / "mine.txt").exists()


def test_an_ensemble_can_be_a_member(ensemble, tmp_path):
    member = Member("runs/ensemble", open_bundle(ensemble), 1.0)
    outer = ensemble_of(tmp_path / "outer", [member])
    assert len(outer.members[0].bundle.members) == 2


def test_earlier_versions_do_not_call_it_damaged(ensemble):
    assert manifest_of(ensemble)["format_version"] == 3
    rewrite_decision(open_bundle(ensemble), Decision(Rule("threshold", 0.5)))
    assert manifest_of(ensemble)["format_version"] == 3
    assert manifest_of(ensemble / "members" / "0")["format_version"] == 2


def test_a_member_that_decides_otherwise_is_refused_with_the_way_back(ensemble):
    inner = ensemble / "members" / "0"
    rewrite_decision(open_bundle(inner), Decision(Rule("threshold", 0.5)))
    with pytest.raises(BundleError, match="changed since") as error:
        open_bundle(ensemble)
    assert f"`kerascls tune {inner} --undo`" in str(error.value)
    kerascls.tune(inner, undo=True)
    assert open_bundle(ensemble)


def lose_member(ensemble):
    shutil.rmtree(ensemble / "members" / "1")


def damage_member(ensemble):
    (ensemble / "members" / "1" / "model.safetensors").write_bytes(b"x" * 100)


def change_weights(ensemble):
    entries = manifest_of(ensemble)["members"]
    change_manifest(ensemble, members=[entries[0] | {"weight": 2}, entries[1]])


def make_negative(ensemble):
    entries = manifest_of(ensemble)["members"]
    weights = ({"weight": -0.5}, {"weight": 1.5})
    pairs = zip(entries, weights, strict=True)
    change_manifest(ensemble, members=[entry | weight for entry, weight in pairs])


def take_each_for_the_other(ensemble):
    first, second, aside = (ensemble / "members" / name for name in ("0", "1", "2"))
    for source, target in ((first, aside), (second, first), (aside, second)):
        source.rename(target)


def forget_weight(ensemble):
    change_manifest(ensemble, members=[{"name": "a"}, {"name": "b"}])


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lose_member, "members/1 is missing"),
        (damage_member, "differs from its SHA-256"),
        (take_each_for_the_other, "members/0 is another one's bundle"),
        (change_weights, "weights="),
        (make_negative, "weights="),
        (forget_weight, "damaged"),
    ],
)
def test_damage_of_members_is_found_when_the_ensemble_is_opened(ensemble, damage, told):
    damage(ensemble)
    with pytest.raises(BundleError, match=told):
        open_bundle(ensemble)


def test_the_manifest_leads_nowhere_else(ensemble, tmp_path):
    other = write(tmp_path / "other")
    entries = manifest_of(ensemble)["members"]
    away = [entry | {"folder": str(other.path)} for entry in entries]
    change_manifest(ensemble, members=away)
    for one in open_bundle(ensemble).members:
        assert one.bundle.path.is_relative_to(ensemble)


def test_ensembles_that_do_not_say_which_models_they_have_are_opened(ensemble):
    entries = manifest_of(ensemble)["members"]
    for entry in entries:
        del entry["model_sha256"]
    change_manifest(ensemble, members=entries)
    assert len(open_bundle(ensemble).members) == 2


def test_what_is_written_is_json_that_says_who_counts_how_much(ensemble):
    entries = json.loads((ensemble / MANIFEST).read_text("utf-8"))["members"]
    assert [entry["folder"] for entry in entries] == ["members/0", "members/1"]
    assert [entry["weight"] for entry in entries] == [0.25, 0.75]


def test_a_member_that_changes_while_it_is_copied_is_not_shipped(tmp_path):
    part = write(tmp_path / "a")
    rewrite_decision(part, Decision(Rule("threshold", 0.5)))
    with pytest.raises(BundleError, match="changed since"):
        ensemble_of(tmp_path / "ensemble", [Member("a", part, 1.0)])
    assert not (tmp_path / "ensemble").exists()
