"""One value for how a file is read."""

from typing import get_type_hints

import pytest

import kerascls
from kerascls.data.labels import Task
from kerascls.data.readers import ReadKeywords, ReadOptions
from kerascls.data.readers.read_options import READ_KEYWORDS, ColumnKeywords
from kerascls.errors import KeywordError, SettingsError
from kerascls.settings.data import DataSettings

TRAINING = ReadOptions(
    text=("title", "body"), label="kind", label_separator=";", task="multilabel"
)


def test_values_have_their_types_however_they_are_given():
    options = ReadOptions(text="title", task="multiclass")
    assert (options.text, options.task) == (("title",), Task.MULTICLASS)
    assert ReadOptions(text=["a", "b"]).text == ("a", "b")
    assert ReadOptions(text=None).text == ()


@pytest.mark.parametrize(
    ("keyword", "message"),
    [
        ({"task": "other"}, "task='other'"),
        ({"label_separator": ""}, "label_separator=''"),
        ({"label_separator": "||"}, r"label_separator='\|\|'"),
        ({"format": "xls"}, "format='xls'"),
        ({"encoding": "utf-9"}, "encoding='utf-9'"),
    ],
)
def test_a_value_without_meaning_is_refused_when_it_is_stated(keyword, message):
    with pytest.raises(SettingsError, match=message):
        ReadOptions(**keyword)


def test_the_separator_is_a_bar_unless_stated():
    assert (ReadOptions().separator, TRAINING.separator) == ("|", ";")


def test_what_is_not_stated_of_the_columns_is_as_in_training():
    options = ReadOptions(encoding="gb18030", format="csv", skip_bad_rows=True)
    found = options.as_in(TRAINING)
    assert (found.text, found.label) == (("title", "body"), "kind")
    assert (found.separator, found.task) == (";", Task.MULTILABEL)
    assert (found.encoding, found.format, found.errors) == ("gb18030", "csv", "skip")


def test_what_is_stated_goes_before_training():
    stated = ReadOptions(text=("a", "b"), label="c", label_separator="|")
    found = stated.as_in(TRAINING)
    assert (found.text, found.label, found.separator) == (("a", "b"), "c", "|")


@pytest.mark.parametrize("keyword", [{"text": "a"}, {"task": "multiclass"}])
def test_what_no_file_of_that_training_has_is_refused(keyword):
    with pytest.raises(SettingsError, match=r"2 text column\(s\) and task=multilabel"):
        ReadOptions(**keyword).as_in(TRAINING)


def test_keywords_are_the_fields():
    assert set(get_type_hints(ReadKeywords)) == set(READ_KEYWORDS)
    assert set(get_type_hints(ColumnKeywords)) == set(READ_KEYWORDS) - {"format"}
    assert set(READ_KEYWORDS) <= set(DataSettings.model_fields)


def test_settings_without_any_are_the_defaults():
    options = DataSettings().read_options()
    assert options.as_in(TRAINING).text == TRAINING.text
    assert options == ReadOptions()


CALLS = {
    "audit": ("a.csv",),
    "evaluate": ("run", "a.csv"),
    "export": ("run",),
    "relabel": ("a.csv", "b.csv", "c.csv"),
    "tune": ("run", "a.csv"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_misspelt_keyword_is_refused_with_the_nearest(name):
    message = rf"{name}\(\).*lable='x'. Did you mean 'label'\?.* skip_bad_rows"
    with pytest.raises(KeywordError, match=message):
        getattr(kerascls, name)(*CALLS[name], lable="x")


@pytest.mark.parametrize("name", CALLS)
def test_a_value_without_meaning_is_refused_by_each_function(name):
    with pytest.raises(SettingsError, match="task='other'"):
        getattr(kerascls, name)(*CALLS[name], task="other")


@pytest.mark.parametrize(
    ("name", "keyword", "near"),
    [
        ("evaluate", "runtme", "runtime"),
        ("tune", "objectve", "objective"),
        ("audit", "max_token", "max_tokens"),
        ("export", "inputformat", "input_format"),
    ],
)
def test_a_function_s_own_keywords_are_offered_too(name, keyword, near):
    with pytest.raises(SettingsError, match=f"Did you mean '{near}'"):
        getattr(kerascls, name)(*CALLS[name], **{keyword: "x"})
