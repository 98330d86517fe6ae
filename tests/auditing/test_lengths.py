"""Lengths in characters, or in the tokens of a bundle."""

from dataclasses import replace

import pytest

from kerascls.auditing.lengths import length_sections
from kerascls.inference.bundle import open_bundle


@pytest.fixture
def rows(rows_of):
    return rows_of([("新车", "汽车"), ("新车今天上海发布", ""), ("㐀㐁㐂", "")])


def test_without_a_bundle_characters_are_counted_and_said_to_be(rows):
    (section,) = length_sections(rows, None, 5)
    assert section.counts["unit"] == "characters"
    assert section.lines[0] == "counted in characters"
    assert section.counts["longer_rows"] == 1
    assert [one.row for (one,) in section.findings] == [1]
    assert section.counts["quantiles"][rows.files[0]][-1] == 8


def test_without_a_limit_nothing_is_too_long(rows):
    (section,) = length_sections(rows, None, None)
    assert (section.counts["longer_rows"], section.findings) == (0, ())


def test_a_bundle_counts_tokens_against_its_limit(rows, multilabel_run):
    bundle = open_bundle(multilabel_run.out)
    lengths, unknown = length_sections(rows, bundle, None)
    assert lengths.counts["unit"] == "tokens"
    assert lengths.counts["limit"] == bundle.input_spec.max_tokens == 16
    assert lengths.counts["quantiles"][rows.files[0]][0] == 5  # [CLS] 3 tokens [SEP]


def test_a_bundle_with_windows_counts_what_all_of_them_hold(rows, multilabel_run):
    bundle = open_bundle(multilabel_run.out)
    spec = replace(bundle.input_spec, max_tokens=5, max_windows=3, window_overlap=1)
    (lengths, _) = length_sections(rows, replace(bundle, input_spec=spec), None)
    assert lengths.counts["limit"] == 3 + 2 * 2 + 2
    assert lengths.counts["longer_rows"] == 1


def test_texts_of_unknown_tokens_are_found(rows, multilabel_run):
    unknown = length_sections(rows, open_bundle(multilabel_run.out), 4)[1]
    assert [(one.row, one.score) for (one,) in unknown.findings][0] == (2, 1.0)
    assert 3 / 13 <= unknown.counts["share"][rows.files[0]] < 1
