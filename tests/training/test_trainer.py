"""Fitting: the same numbers twice, the best epoch's weights, a way to stop early."""

import signal
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

import keras
import numpy as np
import pytest
from safetensors import SafetensorError
from tiny_jobs import job_on
from tiny_models import tiny_classifier, tiny_feed

from kerascls.data.labels import Task
from kerascls.decision.decision import probabilities
from kerascls.decision.global_threshold import fit_threshold
from kerascls.errors import NotFiniteError
from kerascls.evaluation.metrics import pad_columns, score
from kerascls.evaluation.reports import read_history
from kerascls.training import trainer as fitting
from kerascls.training.callbacks import rounds
from kerascls.training.callbacks.score_table import ScoreTable
from kerascls.training.starting_point import HEAD_DROPOUT
from kerascls.training.state import read_state
from kerascls.training.trainer import predict_logits

slow = pytest.mark.slow


@pytest.fixture(scope="module")
def multilabel_job(multilabel_files):
    """A job with empty texts, empty label sets, and labels unseen in training."""
    return job_on(multilabel_files)


@pytest.fixture(scope="module")
def eagerly():
    """Runs TensorFlow's functions as they are: tracing costs more than a few steps."""
    tf = pytest.importorskip("tensorflow")

    @contextmanager
    def run():
        tf.config.run_functions_eagerly(True)
        try:
            yield
        finally:
            tf.config.run_functions_eagerly(False)

    return run


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


def check_equal(arrays, others):
    assert arrays.keys() == others.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, others[name], err_msg=name)


def test_the_same_seed_gives_an_identical_history(
    fitted, history_csv, eagerly, multilabel_job, tmp_path
):
    with eagerly():
        again = multilabel_job.fit(tmp_path)
    assert (tmp_path / "history.csv").read_bytes() == history_csv.read_bytes()
    check_equal(again.model.named_arrays(), fitted.model.named_arrays())
    np.testing.assert_array_equal(again.valid_logits, fitted.valid_logits)


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
    targets = data.targets("valid").dense(np.arange(len(data.parts["valid"].rows))) > 0
    assert fitted.valid_logits.shape == (len(targets), len(data.label_set))
    probs = probabilities(fitted.valid_logits, Task.MULTILABEL)
    rule = fit_threshold(targets[:, : probs.shape[1]], probs, "macro_f1")
    chosen = pad_columns(rule.apply(probs), len(labels))
    macro_f1 = macro_f1_by_epoch(history_csv)
    assert macro_f1[fitted.best_epoch] == max(macro_f1.values())
    found = score(targets, chosen, labels).macro.f1
    assert found == pytest.approx(macro_f1[fitted.best_epoch], abs=1e-4)


class Scripted(ScoreTable):
    """Says the scores it is given, or raises them."""

    def __init__(self, scores):
        super().__init__((), (), "multilabel", history_csv="nowhere.csv")
        self.scores = iter(scores)
        self.weights = []

    def record(self, epoch, logs=None):
        given = next(self.scores)
        if isinstance(given, type):
            raise given
        self.weights.append(self.model.named_arrays())
        if self.best_goal_ is None or given > self.best_goal_:
            self.best_epoch_, self.best_goal_ = epoch, given


@pytest.fixture
def said(multilabel_job, monkeypatch):
    """What the job's screen was told."""
    lines = []
    monkeypatch.setattr(multilabel_job.screen, "say", lines.append)
    return lines


@pytest.fixture
def scripted_fit(eagerly, multilabel_job, monkeypatch, tmp_path):
    """Returns a function that fits where validation gives scores of a script."""

    def fit(*scores, **options):
        table = Scripted(scores)
        monkeypatch.setattr(fitting, "ScoreTable", lambda *args, **kwargs: table)
        options = {"epochs": len(scores), "batch_size": 16} | options
        with eagerly():
            return table, multilabel_job.fit(tmp_path, **options)

    return fit


def test_the_best_epoch_is_kept_and_training_stops_without_a_better_one(scripted_fit):
    table, fitted = scripted_fit(0.1, 0.5, 0.5, 0.4, 0.9, patience_epochs=2)
    assert len(table.weights) == 4
    assert (fitted.best_epoch, fitted.interrupted) == (2, False)
    check_equal(fitted.model.named_arrays(), table.weights[1])


def test_the_best_epoch_is_kept_when_all_epochs_are_done(scripted_fit):
    table, fitted = scripted_fit(0.0, 0.7, 0.2)
    assert fitted.best_epoch == 2
    check_equal(fitted.model.named_arrays(), table.weights[1])


def test_an_interrupted_fit_keeps_the_best_epoch_so_far(scripted_fit):
    table, fitted = scripted_fit(0.6, 0.2, KeyboardInterrupt)
    assert (fitted.best_epoch, fitted.interrupted) == (1, True)
    check_equal(fitted.model.named_arrays(), table.weights[0])


def test_a_fit_that_diverges_keeps_the_best_epoch_and_says_so(scripted_fit, said):
    table, fitted = scripted_fit(0.6, 0.2, NotFiniteError)
    assert (fitted.best_epoch, fitted.interrupted) == (1, False)
    check_equal(fitted.model.named_arrays(), table.weights[0])
    assert any("DIVERGED" in line for line in said)


@pytest.mark.parametrize("end", [KeyboardInterrupt, NotFiniteError])
def test_a_fit_that_ends_before_its_first_scores_has_nothing_to_keep(scripted_fit, end):
    with pytest.raises(end):
        scripted_fit(end)


