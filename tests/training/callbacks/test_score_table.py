import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from kerascls.data.labels import LabelSet, Task
from kerascls.decision.calibration import Calibration
from kerascls.decision.global_threshold import fit_threshold
from kerascls.decision.rule import Rule
from kerascls.errors import DataError, NotFiniteError, SettingsError
from kerascls.evaluation.reports.history import read_history
from kerascls.training.callbacks.score_table import ScoreTable

LABELS = LabelSet(("体育", "教育", "汽车"))


class Scripted:
    """Stands for a model that gives other logits each time it is asked."""

    loss = None

    def __init__(self, *logits):
        self.logits = [np.float32(given) for given in logits]

    def predict_on_batch(self, x):
        return self.logits.pop(0)


def table_of(model, y, **options):
    lines = []
    table = ScoreTable(
        [(np.zeros((len(y), 1)), np.array(y))],
        options.pop("labels", LABELS),
        options.pop("task", "multiclass"),
        sink=lines.append,
        **options,
    )
    table.set_model(model)
    table.on_train_begin()
    return table, lines


RIGHT = [[9, 0, 0], [0, 9, 0], [0, 0, 9]]
WRONG = [[9, 0, 0], [9, 0, 0], [9, 0, 0]]


def test_the_best_epoch_is_kept_and_later_ones_compared_with_it():
    table, lines = table_of(Scripted(WRONG, RIGHT, WRONG), [0, 1, 2])
    for epoch in range(3):
        table.on_epoch_end(epoch, {"loss": 0.5})
    assert (table.best_epoch_, table.best_scores_.macro.f1) == (2, 1.0)
    assert "Δ best" not in lines[0]
    assert lines[1].startswith("Epoch 2: loss 0.5000, best epoch 2 (macro_f1 1.0000)")
    assert "+0.6667" in lines[1]
    assert "best epoch 2 (macro_f1 1.0000)" in lines[2]
    assert "-0.6667" in lines[2]


def test_the_first_of_equally_good_epochs_is_the_best():
    table, _ = table_of(Scripted(RIGHT, RIGHT), [0, 1, 2])
    for epoch in range(2):
        table.on_epoch_end(epoch)
    assert table.best_epoch_ == 1


def test_a_second_training_starts_anew():
    table, _ = table_of(Scripted(RIGHT, WRONG), [0, 1, 2])
    table.on_epoch_end(0)
    table.on_train_begin()
    table.on_epoch_end(0)
    assert table.best_scores_.macro.f1 < 1


def test_all_numbers_reach_the_logs():
    logs = {"loss": 1.0}
    table, _ = table_of(Scripted(RIGHT), np.eye(3), task="multilabel")
    table.on_epoch_end(0, logs)
    assert set(logs) == {
        "loss",
        "val_accuracy",
        "val_micro_f1",
        "val_macro_f1",
        "val_macro_precision",
        "val_macro_recall",
        "val_weighted_f1",
        "val_threshold",
    }
    assert all(type(value) is float for value in logs.values())


def test_the_threshold_is_fitted_after_each_epoch():
    logits = np.float32([[3, 1, 0], [0, 3, 1], [1, 0, 3]])
    table, _ = table_of(Scripted(logits, logits - 5), np.eye(3), task="multilabel")
    for given in (logits, logits - 5):
        assert table.validate().macro.f1 == 1.0
        probabilities = Calibration().apply(given, Task.MULTILABEL)
        fitted = fit_threshold(np.eye(3) > 0, probabilities)
        assert table.rule_ == fitted


def test_a_given_rule_stays():
    rule = Rule("threshold", 0.75)
    table, _ = table_of(Scripted(RIGHT), np.eye(3), task="multilabel", rule=rule)
    table.on_epoch_end(0)
    assert table.rule_ is rule


def test_probabilities_are_taken_as_they_are():
    table, _ = table_of(
        Scripted(np.eye(3)), [0, 1, 2], from_logits=False, rule=Rule("argmax")
    )
    assert table.validate().accuracy == 1.0
    assert table.logits_ is None


def test_logits_and_targets_of_the_last_pass_are_kept():
    table, _ = table_of(Scripted(RIGHT), [0, 1, 2])
    table.validate()
    np.testing.assert_array_equal(table.logits_, np.float32(RIGHT))
    np.testing.assert_array_equal(table.targets_, np.eye(3, dtype=bool))


@pytest.mark.parametrize(
    ("task", "y"), [("multiclass", [0, 1, 3]), ("multilabel", np.eye(4)[[0, 1, 3]])]
)
def test_a_label_unseen_in_training_is_a_miss(task, y):
    table, lines = table_of(
        Scripted(RIGHT), y, task=task, labels=LABELS.extended(["数码"])
    )
    table.on_epoch_end(0)
    assert table.scores_.recall.tolist()[3] == 0
    assert table.scores_.support.tolist() == [1, 1, 0, 1]
    assert "数码" in lines[0]


