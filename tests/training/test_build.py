"""What settings build: a model, its batches, its optimiser, what `fit` is called on."""

from dataclasses import replace
from itertools import islice

import keras
import numpy as np
import pytest
from tiny_jobs import job_on

from kerascls.errors import SettingsError
from kerascls.models.backend.compute import Compute
from kerascls.training.build import (
    build_classifier,
    build_feeds,
    compile_trainee,
    encode_feeds,
    training_loss,
    try_build,
)
from kerascls.training.regularization import RegularizedModel

COMPUTE = Compute("tensorflow", "cpu", "float32", False)
HALF = replace(COMPUTE, precision="float16")


@pytest.fixture(scope="module")
def job(multilabel_files):
    """Of one small layer."""
    return job_on(multilabel_files)


def changed(job, **options):
    return replace(job, settings=job.settings.with_options(**options))


def compiled(job, compute=COMPUTE, **options):
    job = changed(job, **options)
    model = build_classifier(job, compute)
    names, train = model.weights_by_name(), job.settings.train
    loss = training_loss(job)
    return model, compile_trainee(
        *(model, names, train, job.data.task, loss, compute, 10)
    )


def test_the_head_starts_at_the_frequencies_of_the_labels(job):
    targets = job.data.targets("train")
    shares = (np.bincount(targets.columns) + 0.5) / (len(targets) + 1)
    odds = np.exp(build_classifier(job, COMPUTE).named_arrays()["classifier/bias"])
    np.testing.assert_allclose(odds / (1 + odds), shares, rtol=1e-5)


@pytest.mark.parametrize("name", ["pos_weight", "logit_adjustment", "focal", "zlpr"])
def test_the_head_starts_where_the_loss_of_a_method_does(job, name):
    job = changed(job, imbalance=name)
    loss, shares = training_loss(job), job.label_counts.shares
    odds = np.exp(build_classifier(job, COMPUTE).named_arrays()["classifier/bias"])
    np.testing.assert_allclose(odds / (1 + odds), loss.start(shares), rtol=1e-5)
    plain = shares / (1 - shares)
    assert np.allclose(odds, plain, rtol=1e-5) is (name == "zlpr")


def test_the_loss_has_the_counts_parameters_and_smoothing_of_the_job(job):
    settings = {"imbalance": "ldam", "ldam_margin": 2.0, "label_smoothing": 0.1}
    loss = training_loss(changed(job, **settings))
    assert loss.label_smoothing == 0.1
    assert loss.if_true.shape == (len(job.data.label_set),)
    assert loss.if_true.max() < 0 < loss.always.max() <= 2
    trainee = compiled(job, **settings)[1]
    assert type(trainee.loss) is type(loss)


def test_people_are_told_the_size_of_the_model(job, monkeypatch):
    lines = []
    monkeypatch.setattr(job.screen, "say", lines.append)
    model = build_classifier(job, COMPUTE)
    assert lines[-1] == f"model: bert, {model.count_params():,} parameters"


def test_the_same_seed_builds_the_same_weights(job):
    first, same = (build_classifier(job, COMPUTE).named_arrays() for _ in range(2))
    other = build_classifier(changed(job, seed=7), COMPUTE).named_arrays()
    for name, array in first.items():
        np.testing.assert_array_equal(array, same[name])
    assert any((array != other[name]).any() for name, array in first.items())


@pytest.mark.parametrize(
    ("options", "trained"),
    [
        ({}, {"embeddings", "encoder", "classifier"}),
        ({"freeze_layers": 1}, {"classifier"}),
        ({"freeze_encoder": True}, {"classifier"}),
    ],
)
def test_what_is_frozen_is_not_trained(job, options, trained):
    model = build_classifier(changed(job, **options), COMPUTE)
    ids = {id(variable) for variable in model.trainable_variables}
    names = {name for name, v in model.weights_by_name().items() if id(v) in ids}
    assert {name.partition("/")[0] for name in names} == trained


