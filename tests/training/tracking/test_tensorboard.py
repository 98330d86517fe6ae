"""What TensorBoard finds: a row of numbers for each epoch or round, in two folders."""

from types import SimpleNamespace

import keras
import pytest

from kerascls.training.tracking.tensorboard import EpochTensorBoard, learning_rate

MODEL = SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.25))
LOGS = {"loss": 0.5, "val_loss": 0.75, "val_macro_f1": 0.625}


def scalars(folder):
    """Returns (step, tag, value) of all that was written there."""
    import tensorflow
    from tensorflow.core.util.event_pb2 import Event

    found = []
    for path in sorted(folder.iterdir()):
        for record in tensorflow.data.TFRecordDataset(str(path)):
            event = Event.FromString(record.numpy())
            for value in event.summary.value:
                assert value.metadata.plugin_data.plugin_name == "scalars"
                number = tensorflow.make_ndarray(value.tensor).item()
                found.append((event.step, value.tag, number))
    return found


def write_epochs(folder, *epochs, **more):
    callback = EpochTensorBoard(folder)
    callback.set_model(MODEL)
    for epoch in epochs:
        callback.on_epoch_end(epoch, LOGS | more)
    return callback


def test_scores_are_beside_the_numbers_of_training(tmp_path):
    write_epochs(tmp_path, 0)
    assert scalars(tmp_path / "validation") == [
        (0, "epoch_loss", 0.75),
        (0, "epoch_macro_f1", 0.625),
    ]
    assert scalars(tmp_path / "train") == [
        (0, "epoch_learning_rate", 0.25),
        (0, "epoch_loss", 0.5),
    ]


def test_steps_are_counted_where_validation_is_within_epochs(tmp_path):
    write_epochs(tmp_path, 0, epochs=2.5, steps=1250)
    assert scalars(tmp_path / "validation") == [
        (1250, "loss", 0.75),
        (1250, "macro_f1", 0.625),
    ]
    assert (1250, "epochs", 2.5) in scalars(tmp_path / "train")


def test_a_run_that_goes_on_adds_to_the_same_folder(tmp_path):
    write_epochs(tmp_path, 0, 1).on_train_end()
    write_epochs(tmp_path, 2)
    written = scalars(tmp_path / "validation")
    assert [step for step, tag, _ in written if tag == "epoch_loss"] == [0, 1, 2]


def test_an_epoch_is_on_the_disk_when_it_has_ended(tmp_path):
    callback = write_epochs(tmp_path, 0)
    assert len(scalars(tmp_path / "train")) == 2
    callback.on_epoch_end(1, LOGS)
    assert len(scalars(tmp_path / "train")) == 4


def test_logs_of_others_stay_as_they_are(tmp_path):
    logs = LOGS | {"steps": 3}
    callback = EpochTensorBoard(tmp_path)
    callback.set_model(MODEL)
    callback.on_epoch_end(0, logs)
    assert logs == LOGS | {"steps": 3}


def test_the_learning_rate_is_that_of_the_next_step():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    schedule = keras.optimizers.schedules.ExponentialDecay(1.0, 1, 0.5)
    model.compile(keras.optimizers.SGD(schedule), "mse")
    assert learning_rate(model) == 1.0
    model.optimizer.apply([[[1.0]], [1.0]], model.trainable_variables)
    assert learning_rate(model) == pytest.approx(0.5)
