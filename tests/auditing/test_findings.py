"""What an audit found, by kind and as plain types."""

import json

import pytest

from kerascls.auditing.findings import (
    Audit,
    FoundRow,
    Section,
    listed,
    row_fields,
    short_names,
)
from kerascls.errors import SettingsError
from kerascls.system.words import count


@pytest.fixture
def found(rows_of):
    rows = rows_of([("新车", "汽车|体育"), ("", "体育")], [("足球", "体育")])
    finding = (FoundRow(0, "keep"), FoundRow(2, "remove", 0.25))
    section = Section("leak", "Leaks", {"texts": 1}, ("one",), "Look.", (finding,))
    return Audit(rows, (section,))


def test_a_section_is_found_by_its_kind(found):
    assert found.section("leak") is found.sections[0]


def test_an_unknown_kind_is_refused_with_those_there_are(found):
    with pytest.raises(SettingsError, match="leak.*Received: kind='leaks'"):
        found.section("leaks")


def test_a_row_says_where_it_is_and_what_to_do(found):
    fields = row_fields(found.rows, FoundRow(0, "keep"))
    assert (fields["file"], fields["line"]) == (found.rows.files[0], 2)
    assert (fields["text"], fields["labels"]) == ("新车", ["汽车", "体育"])
    assert (fields["suggestion"], fields["score"]) == ("keep", None)
    assert fields["row"] == found.rows.key(0)


def test_everything_is_plain_json(found):
    plain = found.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    first, second = found.rows.files
    assert plain["files"] == {first: 2, second: 1}
    (section,) = plain["sections"]
    assert [row["file"] for row in section["findings"][0]] == [first, second]


@pytest.mark.parametrize(
    ("files", "short"),
    [
        (("a/x.csv", "b/y.csv"), ("x.csv", "y.csv")),
        (("a/x.csv", "b/x.csv"), ("a/x.csv", "b/x.csv")),
    ],
)
def test_folders_are_shown_where_names_are_the_same(files, short):
    assert short_names(files) == short


def test_numbers_go_with_their_nouns():
    assert [count(n, "row") for n in (0, 1, 1476)] == ["0 rows", "1 row", "1,476 rows"]


def test_long_lists_end_with_how_many_more():
    assert listed(["a", "b"], limit=2) == "a, b"
    assert listed(["a", "b", "c"], limit=2) == "a, b and 1 more"