def test_more_layers_than_there_are_cannot_be_frozen(job):
    with pytest.raises(SettingsError, match="0 to 1 layers.*freeze_layers=2"):
        build_classifier(changed(job, freeze_layers=2), COMPUTE)


def test_a_model_is_tried_and_let_go(job):
    assert try_build(job) is None
    with pytest.raises(SettingsError, match="freeze_layers=2"):
        try_build(changed(job, freeze_layers=2))


def test_batches_have_few_shapes_only_where_they_are_compiled(job):
    feeds = build_feeds(job, COMPUTE)
    assert (list(feeds), feeds["train"].buckets) == (["train", "valid"], None)
    devices = replace(COMPUTE, jit_compile=True, num_devices=2)
    feed = build_feeds(job, devices)["valid"]
    assert (feed.buckets[-1], feed.num_devices) == (16, 2)


def test_validation_has_columns_for_labels_that_training_lacks(job):
    feeds = build_feeds(job, COMPUTE)
    assert feeds["train"].num_classes == len(job.data.label_set)
    assert feeds["valid"].num_classes == len(job.data.scored_labels("valid"))


def test_a_frozen_encoder_gives_features_in_place_of_tokens(job):
    job = changed(job, freeze_encoder=True)
    model, feeds = build_classifier(job, COMPUTE), build_feeds(job, COMPUTE)
    encoded = encode_feeds(job, model, feeds)
    assert list(encoded) == ["train", "valid"]
    for name, feed in encoded.items():
        inputs, targets, _ = feed.batch(np.array([1, 0]))
        assert set(inputs) == {"hidden", "padding_mask"}
        np.testing.assert_array_equal(targets, feeds[name].batch(np.array([1, 0]))[1])


def test_a_plain_model_is_trained_itself_and_others_from_around(job):
    model, trainee = compiled(job)
    assert trainee is model
    for options in ({"r_drop": 1.0}, {"fgm": 0.5}):
        model, trainee = compiled(job, **options)
        assert isinstance(trainee, RegularizedModel)
        assert trainee.model is model


@pytest.mark.parametrize("compute", [COMPUTE, HALF], ids=["float32", "float16"])
def test_the_loss_is_scaled_once_and_for_half_precision_alone(job, compute):
    _, trainee = compiled(job, compute)
    scaled = isinstance(trainee.optimizer, keras.optimizers.LossScaleOptimizer)
    assert scaled == (compute is HALF)
    inner = getattr(trainee.optimizer, "inner_optimizer", None)
    assert not isinstance(inner, keras.optimizers.LossScaleOptimizer)


def test_lower_layers_have_lower_rates(job):
    model, trainee = compiled(job, layer_decay=0.5)
    names = {id(v): name for name, v in model.weights_by_name().items()}
    factors = zip(
        model.trainable_variables, trainee.optimizer.rate_factors, strict=True
    )
    by_name = {names[id(variable)]: factor for variable, factor in factors}
    assert by_name["classifier/kernel"] == 1
    assert by_name["embeddings/word_embeddings"] == 0.5


def test_batches_are_balanced_where_a_label_has_long_texts_and_another_short_ones(
    write_csv, tmp_path
):
    rows = [("新 车 " * 6, "长")] * 40 + [("书", "短")] * 80
    path = write_csv(tmp_path / "a.csv", ("text", "label"), rows)
    one_sided = []
    for method in ("none", "balanced_batches"):
        job = job_on({"train": path, "valid": path}, imbalance=method)
        feed = build_feeds(job, COMPUTE)["train"]
        assert feed.mixes_lengths is (method == "balanced_batches")
        batches = islice(feed.training(3), 2 * feed.num_batches)
        one_sided.append(
            np.mean([targets.any(axis=0).sum() == 1 for _, targets, _ in batches])
        )
    assert one_sided[0] > 0.8
    assert one_sided[1] < 0.1
