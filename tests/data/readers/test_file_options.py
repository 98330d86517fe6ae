"""How bytes become rows, as one value."""

from typing import get_type_hints

import pytest

from kerascls.data.readers.file_options import (
    TABLE_KEYWORDS,
    FileKeywords,
    FileOptions,
    TableKeywords,
)
from kerascls.errors import SettingsError


def test_keywords_are_the_fields():
    assert set(get_type_hints(TableKeywords)) == set(TABLE_KEYWORDS)
    assert set(get_type_hints(FileKeywords)) == {*TABLE_KEYWORDS, "format"}


@pytest.mark.parametrize("delimiter", ["\t", "tab", r"\t"])
def test_a_tab_has_names(delimiter):
    assert FileOptions(delimiter=delimiter).delimiter == "\t"


@pytest.mark.parametrize(
    "columns", ["label,text", ["label", "text"], ("label, text",), ["label,text"]]
)
def test_columns_are_joined_by_commas_or_listed(columns):
    options = FileOptions(no_header=True, columns=columns)
    assert options.columns == ("label", "text")


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"delimiter": "||"}, r"delimiter='\|\|'"),
        ({"delimiter": ""}, "delimiter=''"),
        ({"delimiter": '"'}, "of one character"),
        ({"quoting": "off"}, "auto, none, csv.*quoting='off'"),
        ({"header_row": 0}, "header_row=0"),
        ({"no_header": True}, "`--no-header --columns label,text`"),
        ({"columns": "a,b"}, "`--no-header --columns label,text`"),
        ({"no_header": True, "columns": "a", "header_row": 2}, "header_row=2"),
        ({"no_header": True, "columns": "a,,b"}, "columns='a,,b'"),
        ({"no_header": True, "columns": "a,a"}, "none twice"),
        ({"encoding": "utf-99"}, "encoding='utf-99'"),
    ],
)
def test_a_value_without_meaning_is_refused(keywords, message):
    with pytest.raises(SettingsError, match=message):
        FileOptions(**keywords)


def test_what_differs_from_the_defaults_is_stated():
    options = FileOptions(format="csv", encoding="utf-8", delimiter=";")
    assert options.stated == ("delimiter",)
