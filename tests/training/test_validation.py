import keras
import numpy as np
import pytest

from kerascls.data.labels import Task
from kerascls.errors import SettingsError
from kerascls.training.validation import validation_pass

ROWS, FEATURES, CLASSES = 10, 4, 3


def model_of(loss=None):
    """A model that gives its first inputs back as logits."""
    model = keras.Sequential(
        [
            keras.Input((FEATURES,)),
            keras.layers.Dense(CLASSES, use_bias=False),
        ]
    )
    model.layers[0].set_weights([np.eye(FEATURES, CLASSES, dtype=np.float32)])
    model.compile("sgd", loss)
    return model


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(ROWS, FEATURES)).astype(np.float32)


@pytest.fixture
def y():
    return (np.random.default_rng(1).random((ROWS, CLASSES)) < 0.5).astype(np.float32)


@pytest.fixture
def ids():
    return np.random.default_rng(2).integers(0, CLASSES, ROWS)


def run(model, data, task=Task.MULTILABEL, num_labels=CLASSES, **options):
    return validation_pass(model, data, num_labels=num_labels, task=task, **options)


def multilabel_loss():
    return keras.losses.BinaryCrossentropy(from_logits=True)


def multiclass_loss():
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def test_arrays_are_cut_into_batches(x, y):
    outcome = run(model_of(multilabel_loss()), (x, y), batch_size=4)
    np.testing.assert_allclose(outcome.outputs, x[:, :CLASSES], atol=1e-6)
    assert outcome.outputs.dtype == np.float32
    np.testing.assert_array_equal(outcome.targets, y > 0.5)


def test_the_loss_is_that_of_keras(x, y):
    model = model_of(multilabel_loss())
    outcome = run(model, (x, y), batch_size=4)
    assert outcome.loss == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-5)


def test_a_loss_given_by_name_or_as_function_is_averaged(x, ids):
    for loss in ("mse", keras.losses.mean_squared_error):
        outcome = run(model_of(loss), (x, np.eye(CLASSES)[ids]), Task.MULTICLASS)
        expected = ((x[:, :CLASSES] - np.eye(CLASSES)[ids]) ** 2).mean()
        assert outcome.loss == pytest.approx(expected, rel=1e-5)


def test_another_loss_than_the_compiled_one_may_be_asked_for(x, y):
    expected = run(model_of(multilabel_loss()), (x, y)).loss
    for compiled in (keras.losses.MeanSquaredError(), None):
        found = run(model_of(compiled), (x, y), loss=multilabel_loss()).loss
        assert found == pytest.approx(expected, rel=1e-6)


def test_without_compiled_loss_there_is_none(x, y):
    assert run(model_of(), (x, y)).loss is None
    assert run(keras.Sequential([keras.layers.Dense(3)]), (x, y)).loss is None


def test_penalties_inside_layers_are_no_part_of_the_loss(x, y):
    model = keras.Sequential(
        [keras.Input((FEATURES,)), keras.layers.Dense(3, activity_regularizer="l2")]
    )
    model.compile("sgd", multilabel_loss())
    outcome = run(model, (x, y))
    assert outcome.loss < model.evaluate(x, y, verbose=0)


@pytest.mark.parametrize("loss", [multilabel_loss(), None])
def test_padded_rows_change_nothing(x, y, loss):
    model = model_of(loss)
    weights = np.ones(ROWS + 2, np.float32)
    weights[-2:] = 0
    padded = [(np.pad(x, ((0, 2), (0, 0))), np.pad(y, ((0, 2), (0, 0))), weights)]
    plain, outcome = run(model, (x, y)), run(model, padded)
    np.testing.assert_array_equal(outcome.outputs, plain.outputs)
    np.testing.assert_array_equal(outcome.targets, plain.targets)
    assert outcome.loss == pytest.approx(plain.loss)


def test_inputs_may_be_a_dict_of_arrays(x, y):
    left = keras.Input((FEATURES,), name="left")
    right = keras.Input((FEATURES,), name="right")
    model = keras.Model({"left": left, "right": right}, (left + right)[:, :CLASSES])
    outcome = run(model, ({"left": x, "right": x}, y), batch_size=4)
    np.testing.assert_allclose(outcome.outputs, 2 * x[:, :CLASSES], atol=1e-6)


