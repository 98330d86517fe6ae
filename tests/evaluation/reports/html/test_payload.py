"""The payload holds all that the page shows, as JSON, and no more with more rows."""

import json
from dataclasses import replace

import numpy as np

from kerascls.evaluation.reports.details import details_of
from kerascls.evaluation.reports.html.payload import MAX_CHARS, payload
from kerascls.evaluation.reports.tables import detail_lines, report_lines


def test_it_is_plain_json(report, scored):
    content = payload(report, scored)
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert (content["rows"], content["wrong"], content["known"]) == (5, 2, 2)
    assert content["labels"] == list(scored.labels)
    assert content["history"] is None


def test_notes_are_the_sentences_of_the_report(report, scored):
    details = details_of(scored, [0.25, 0.25], resamples=20)
    content = payload(replace(report, details=details), scored)
    assert content["notes"] == report_lines(report)
    assert content["more"] == detail_lines(details)[1:]


def test_an_early_report_without_details_gets_them(report, scored):
    assert report.details is None
    thresholds = report.rule.threshold_of(scored.known)
    expected = detail_lines(details_of(scored, thresholds))[1:]
    assert payload(report, scored)["more"] == expected


def test_what_training_did_to_each_label_has_lines_cells_and_bars(
    report, scored, effects
):
    assert payload(report, scored)["effects"] is None
    content = payload(replace(report, label_effects=effects), scored)
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    found = content["effects"]
    assert found["headings"] == ["label", "in training", "effective rows", "weight"]
    assert found["rows"][1] == ["教育 education", "9", "30.0", "3.333"]
    assert found["bars"] == [[90, 30], [9, 30], [1, 30]]


def test_mistakes_are_as_many_as_asked_for_and_texts_are_cut(report, make_scored):
    targets = np.eye(4, dtype=bool)
    chosen = targets[::-1]
    rows = make_scored(
        targets, chosen * 0.9, chosen, report.scores.labels, texts=[("x" * 9999,)] * 4
    )
    mistakes = payload(report, rows, max_mistakes=3)["mistakes"]
    assert len(mistakes) == 3
    assert all(len(one["texts"][0]) == MAX_CHARS and one["cut"] for one in mistakes)


def test_its_size_does_not_grow_with_the_rows(report, make_scored):
    def size(rows):
        random = np.random.default_rng(0)
        probabilities = random.random((rows, 4)).astype(np.float32)
        chosen = probabilities > 0.25
        scored = make_scored(
            random.random((rows, 4)) < 0.3, probabilities, chosen, report.scores.labels
        )
        return len(json.dumps(payload(report, scored)))

    assert size(4000) < 1.3 * size(400)
