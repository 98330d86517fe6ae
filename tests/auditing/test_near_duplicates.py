"""Near duplicates are grouped; files and labels of a group are compared."""

import pytest

from kerascls.auditing.near_duplicates import check_threshold, near_section
from kerascls.errors import SettingsError

LONG = "中国队在昨晚的比赛中以三比二战胜了日本队取得了小组第一"


def test_groups_say_whether_files_and_labels_differ(rows_of):
    train = [(LONG, "体育"), ("新车今天在上海发布续航更长", "汽车"), (LONG, "体育")]
    test = [(f"{LONG}！", "体育|军事"), (f"{LONG}名", "体育")]
    section = near_section(rows_of(train, test), 0.8)
    (finding,) = section.findings
    assert [one.row for one in finding] == [0, 3, 4]  # row 2 equals row 0
    assert "several files" in finding[0].suggestion
    assert "labels differ" in finding[0].suggestion
    assert section.counts["groups_with_different_labels"] == 1
    assert finding[1].score == 1.0


def test_files_and_labels_of_every_copy_are_compared(rows_of):
    rows = rows_of([("a b c d e", "x"), ("A B C D E!", "x")], [("a b c d e", "y")])
    section = near_section(rows, 0.8)
    assert section.counts["groups_in_several_files"] == 1
    assert section.counts["groups_with_different_labels"] == 1
    assert section.counts["texts"] == 2
    assert "several files; labels differ" in section.findings[0][0].suggestion


def test_the_same_labels_in_one_file_are_said_to_be_the_same(rows_of):
    section = near_section(rows_of([(LONG, "体育"), (f"{LONG}。", "体育")]), 0.8)
    assert section.findings[0][0].suggestion == "same labels"
    assert section.counts["groups_in_several_files"] == 0


def test_empty_texts_are_left_to_their_own_section(rows_of):
    assert near_section(rows_of([("", "体育"), (" ", "体育")]), 0.8).findings == ()


def test_n_grams_are_longer_where_texts_are_english(rows_of):
    section = near_section(rows_of([("the cat sat", "a"), ("on the mat", "b")]), 0.8)
    assert section.counts["ngram_chars"] == 4


@pytest.mark.parametrize("near", [0, 0.4, 1.1, float("nan")])
def test_a_threshold_without_meaning_is_refused(near):
    with pytest.raises(SettingsError, match="near="):
        check_threshold(near)