def test_every_class_and_epoch_has_a_row_in_the_history(tmp_path):
    path = tmp_path / "history.csv"
    table, lines = table_of(
        Scripted(WRONG, RIGHT), [0, 1, 2], history_csv=path, max_classes=1
    )
    for epoch in range(2):
        table.on_epoch_end(epoch, {"loss": 0.5})
    rows = read_history(path)
    assert [row["class"] for row in rows if row["epoch"] == "2"] == [
        *LABELS,
        "micro avg",
        "accuracy",
        "macro avg",
        "weighted avg",
    ]
    assert rows[-1]["loss"] == "0.5"
    assert "... 2 more in history.csv" in lines[0]


def test_a_diverged_training_is_named():
    table, _ = table_of(Scripted(np.full((3, 3), np.nan)), [0, 1, 2])
    with pytest.raises(NotFiniteError, match="diverged"):
        table.on_epoch_end(0)


@pytest.mark.parametrize("best_by", ["f1", "f1:", "macro", "micro_f1:体育"])
def test_an_unknown_goal_is_an_error(best_by):
    with pytest.raises(SettingsError, match=f"best_by='{best_by}'"):
        ScoreTable([], LABELS, "multiclass", best_by=best_by)


def test_a_goal_about_a_label_that_there_is_not_is_an_error():
    with pytest.raises(DataError, match="label='体育馆'. Did you mean '体育'"):
        ScoreTable([], LABELS, "multiclass", best_by="f1:体育馆")


@pytest.mark.parametrize(
    ("best_by", "best_epoch"),
    [("recall:体育", 1), ("precision:体育", 2), ("f1:汽车", 2), ("macro_recall", 2)],
)
def test_the_best_epoch_may_be_chosen_by_one_class(best_by, best_epoch):
    table, _ = table_of(Scripted(WRONG, RIGHT), [0, 1, 2], best_by=best_by)
    logs = {}
    for epoch in range(2):
        table.on_epoch_end(epoch, logs)
    assert table.best_epoch_ == best_epoch
    assert logs[f"val_{best_by}"] == 1.0


def test_what_is_known_of_the_best_epoch_can_be_taken_up():
    first, _ = table_of(Scripted(WRONG, RIGHT), [0, 1, 2])
    assert [first.record(0.5), first.record(1)] == [True, True]
    state = json.loads(json.dumps(first.state()))
    second, lines = table_of(Scripted(WRONG), [0, 1, 2])
    second.restore(state | {"seconds": 3.0})
    assert not second.record(1.5)
    assert second.state() == first.state()
    assert "best epoch 1 (macro_f1 1.0000)" in lines[0]


def test_before_the_first_epoch_nothing_is_known():
    first, _ = table_of(Scripted(), [])
    second, _ = table_of(Scripted(RIGHT), [0, 1, 2])
    second.restore(first.state())
    assert second.record(1)


def tiny_training(*callbacks, epochs=3, **options):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(24, 4)).astype(np.float32)
    y = np.eye(3, dtype=np.float32)[x[:, :3].argmax(1)]
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.0), loss)
    table = ScoreTable((x, y), LABELS, "multiclass", sink=[].append)
    history = model.fit(
        x, y, epochs=epochs, verbose=0, callbacks=[table, *callbacks], **options
    )
    return history.history


def test_first_in_the_list_it_serves_early_stopping_and_history():
    stop = keras.callbacks.EarlyStopping("val_macro_f1", mode="max", patience=1)
    history = tiny_training(stop, epochs=9)
    assert len(history["val_macro_f1"]) == 2
    assert stop.best == history["val_macro_f1"][0]
    assert history["val_loss"][0] == pytest.approx(history["loss"][0], rel=1e-4)


@pytest.mark.slow
def test_the_same_holds_on_jax():
    here = Path(__file__).parent
    files = [here / "test_score_table.py", here.parent / "test_validation.py"]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not slow", *files],
        env=os.environ | {"KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-3000:]


def test_the_threshold_is_fitted_for_the_objective():
    # Rare "b" wants a low threshold, which costs "a" three wrong rows.
    targets = np.array([[1, 0, 0]] * 6 + [[0, 1, 0]] + [[0, 0, 0]] * 3)
    logits = np.array([[2.0, -9, -9]] * 6 + [[-9, -1, -9]] + [[0.0, -9, -9]] * 3)
    thresholds = {}
    for objective in ("macro_f1", "micro_f1"):
        table, _ = table_of(
            Scripted(logits), targets, task="multilabel", objective=objective
        )
        table.on_epoch_end(0)
        thresholds[objective] = table.rule_.threshold
    assert thresholds["macro_f1"] < 0.5 < thresholds["micro_f1"]


def test_one_threshold_is_not_fitted_for_everything():
    with pytest.raises(SettingsError, match="objective='accuracy'.*as `rule`"):
        ScoreTable([], LABELS, "multiclass", objective="accuracy")


def test_a_model_without_a_loss_cannot_be_chosen_by_it():
    table, _ = table_of(Scripted(RIGHT), [0, 1, 2], best_by="loss")
    with pytest.raises(SettingsError, match="best_by='loss', loss=None"):
        table.on_epoch_end(0)
