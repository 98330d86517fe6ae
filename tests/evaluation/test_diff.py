"""Two runs on the same test rows, matched by label name."""

import json
from dataclasses import replace

import numpy as np
import pytest

import kerascls
from kerascls.data.labels import Task
from kerascls.errors import BundleError, SettingsError
from kerascls.evaluation.diff import diff
from kerascls.evaluation.metrics.bootstrap import paired_bootstrap
from kerascls.evaluation.reports import render_difference
from kerascls.evaluation.scored_rows import TEST_ROWS_FILE, ScoredRows

TRUTH = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]] * 5, bool)
LABELS = ("体育", "教育", "[red]")


@pytest.fixture
def save(tmp_path):
    """Writes scored rows as a run would; returns its directory."""

    def save(
        name, chosen, labels=LABELS, targets=TRUTH, known=3, sha256="a" * 64, **more
    ):
        out = tmp_path / name
        out.mkdir()
        ScoredRows(
            task=Task.MULTILABEL,
            labels=labels,
            targets=targets,
            probabilities=chosen.astype(np.float32),
            chosen=chosen,
            known=known,
            rows_sha256=sha256,
            lines=np.arange(len(targets)) + 2,
            **more,
        ).save(out / TEST_ROWS_FILE)
        return out

    return save


def worse():
    chosen = TRUTH.copy()
    chosen[:3] = ~chosen[:3]
    return chosen


def test_scores_are_those_of_the_paired_bootstrap(save):
    found = diff(save("a", worse()), save("b", TRUTH), resamples=100, seed=3)
    expected = paired_bootstrap(TRUTH, worse(), TRUTH, resamples=100, seed=3)
    assert found.bootstrap == expected
    assert found.bootstrap.headline["accuracy"].difference == pytest.approx(3 / 20)
    assert (found.only_a, found.only_b, found.rows) == (0, 3, 20)


def with_decision(out, sha256):
    (out / "bundle").mkdir()
    facts = {"decision": "d.json", "files": {"d.json": {"sha256": sha256}}}
    (out / "bundle" / "manifest.json").write_text(json.dumps(facts))
    return out


def test_a_run_that_was_tuned_since_is_named(save):
    a = with_decision(save("a", worse(), decision_sha256="old"), "new")
    b = with_decision(save("b", TRUTH, decision_sha256="same"), "same")
    assert diff(a, b, resamples=2).tuned_since == (str(a),)
    text = render_difference(diff(a, b, resamples=2))
    assert f"{a} was tuned since" in text


def test_rows_that_do_not_say_how_they_were_decided_are_compared(save):
    a = with_decision(save("a", worse()), "new")
    assert diff(a, save("b", TRUTH), resamples=2).tuned_since == ()


def test_rows_only_one_run_got_right_are_counted(save):
    other = TRUTH.copy()
    other[5] = ~other[5]
    found = diff(save("a", worse()), save("b", other))
    assert (found.only_a, found.only_b) == (1, 3)


def test_columns_are_matched_by_name(save):
    order = [2, 0, 1]
    names = tuple(LABELS[column] for column in order)
    a = save("a", worse())
    b = save("b", worse()[:, order], names, TRUTH[:, order])
    assert all(one.difference == 0 for one in diff(a, b).bootstrap.classes)
    assert diff(a, b).moved() == []


def test_a_label_that_a_run_lacks_counts_as_never_given(save):
    # B knows a label that is nowhere true and that it gives once.
    more = np.zeros((20, 1), bool)
    chosen = np.hstack([TRUTH, more])
    chosen[0, 3] = True
    b = save("b", chosen, (*LABELS, "more"), np.hstack([TRUTH, more]), known=4)
    found = diff(save("a", TRUTH), b)
    assert found.labels == (*LABELS, "more")
    assert (found.lacked_by_a, found.lacked_by_b) == (("more",), ())
    last = found.bootstrap.classes[-1]
    assert np.isnan(last.a) and (last.b, last.difference) == (0, 0)
    assert (found.only_a, found.only_b) == (1, 0)


def test_the_classes_that_moved_most_come_first(save):
    chosen = TRUTH.copy()
    chosen[:8, 0] = False
    chosen[:3, 1] = False
    moved = diff(save("a", TRUTH), save("b", chosen)).moved()
    assert [name for name, *_ in moved] == ["体育", "教育"]
    assert [support for _, support, _ in moved] == [10, 10]
    assert moved[0][2].difference < moved[1][2].difference < 0


def test_other_test_rows_are_refused(save):
    a, b = save("a", TRUTH), save("b", TRUTH, sha256="b" * 64)
    with pytest.raises(SettingsError, match="same test rows.*aaaaaaaaaaaa.*--report"):
        diff(a, b)


def test_equal_hashes_with_other_truth_are_damage(save):
    with pytest.raises(BundleError, match="damaged"):
        diff(save("a", TRUTH), save("b", TRUTH, targets=worse()))


def test_a_directory_without_scored_rows_is_an_error(save, tmp_path):
    with pytest.raises(BundleError, match="scored rows of a run"):
        diff(save("a", TRUTH), tmp_path)


def test_the_result_is_plain_json(save):
    unused = np.zeros((20, 1), bool)
    rows = [np.hstack([array, unused]) for array in (worse(), TRUTH)]
    a = save("a", rows[0], (*LABELS, "never"), rows[1])
    b = save("b", rows[1], (*LABELS, "never"), rows[1])
    values = json.loads(json.dumps(kerascls.diff(a, b).to_dict(), allow_nan=False))
    assert values["only_b_right"] == 3
    assert values["classes"]["never"]["difference"] is None
    assert values["classes"]["体育"]["support"] == 10


def test_distributions_are_compared_by_their_distances(save):
    shares = np.float32(TRUTH / TRUTH.sum(axis=1, keepdims=True))
    runs = []
    for name, smoothing in (("a", 0.5), ("b", 0.1)):
        out = save(name, TRUTH, weights=shares)
        rows = ScoredRows.load(out / TEST_ROWS_FILE)
        predicted = np.float32((1 - smoothing) * shares + smoothing / 3)
        replace(rows, task=Task.DISTRIBUTION, probabilities=predicted).save(
            out / TEST_ROWS_FILE
        )
        runs.append(out)
    found = diff(*runs)
    assert found.bootstrap.headline["kl"].high < 0
    assert found.bootstrap.headline["cosine"].low > 0
    assert "Jensen-Shannon" in render_difference(found)
