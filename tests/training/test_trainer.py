"""Fitting: the same numbers twice, in the order of the rows, and how it ends."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from tiny_jobs import check_equal, job_on
from tiny_models import tiny_classifier, tiny_feed

from kerascls.data.labels import Task
from kerascls.decision.calibration import Calibration
from kerascls.decision.global_threshold import fit_threshold
from kerascls.errors import NotFiniteError
from kerascls.evaluation.metrics.scores import pad_columns, score
from kerascls.evaluation.reports.history import read_history
from kerascls.training.starting_point import HEAD_DROPOUT
from kerascls.training.trainer import predict_logits


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The run directory of `fitted`."""
    return tmp_path_factory.mktemp("fitted")


@pytest.fixture(scope="module")
def history_csv(out):
    """Where `fitted` leaves its history."""
    return out / "history.csv"


@pytest.fixture(scope="module")
def fitted(eagerly, multilabel_job, out):
    """A finished fit of `multilabel_job`; do not change it."""
    with eagerly():
        return multilabel_job.fit(out)


def macro_f1_by_epoch(history_csv) -> dict[int, float]:
    return {
        int(row["epoch"]): float(row["f1"])
        for row in read_history(history_csv)
        if row["class"] == "macro avg"
    }


@pytest.mark.slow
def test_the_same_seed_gives_an_identical_history_of_graphs(multilabel_job, tmp_path):
    one, again = (multilabel_job.fit(tmp_path / name) for name in "ab")
    histories = [(tmp_path / name / "history.csv").read_bytes() for name in "ab"]
    assert histories[0] == histories[1]
    check_equal(again.model.named_arrays(), one.model.named_arrays())


def test_the_validation_logits_are_those_of_the_best_epoch(
    fitted, history_csv, multilabel_job
):
    data = multilabel_job.data
    labels = data.scored_labels("valid")
    targets = data.targets("valid").multi_hot()
    assert fitted.valid_logits.shape == (len(targets), len(data.label_set))
    probs = Calibration().apply(fitted.valid_logits, Task.MULTILABEL)
    rule = fit_threshold(targets[:, : probs.shape[1]], probs, "macro_f1")
    chosen = pad_columns(rule.apply(probs), len(labels))
    macro_f1 = macro_f1_by_epoch(history_csv)
    assert macro_f1[fitted.best_epoch] == max(macro_f1.values())
    found = score(targets, chosen, labels).macro.f1
    assert found == pytest.approx(macro_f1[fitted.best_epoch], abs=1e-4)


def test_a_fit_that_diverges_keeps_the_best_epoch_and_says_so(scripted_fit, said):
    table, fitted = scripted_fit(0.6, 0.2, NotFiniteError)
    assert (fitted.best_epoch, fitted.interrupted) == (1, False)
    check_equal(fitted.model.named_arrays(), table.weights[0])
    assert any("DIVERGED" in line for line in said)


@pytest.mark.parametrize("end", [KeyboardInterrupt, NotFiniteError])
def test_a_fit_that_ends_before_its_first_scores_has_nothing_to_keep(scripted_fit, end):
    with pytest.raises(end):
        scripted_fit(end)


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_half_precision_is_fitted_with_float32_weights(scripted_fit, precision):
    _, fitted = scripted_fit(0.5, precision=precision)
    assert fitted.compute.precision == precision
    assert fitted.model.encoder.compute_dtype == precision
    scaled = isinstance(fitted.model.optimizer, keras.optimizers.LossScaleOptimizer)
    assert scaled == (precision == "float16")
    assert fitted.valid_logits.dtype == np.float32
    assert np.isfinite(fitted.valid_logits).all()
    for name, array in fitted.model.named_arrays().items():
        assert array.dtype == np.float32, name
        assert np.isfinite(array).all(), name


def test_the_head_is_as_stated_or_as_usual(fitted, scripted_fit):
    _, stated = scripted_fit(0.5, dropout=0.4, pooling="cls")
    head, usual = stated.model.head, fitted.model.head
    assert (head.dropout.rate, head.pooling) == (0.4, "cls")
    assert (usual.dropout.rate, usual.pooling) == (HEAD_DROPOUT, "mean")


def test_one_label_a_row_is_fitted_too(pair_files, eagerly, tmp_path):
    job = job_on(pair_files, text=("question",), text_pair="answer")
    history_csv = tmp_path / "history.csv"
    with eagerly():
        fitted = job.fit(tmp_path, epochs=1)
    assert job.data.task is Task.MULTICLASS
    assert "教育" in job.data.scored_labels("valid")
    assert fitted.valid_logits.shape[1] == len(job.data.label_set) == 2
    labels = [row["class"] for row in read_history(history_csv)]
    assert labels[:3] == ["体育", "汽车", "教育"]


@pytest.mark.slow
def test_a_compiled_fit_learns_what_a_plain_one_does(multilabel_job, tmp_path):
    # Without dropout: which units it drops depends on the padding.
    start = multilabel_job.start
    config = replace(start.config, dropout=0.0, attention_dropout=0.0)
    job = replace(multilabel_job, start=replace(start, config=config))
    plain, compiled = (
        job.fit(tmp_path / compile, compile=compile, dropout=0.0)
        for compile in ("off", "on")
    )
    assert compiled.compute.jit_compile
    assert compiled.best_epoch == plain.best_epoch
    np.testing.assert_allclose(compiled.valid_logits, plain.valid_logits, atol=1e-3)


@pytest.mark.parametrize("buckets", [None, (16, 32)], ids=["any shape", "buckets"])
def test_logits_come_back_in_the_order_of_the_rows(eagerly, buckets):
    model = tiny_classifier(pooling="mean")
    feed = tiny_feed((3, 0, 9, 1, 20, 4, 2), batch_size=3, buckets=buckets)
    with eagerly():
        found = predict_logits(model, feed, 3)
    for row in range(len(feed)):
        inputs, _, _ = feed.batch(np.array([row]))
        expected = keras.ops.convert_to_numpy(model(inputs))[0]
        np.testing.assert_allclose(found[row], expected, atol=1e-5)
