"""Label counts, labels that a file lacks, labels always or never together."""

import pytest

from kerascls.auditing.labels import label_sections


def test_labels_are_counted_for_each_file(rows_of):
    rows = rows_of([("a", "体育"), ("b", "体育|汽车")], [("c", "军事"), ("d", "")])
    counts = label_sections(rows)[0].counts
    first, second = rows.files
    assert counts["rows"][first] == {"体育": 2, "军事": 0, "汽车": 1}
    assert counts["missing"] == {first: ["军事"], second: ["体育", "汽车"]}
    assert counts["unlabelled_rows"] == {first: 0, second: 1}


@pytest.mark.parametrize(
    ("known", "line"),
    [
        (["体育", "军事", "汽车"], None),
        (["体育", "军事"], "no such label as 汽车: it can never give it"),
        (["体育"], "no such label as 军事, 汽车: it can never give one of these"),
    ],
)
def test_labels_that_a_bundle_does_not_know_are_named(rows_of, known, line):
    rows = rows_of([("a", "体育"), ("b", "体育|汽车"), ("c", "军事")])
    section = label_sections(rows, known)[0]
    said = [one for one in section.lines if "the bundle has" in one]
    assert [one.removeprefix("the bundle has ") for one in said] == [line] * bool(line)
    assert len(section.counts["unknown_to_bundle"]) == 3 - len(known)


def test_pairs_are_a_matter_of_multilabel(rows_of):
    kinds = [s.kind for s in label_sections(rows_of([("a", "体育")], label="label"))]
    assert kinds == ["label_count"]


def test_a_label_never_without_another_is_named(rows_of):
    rows = rows_of([("a", "球|足球")] * 5 + [("b", "球")] * 3)
    pairs = label_sections(rows)[1].counts
    assert pairs["always"] == [["足球", "球"]]
    assert pairs["together"] == [["球", "足球", 5]]


def test_labels_never_together_are_named_where_chance_would_have_joined_them(rows_of):
    rows = rows_of([("a", "好"), ("b", "坏")] * 11 + [("c", "稀")])
    assert label_sections(rows)[1].counts["never"] == [
        ["坏", "好", 5.26]
    ]  # 11 * 11 / 23


def test_few_rows_prove_nothing(rows_of):
    pairs = label_sections(rows_of([("a", "好"), ("b", "坏"), ("c", "好|新")]))[1]
    assert (pairs.counts["always"], pairs.counts["never"]) == ([], [])
