"""What a sampler, a loss or weights do to each label, counted."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_jobs import job_on

from kerascls.data.label_counts import LabelCounts
from kerascls.data.labels import LABEL_TASKS, LabelSet, Task
from kerascls.data.targets import Targets
from kerascls.evaluation.reports.label_effects import EFFECTS
from kerascls.settings.imbalance import METHODS
from kerascls.training.build import training_loss
from kerascls.training.label_effects import effective_counts, label_effects

NAMES = ("a", "b", "c")
ROWS = st.lists(st.lists(st.sampled_from(NAMES), unique=True), min_size=1, max_size=20)


def targets_of(rows):
    return Targets.from_labels(rows, LabelSet(NAMES))


@given(ROWS, st.data())
def test_rows_count_as_often_as_they_are_drawn_and_weigh(rows, data):
    targets = targets_of(rows)
    places = st.integers(0, len(rows) - 1)
    drawn = np.array(data.draw(st.lists(places, max_size=30)), np.int64)
    weights = np.array(data.draw(st.lists(st.floats(0, 9), min_size=20, max_size=20)))
    of_labels = np.array(data.draw(st.lists(st.floats(0, 9), min_size=3, max_size=3)))
    found = effective_counts(targets, drawn, weights[: len(rows)], of_labels)
    hot = targets.multi_hot()
    expected = (hot[drawn] * weights[drawn][:, None]).sum(axis=0) * of_labels
    assert found == pytest.approx(expected)


@given(ROWS)
def test_rows_that_come_once_count_once(rows):
    targets = targets_of(rows)
    found = effective_counts(targets, np.arange(len(rows)))
    assert found.tolist() == targets.multi_hot().sum(axis=0).tolist()


@pytest.fixture(scope="module")
def jobs(multilabel_files, tmp_path_factory, write_csv):
    """A job of each task, the multi-class one of 12, 6 and 2 rows."""
    names = [*"a" * 12, *"b" * 6, *"c" * 2]
    rows = [(f"文本{n}", name) for n, name in enumerate(names)]
    folder = tmp_path_factory.mktemp("jobs")
    path = write_csv(folder / "train.csv", ("text", "label"), rows)
    return {
        Task.MULTILABEL: job_on(multilabel_files),
        Task.MULTICLASS: job_on({"train": path, "valid": path}),
    }


def effects_of(job, **options):
    job = replace(job, settings=job.settings.with_options(**options))
    return label_effects(job, training_loss(job))


@pytest.mark.parametrize(
    "task, method",
    [
        (task, name)
        for name, row in METHODS.items()
        for task in row.tasks
        if task in LABEL_TASKS
    ],
)
def test_every_method_has_numbers_for_each_label(jobs, task, method):
    if method in ("oversample", "undersample"):
        pytest.importorskip("imblearn")
    found = effects_of(jobs[task], imbalance=method)
    if method == "none":
        assert found is None
        return
    assert found.method == method
    assert set(found.effects) <= set(EFFECTS)
    for values in (found.effective_rows, *found.effects.values()):
        assert values.shape == (len(found.labels),)
        assert np.isfinite(values).all()


def test_class_weights_make_classes_count_alike(jobs):
    found = effects_of(jobs[Task.MULTICLASS], imbalance="class_weight")
    assert found.rows.tolist() == [12, 6, 2]
    assert found.effective_rows == pytest.approx(np.full(3, 20 / 3), rel=1e-5)
    assert found.settings == {"weight_power": 1.0, "max_weight": 100.0}


def test_a_sampler_is_counted_by_what_it_draws(jobs):
    pytest.importorskip("imblearn")
    found = effects_of(jobs[Task.MULTICLASS], imbalance="oversample")
    assert found.effective_rows.tolist() == [12, 12, 12]
    assert found.settings == {}  # what is for multilabel alone is not said
    found = effects_of(jobs[Task.MULTICLASS], imbalance="undersample")
    assert found.effective_rows.tolist() == [2, 2, 2]


def test_logit_adjustment_leaves_rows_and_adds_to_logits(jobs):
    job = jobs[Task.MULTICLASS]
    found = effects_of(job, imbalance="logit_adjustment")
    assert not found.changes_rows
    counts = LabelCounts.of(job.data.targets("train"))
    assert found.effects["adjustment"] == pytest.approx(np.log(counts.shares), rel=1e-5)


def test_weights_that_were_stated_count_without_a_method(jobs):
    found = effects_of(jobs[Task.MULTICLASS], label_weights={"c": 5.0})
    assert found.method == "none"
    assert found.settings == {"label_weights": {"c": 5.0}}
    first, second, third = found.effective_rows / found.rows
    assert first == pytest.approx(second)
    assert third == pytest.approx(5 * first)


def test_what_focal_alpha_weighs_is_a_number_of_each_label(jobs):
    job = jobs[Task.MULTILABEL]
    found = effects_of(job, imbalance="focal", focal_alpha=0.75)
    yes, no = found.effects["positive_weight"], found.effects["negative_weight"]
    assert yes / no == pytest.approx(3)
    assert found.effective_rows == pytest.approx(found.rows * yes)
    assert effects_of(job, imbalance="focal").effects == {}


def test_mean_weights_of_the_distribution_balanced_loss_are_those_of_its_rows(jobs):
    job = jobs[Task.MULTILABEL]
    job = replace(
        job, settings=job.settings.with_options(imbalance="distribution_balanced")
    )
    loss, targets = training_loss(job), job.training_rows.targets
    hot = targets.multi_hot()[:, : len(job.data.label_set)].astype(np.float32)
    weights = np.asarray(loss.weights(hot))
    expected = (weights * hot).sum(axis=0) / hot.sum(axis=0)
    found = label_effects(job, loss).effects["positive_weight"]
    assert found == pytest.approx(expected, rel=1e-4)