def test_a_time_limit_ends_the_epoch_which_is_scored(scripted_fit, monkeypatch):
    seconds = count(step=30)
    monkeypatch.setattr(rounds.time, "monotonic", lambda: next(seconds))
    limits = {"max_minutes": 2.2, "save_minutes": 1e9}
    table, fitted = scripted_fit(0.5, 0.6, 0.7, **limits, batch_size=8)
    steps = int(fitted.model.optimizer.iterations)
    assert len(table.weights) == 1
    assert 1 <= steps < 4
    assert fitted.best_epoch == round(steps / 4, 3)
    check_equal(fitted.model.named_arrays(), table.weights[0])


def test_validation_may_come_every_few_steps(scripted_fit):
    scores = (0.1, 0.3, 0.2, 0.2, 0.2)
    options = {"epochs": 2, "batch_size": 8, "validate_steps": 2}
    table, fitted = scripted_fit(*scores, **options, patience_epochs=3)
    assert len(table.weights) == 4  # 2 epochs of 4 steps
    assert fitted.best_epoch == 1
    check_equal(fitted.model.named_arrays(), table.weights[1])


def test_patience_is_counted_in_epochs(scripted_fit):
    options = {"epochs": 3, "batch_size": 8, "validate_steps": 2, "patience_epochs": 1}
    table, fitted = scripted_fit(0.1, 0.3, 0.2, 0.2, 0.9, **options)
    assert len(table.weights) == 4
    assert fitted.best_epoch == 1


class Killed(BaseException):
    """Ends a training where a signal would."""


class KillAt(keras.callbacks.Callback):
    """Raises `Killed` when some steps are done."""

    def __init__(self, step):
        super().__init__()
        self.left = step

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise Killed


@pytest.mark.parametrize(
    ("steps", "options"),
    [
        ((3,), {"save_steps": 1}),
        ((7,), {"save_steps": 3, "ema_momentum": 0.9, "validate_steps": 3}),
        pytest.param(
            (8, 3),
            {"save_steps": 2, "accumulate_steps": 2, "r_drop": 0.5},
            marks=slow,
        ),
        pytest.param((5,), {"save_steps": 2, "precision": "float16"}, marks=slow),
        pytest.param((3, 2), {"save_steps": 1, "freeze_encoder": True}, marks=slow),
        pytest.param(
            (14,),
            {"save_steps": 1, "epochs": 20, "patience_epochs": 2},
            marks=slow,
        ),
    ],
    ids=["once", "average, rounds", "parts, R-Drop", "half", "frozen", "patience"],
)
def test_a_killed_fit_goes_on_to_the_same_end(
    eagerly, multilabel_job, tmp_path, steps, options
):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    with eagerly():
        expected = multilabel_job.fit(whole, **options)
        for step in steps:
            with pytest.raises(Killed):
                multilabel_job.fit(cut, step != steps[0], [KillAt(step)], **options)
            # What a process writes between its last state and its death.
            with open(cut / "history.csv", "a") as file:
                file.write("9,half a row")
        found = multilabel_job.fit(cut, True, **options)
    assert (cut / "history.csv").read_bytes() == (whole / "history.csv").read_bytes()
    assert found.best_epoch == expected.best_epoch
    check_equal(found.model.named_arrays(), expected.model.named_arrays())
    np.testing.assert_array_equal(found.valid_logits, expected.valid_logits)
    assert found.seconds_before > 0


def test_a_signal_leaves_a_state_after_the_step_it_came_in(
    eagerly, multilabel_job, tmp_path, request
):
    class Signal(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if int(self.model.optimizer.iterations) == 5:
                signal.raise_signal(signal.SIGTERM)

    # As the command line does.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGTERM, before))
    with eagerly():
        expected = multilabel_job.fit(tmp_path / "whole")
        cut = multilabel_job.fit(tmp_path / "cut", callbacks=[Signal()])
        assert cut.interrupted
        assert read_state(tmp_path / "cut" / "state").step == 6
        found = multilabel_job.fit(tmp_path / "cut", True)
    check_equal(found.model.named_arrays(), expected.model.named_arrays())


def test_a_state_that_cannot_be_written_is_said_and_training_goes_on(
    eagerly, multilabel_job, tmp_path, monkeypatch, said
):
    def fail(*_):
        raise SafetensorError("No space left on device")

    monkeypatch.setattr(rounds, "write_state", fail)
    with eagerly():
        fitted = multilabel_job.fit(tmp_path, epochs=1, save_steps=2)
    assert fitted.best_epoch == 1
    assert any("NO STATE WRITTEN" in line and "No space" in line for line in said)


def test_the_better_of_two_rounds_with_close_numbers_is_kept(scripted_fit, monkeypatch):
    monkeypatch.setattr(rounds.Plan, "epoch", lambda self, step: 1)
    options = {"batch_size": 8, "validate_steps": 3, "epochs": 1}
    table, fitted = scripted_fit(0.9, 0.1, **options)
    check_equal(fitted.model.named_arrays(), table.weights[0])


def test_a_fit_that_was_done_when_it_was_killed_only_takes_up_its_end(
    fitted, eagerly, multilabel_job, tmp_path
):
    with eagerly():
        multilabel_job.fit(tmp_path, save_steps=1)
        found = multilabel_job.fit(tmp_path, True, [KillAt(1)], save_steps=1)
    check_equal(found.model.named_arrays(), fitted.model.named_arrays())


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
