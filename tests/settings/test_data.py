"""Settings of what is read, and the options they make."""

import pytest

from kerascls.data.labels import Task
from kerascls.data.readers import ReadOptions
from kerascls.errors import SettingsError
from kerascls.settings.data import DataSettings
from kerascls.settings.run_settings import RunSettings


def test_one_text_column_may_be_given_as_a_plain_text():
    assert RunSettings.from_options(text="title").data.text == ("title",)


def test_defaults_read_as_a_reader_does_without_options():
    options = DataSettings().read_options()
    assert options == ReadOptions()


@pytest.mark.parametrize("name", ["label_names", "url_labels"])
def test_a_file_of_names_is_the_same_in_another_directory(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert getattr(DataSettings(**{name: "class.txt"}), name) == tmp_path / "class.txt"


def test_every_setting_of_reading_arrives():
    stated = {
        "label": "l",
        "label_separator": ";",
        "format": "tsv",
        "encoding": "gb18030",
        "skip_bad_rows": True,
        "task": Task.MULTILABEL,
    }
    settings = DataSettings(text=("a", "b"), **stated)
    assert settings.read_options() == ReadOptions(text=("a", "b"), **stated)


@pytest.mark.parametrize(
    ("text", "columns"), [((), ("text", "answer")), (("a", "b"), ("a", "b", "answer"))]
)
def test_the_second_text_of_a_pair_is_the_last_column(text, columns):
    settings = DataSettings(text=text, text_pair="answer")
    assert settings.read_options().text == columns


@pytest.mark.parametrize("text", [(), ("a", "text")])
def test_both_texts_of_a_pair_in_one_column_are_refused(text):
    with pytest.raises(SettingsError, match="text_pair=text"):
        DataSettings(text=text, text_pair="text").read_options()


@pytest.mark.parametrize(
    "option", [{"encoding": "utf-9"}, {"format": "docx"}, {"label_separator": "ab"}]
)
def test_what_a_reader_refuses_is_refused_when_options_are_made(option):
    with pytest.raises(SettingsError):
        DataSettings(**option).read_options()
