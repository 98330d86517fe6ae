"""Settings: merging, refusing, and coming back from files."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.labels import Task
from kerascls.errors import SettingsError
from kerascls.settings.model import DEFAULT_MODEL
from kerascls.settings.run_settings import FIELDS, OPTION_KEYS, RunSettings, choices


def test_defaults_name_the_default_model():
    assert RunSettings().model.name == DEFAULT_MODEL


def test_every_field_says_what_it_means():
    assert [key for key, field in FIELDS.items() if not field.description] == []


def test_flat_names_are_unique_across_groups():
    assert len(OPTION_KEYS) == len(FIELDS)
    assert OPTION_KEYS["model"] == "model.name"
    assert OPTION_KEYS["epochs"] == "train.epochs"


def test_options_set_fields_by_flat_name():
    settings = RunSettings.from_options(epochs=3, task="multilabel", text=("a", "b"))
    assert settings.train.epochs == 3
    assert settings.data.task is Task.MULTILABEL
    assert settings.data.text == ("a", "b")


def test_defaults_fill_in_what_has_no_value():
    settings = RunSettings.from_options(epochs=3).with_defaults(epochs=9, batch_size=8)
    assert settings.train.epochs == 3
    assert settings.train.batch_size == 8


def test_overrides_are_read_by_the_type_of_the_field():
    settings = RunSettings().with_overrides(
        ["train.learning_rate=1e-4", "data.text=title, content", "data.encoding=1"]
    )
    assert settings.train.learning_rate == 1e-4
    assert settings.data.text == ("title", "content")
    assert settings.data.encoding == "1"


def test_null_takes_a_setting_back_to_its_default():
    settings = RunSettings.from_options(epochs=3).with_overrides(["train.epochs=null"])
    assert settings.train.epochs is None


def test_an_unknown_setting_is_refused_with_the_nearest_name():
    with pytest.raises(
        SettingsError, match=r"(?s)Received: train.epoch='3'.*'train.epochs'"
    ):
        RunSettings().with_overrides(["train.epoch=3"])


def test_an_unknown_option_is_refused_with_the_nearest_name():
    with pytest.raises(SettingsError, match="an option.*mean 'batch_size'"):
        RunSettings.from_options(batchsize=8)


def test_an_unknown_key_in_a_dict_is_refused_with_the_nearest_name():
    with pytest.raises(SettingsError, match="Did you mean 'train.patience_epochs'"):
        RunSettings.from_dict({"train": {"patience": 2}})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("train.lr", "train.learning_rate"),
        ("lr", "train.learning_rate"),
        ("epochs", "train.epochs"),
        ("model.max_length", "model.max_tokens"),
        ("model.epochs", "train.epochs"),
    ],
)
def test_a_setting_is_found_by_its_field_and_by_other_names(name, meant):
    with pytest.raises(SettingsError, match=f"Did you mean '{meant}'"):
        RunSettings().with_overrides([f"{name}=3"])


def test_a_setting_given_twice_is_refused():
    with pytest.raises(SettingsError, match="epochs=2 beside train.epochs=1"):
        RunSettings().with_overrides(["train.epochs=1", "train.epochs=2"])


def test_what_is_known_is_told_once():
    with pytest.raises(SettingsError) as caught:
        RunSettings.from_dict({"train": dict.fromkeys("abc", 1), "status": "done"})
    lines = str(caught.value).splitlines()
    assert len(lines) == 4
    assert sum("train.epochs" in line for line in lines) == 2  # all, and of the group


def test_the_run_file_of_a_run_has_its_settings(tmp_path):
    settings = RunSettings.from_options(epochs=3)
    file = tmp_path / "run.json"
    file.write_text(json.dumps({"status": "done", "settings": settings.to_dict()}))
    assert RunSettings.read(file).train.epochs == 3


@pytest.mark.parametrize("files", ["a.csv", Path("a.csv"), ["a.csv"], ("a.csv",)])
def test_one_file_or_a_list_of_files_are_paths(files):
    assert RunSettings.from_options(train=files).data.train == (Path("a.csv"),)


def test_several_files_come_from_one_override():
    settings = RunSettings().with_overrides(["data.train=a.csv, b.csv"])
    assert settings.data.train == (Path("a.csv"), Path("b.csv"))


def test_a_file_with_a_comma_in_its_name_is_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a,b.csv").touch()
    settings = RunSettings().with_overrides(["data.test=a,b.csv", "data.text=a,b.csv"])
    assert settings.data.test == (Path("a,b.csv"),)
    assert settings.data.text == ("a", "b.csv")


def test_an_unknown_group_is_refused():
    with pytest.raises(SettingsError, match="`tain` is not a setting"):
        RunSettings.from_dict({"tain": {"epochs": 2}})


def test_a_group_that_is_no_table_is_refused():
    with pytest.raises(SettingsError, match="`train` cannot be used"):
        RunSettings.from_dict({"train": 3})


@pytest.mark.parametrize(
    "assignment",
    ["train.epochs=0", "train.epochs=x", "train.learning_rate=nan", "model.dropout=1"],
)
def test_a_value_out_of_range_is_refused_with_key_value_and_meaning(assignment):
    key, _, value = assignment.partition("=")
    with pytest.raises(SettingsError) as caught:
        RunSettings().with_overrides([assignment])
    assert f"`{key}` cannot be used" in str(caught.value)
    assert f"Received: {key}='{value}'" in str(caught.value)
    assert "What it means: " in str(caught.value)


def test_all_problems_are_told_at_once():
    with pytest.raises(SettingsError, match=r"(?s)model.truncate.*train.epochs"):
        RunSettings.from_dict({"train": {"epochs": 0}, "model": {"truncate": "x"}})


def test_an_assignment_without_equals_sign_is_refused():
    with pytest.raises(SettingsError, match="written as group.field=value"):
        RunSettings().with_overrides(["train.epochs"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", '{"train": {"epochs": 3, "epochs": 5}}'),
        ("a.json", '{"train": {"epochs": 3}, "train": {"seed": 5}}'),
        ("a.toml", "[train]\nepochs = 3\nepochs = 5\n"),
        ("a.toml", "[train]\nepochs = 3\n[train]\nseed = 5\n"),
    ],
)
def test_a_setting_that_is_there_twice_is_an_error(tmp_path, name, content):
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(SettingsError, match=rf"{name}' \("):
        RunSettings.read(tmp_path / name)


def test_settings_come_back_equal_from_json(tmp_path):
    settings = RunSettings.from_options(train="a.csv", text=("t",), threshold=0.25)
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(settings.to_dict()), encoding="utf-8")
    assert RunSettings.read(path) == settings


def test_toml_files_hold_groups_as_tables(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text('[data]\ntext = ["标题"]\n[train]\nepochs = 2\n', encoding="utf-8")
    settings = RunSettings.read(path)
    assert settings.data.text == ("标题",)
    assert settings.train.epochs == 2


@pytest.mark.parametrize("text", ["[train\n", "train = {", '[model]\nname = "\\q"'])
def test_malformed_toml_is_an_error_that_names_the_file(tmp_path, text):
    path = tmp_path / "run.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match="run.toml"):
        RunSettings.read(path)


def test_a_missing_file_is_an_error_that_names_it(tmp_path):
    with pytest.raises(SettingsError, match="none.toml"):
        RunSettings.read(tmp_path / "none.toml")


def test_closed_lists_of_words_are_known():
    assert choices("model.truncate") == ("head", "tail", "both")
    assert choices("data.task") == ("multiclass", "multilabel", "distribution")
    assert choices("train.epochs") == ()


@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=20))
def test_any_text_is_either_taken_or_refused_with_a_settings_error(key, text):
    try:
        settings = RunSettings().with_overrides([f"{key}={text}"])
    except SettingsError:
        return
    assert RunSettings.from_dict(settings.to_dict()) == settings


def test_the_split_has_the_seed_of_training_unless_it_has_its_own():
    assert RunSettings.from_options(seed=7).split_seed == 7
    assert RunSettings.from_options(seed=7, split_seed=0).split_seed == 0


def test_files_may_be_none_or_more_than_a_name_has_room_for():
    settings = RunSettings().with_overrides(["data.valid="])
    assert settings.data.valid == ()
    names = [f"part{number:04}.csv" for number in range(40)]
    settings = RunSettings().with_overrides([f"data.train={','.join(names)}"])
    assert [path.name for path in settings.data.train] == names
