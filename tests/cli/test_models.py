"""`kerascls models`."""

import json

import pytest

from kerascls.cli import models
from kerascls.models.classic.config import CLASSICS
from kerascls.models.presets import PRESETS


def test_all_presets_are_listed(run):
    outcome = run("models")
    assert outcome.code == 0
    assert all(name in outcome.out for name in PRESETS)


def test_found_weights_are_shown(run, tmp_path, monkeypatch):
    folder = tmp_path / "albert_small_zh_google"
    folder.mkdir()
    (folder / "albert_model.ckpt.index").touch()
    monkeypatch.setenv("KERASCLS_PRETRAINED", str(tmp_path))
    assert str(folder) in run("models").out


def test_the_linear_model_needs_no_weights(run):
    (line,) = [
        row for row in run("models").out.splitlines() if row.startswith("linear")
    ]
    assert "none needed" in line


def test_json_has_a_row_for_each_preset(run):
    rows = json.loads(run("models", "--json").out)
    assert [row["name"] for row in rows] == list(PRESETS)
    assert all(row["parameters"] > 5e4 for row in rows)
    without = ["linear", *CLASSICS]
    assert [row["name"] for row in rows if not row["has_pretrained"]] == without
    assert [row["name"] for row in rows if not row["hub"]] == without
    weights = {row["name"]: row["hub_weights"] for row in rows}
    assert weights["macbert"] == "pytorch_model.bin"
    assert weights["linear"] is None
    assert {row["name"] for row in rows if row["pooling"] == "mean"} == {
        "multilingual_e5_small"
    }


def test_all_that_are_on_the_hub_are_said_to_load_from_there(run):
    on_hub = sum(preset.hub is not None for preset in PRESETS.values())
    assert f"all {on_hub} are read as they lie there" in run("models").out


@pytest.mark.parametrize("columns", [80, 60])
def test_a_narrow_screen_is_not_exceeded(run, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(models, "screen_width", lambda stream: columns)
    lines = run("models").out.splitlines()
    listed = lines[: lines.index("")]
    assert max(map(len, listed)) <= max(columns, 69)