def test_a_tf_data_pipeline_is_read_again_for_each_pass(x, y):
    tf = pytest.importorskip("tensorflow")
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)
    model = model_of()
    for _ in range(2):
        np.testing.assert_array_equal(run(model, data).targets, y > 0.5)


def test_a_py_dataset_ends_after_its_batches(x, y):
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return x[index * 5 :][:5], y[index * 5 :][:5]

    assert len(run(model_of(), Batches()).outputs) == ROWS


def test_class_ids_and_one_hot_rows_are_the_same(x, ids):
    model = model_of()
    expected = np.eye(CLASSES, dtype=bool)[ids]
    for y in (ids, ids[:, None], expected.astype(np.float32)):
        outcome = run(model, (x, y), Task.MULTICLASS)
        np.testing.assert_array_equal(outcome.targets, expected)


def test_a_class_unseen_in_training_is_no_part_of_the_loss(x, ids):
    model = model_of(multiclass_loss())
    ids[:3] = CLASSES
    outcome = run(model, (x, ids), Task.MULTICLASS, CLASSES + 1, batch_size=2)
    known = run(model, (x[3:], ids[3:]), Task.MULTICLASS)
    assert outcome.targets[:3, CLASSES].all()
    assert outcome.loss == pytest.approx(known.loss, rel=1e-5)


def test_a_one_hot_class_unseen_in_training_is_no_part_of_the_loss(x, ids):
    model = model_of(keras.losses.CategoricalCrossentropy(from_logits=True))
    ids[:3] = CLASSES
    y = np.eye(CLASSES + 1, dtype=np.float32)[ids]
    outcome = run(model, (x, y), Task.MULTICLASS, CLASSES + 1)
    known = run(model, (x[3:], y[3:, :CLASSES]), Task.MULTICLASS)
    assert outcome.loss == pytest.approx(known.loss, rel=1e-5)


def test_labels_unseen_in_training_keep_their_rows(x, y):
    model = model_of(multilabel_loss())
    more = np.concatenate([y, np.ones((ROWS, 1), np.float32)], axis=1)
    outcome = run(model, (x, more), num_labels=CLASSES + 1)
    assert outcome.targets.shape == (ROWS, CLASSES + 1)
    assert outcome.loss == pytest.approx(run(model, (x, y)).loss)


def test_an_iterator_is_refused(x, y):
    with pytest.raises(SettingsError, match="list_iterator"):
        run(model_of(), iter([(x, y)]))


def test_no_row_is_an_error(x, y):
    with pytest.raises(SettingsError, match="1 batches without any"):
        run(model_of(), [(x, y, np.zeros(ROWS))])


def test_arrays_of_different_lengths_are_an_error(x, y):
    with pytest.raises(SettingsError, match=r"lengths=\[5, 10\]"):
        run(model_of(), (x, y[:5]))


def test_more_outputs_than_labels_are_an_error(x, y):
    with pytest.raises(SettingsError, match=r"shape=\(10, 3\)"):
        run(model_of(), (x, y[:, :2]), num_labels=2)


@pytest.mark.parametrize(
    ("y", "task", "message"),
    [
        (np.zeros((ROWS, 2)), Task.MULTILABEL, r"y.shape=\(10, 2\)"),
        (np.zeros((ROWS, 4)), Task.MULTILABEL, r"y.shape=\(10, 4\)"),
        (np.zeros(ROWS), Task.MULTILABEL, r"y.shape=\(10,\)"),
        (np.full(ROWS, 3), Task.MULTICLASS, "ids from 3 to 3"),
        (np.full(ROWS, -1), Task.MULTICLASS, "ids from -1 to -1"),
        (np.ones((ROWS, 3)), Task.MULTICLASS, "several labels"),
    ],
)
def test_targets_that_do_not_fit_are_an_error(x, y, task, message):
    with pytest.raises(SettingsError, match=message):
        run(model_of(), (x, y), task)
