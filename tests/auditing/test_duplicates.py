"""Equal texts, inside files and between them, and texts that are empty."""

import pytest

from kerascls.auditing.duplicates import duplicate_sections
from kerascls.auditing.rows import read_rows


@pytest.fixture
def sections(rows_of):
    train = [
        ("足球", "体育"),
        ("足球", "体育"),
        ("新车", "汽车"),
        (" ", "体育"),
        ("书", ""),
    ]
    test = [("足球", "体育"), ("新车", "体育|汽车"), ("船", "")]
    return {s.kind: s for s in duplicate_sections(rows_of(train, test))}


def found(section):
    return [[(one.row, one.suggestion) for one in f] for f in section.findings]


def test_copies_point_to_the_first_of_them(sections):
    ((first, copy),) = found(sections["duplicate"])
    assert first == (0, "keep")
    assert copy[0] == 1
    assert copy[1].startswith("remove: repeats ")
    assert copy[1].endswith("0.csv:2")


def test_leaks_are_counted_in_texts_and_rows(sections):
    (overlap,) = sections["leak"].counts["overlaps"]
    assert (overlap["texts"], overlap["rows"]) == (2, [3, 2])
    rows = [[row for row, _ in finding] for finding in found(sections["leak"])]
    assert rows == [[0, 1, 5], [2, 6]]
    assert found(sections["leak"])[1][0][1].endswith("1.csv:3")


def test_the_same_text_with_other_labels_is_a_conflict(sections):
    ((one, other),) = found(sections["conflict"])
    assert [one[0], other[0]] == [2, 6]
    assert one[1] == other[1] == ""  # one against one: nothing leads


def test_the_majority_is_suggested_and_no_label_is_a_list(rows_of):
    rows = rows_of([("书", ""), ("书", "教育"), ("书", "")])
    conflict = duplicate_sections(rows)[2]
    assert {one.suggestion for one in conflict.findings[0]} == {"[]"}


def test_the_order_of_labels_makes_no_conflict(rows_of):
    rows = rows_of([("书", "教育|汽车"), ("书", "汽车|教育")])
    assert duplicate_sections(rows)[2].findings == ()


def test_empty_texts_are_no_conflict(rows_of):
    sections = duplicate_sections(rows_of([("", "教育"), ("", "汽车")]))
    assert sections[2].findings == ()
    assert len(sections[3].findings) == 2


def test_weibo_sentiment_has_the_known_faults(shared_data):
    folder = shared_data / "weibo_sentiment"
    names = [str(folder / f"{part}.csv") for part in ("train", "test")]
    sections = {s.kind: s for s in duplicate_sections(read_rows(names))}
    assert sections["duplicate"].counts["repeated_rows"][names[0]] == 1476
    (overlap,) = sections["leak"].counts["overlaps"]
    assert (overlap["texts"], overlap["rows"]) == (646, [1037, 680])
    assert sum(sections["empty_text"].counts["rows"].values()) == 57
    assert len(sections["empty_text"].findings) == 57
