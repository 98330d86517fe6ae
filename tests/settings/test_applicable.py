import pytest

from kerascls.data.labels import Task
from kerascls.errors import SettingsError
from kerascls.settings.applicable import (
    not_followed,
    require_applicable,
    require_defined,
    require_steps,
)
from kerascls.settings.imbalance import METHODS
from kerascls.settings.run_settings import RunSettings


def test_only_a_neural_model_follows_all_settings():
    require_applicable(RunSettings.from_options(epochs=3, max_tokens=9))
    linear = RunSettings.from_options(model="linear", epochs=3, max_tokens=9)
    with pytest.raises(SettingsError):
        require_applicable(linear)


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("albert_small", {"units": "words"}),
        ("albert_small", {"hidden_dim": 64}),
        ("textcnn", {"pooling": "mean"}),
        ("textcnn", {"layer_decay": 0.9}),
        ("textcnn", {"max_windows": 2}),
    ],
)
def test_what_only_other_neural_models_follow_is_refused(model, options):
    (name,) = options
    with pytest.raises(SettingsError, match=f"model '{model}' follows. .*{name}="):
        require_applicable(RunSettings.from_options(model=model, **options))


def test_a_model_without_an_encoder_follows_what_is_said_of_words():
    options = {"units": "words", "min_count": 1, "num_layers": 2, "from_scratch": True}
    require_applicable(RunSettings.from_options(model="textcnn", **options))


def test_only_a_neural_model_is_trained_in_steps():
    require_steps(RunSettings.from_options(epochs=3), "a search")
    with pytest.raises(SettingsError, match="a search"):
        require_steps(RunSettings.from_options(model="linear"), "a search")


def test_settings_that_are_written_out_as_their_defaults_are_none_that_were_stated():
    stored = RunSettings.from_options(model="linear", seed=7).to_dict()
    require_applicable(RunSettings.from_dict(stored))
    stored["model"]["dropout"] = 0.3
    with pytest.raises(SettingsError, match="model.dropout=0.3"):
        require_applicable(RunSettings.from_dict(stored))


def test_settings_that_are_not_followed_are_named_with_those_that_are():
    settings = RunSettings.from_options(model="linear", seed=7, dropout=0.3)
    with pytest.raises(SettingsError, match="best_by.*Received: model.dropout=0.3. L"):
        require_applicable(settings)


def test_what_is_not_followed_is_what_differs_from_its_default():
    linear = RunSettings.from_options(model="linear", dropout=0.3, seed=7, epochs=None)
    assert not_followed(linear) == {"model.dropout": 0.3}
    assert not_followed(linear.with_options(model="bert")) == {}


def test_a_parameter_of_another_method_is_refused_with_the_methods_that_follow_it():
    settings = RunSettings.from_options(imbalance="class_weight", focal_gamma=3)
    expected = "focal_gamma=3.0, which focal.*--imbalance focal"
    with pytest.raises(SettingsError, match=expected):
        require_applicable(settings)
    require_applicable(settings.with_options(imbalance="focal"))
    require_applicable(settings.with_options(focal_gamma=2.0))


@pytest.mark.parametrize("name", METHODS)
def test_every_method_follows_its_own_parameters(name):
    values = {"sampling_rule": "label_set", "focal_alpha": 0.3, "sampling_share": 0.4}
    own = {one: values.get(one, 1.0) for one in METHODS[name].parameters}
    own |= {one: 0.5 for one in own if "beta" in one or "margin" in one}
    require_applicable(RunSettings.from_options(imbalance=name, **own))


def test_the_linear_model_follows_no_method():
    settings = RunSettings.from_options(model="linear", imbalance="class_weight")
    with pytest.raises(SettingsError, match="imbalance.method='class_weight'. Leave"):
        require_applicable(settings)


def test_a_frozen_encoder_follows_every_method():
    for name in METHODS:
        require_applicable(
            RunSettings.from_options(freeze_encoder=True, imbalance=name)
        )


@pytest.mark.parametrize("name", ["pos_weight", "zlpr", "distribution_balanced"])
def test_what_is_of_several_labels_is_refused_where_a_row_has_one(name):
    settings = RunSettings.from_options(imbalance=name)
    require_defined(settings, Task.MULTILABEL)
    expected = f"method='{name}', which is defined for multilabel .*class_weight"
    with pytest.raises(SettingsError, match=expected):
        require_defined(settings, Task.MULTICLASS)
    cure = settings.with_options(imbalance="class_weight")
    require_defined(cure, Task.MULTICLASS)


def test_a_parameter_of_several_labels_is_refused_where_a_row_has_one():
    settings = RunSettings.from_options(imbalance="focal", focal_alpha=0.3)
    require_defined(settings, Task.MULTILABEL)
    with pytest.raises(SettingsError, match="focal_alpha=0.3, task='multiclass'"):
        require_defined(settings, Task.MULTICLASS)


def test_the_asymmetric_loss_of_one_label_needs_smoothed_targets():
    settings = RunSettings.from_options(imbalance="asymmetric")
    require_defined(settings, Task.MULTILABEL)
    with pytest.raises(SettingsError, match="train.label_smoothing=0.1"):
        require_defined(settings, Task.MULTICLASS)
    focal = RunSettings.from_options(imbalance="focal", focal_gamma=1)
    for cure in (settings.with_options(label_smoothing=0.1), focal):
        require_applicable(cure)
        require_defined(cure, Task.MULTICLASS)


@pytest.mark.parametrize("options", [{"augment_copies": 2}, {"augment_share": 0.2}])
def test_how_copies_are_made_is_refused_where_none_are_asked_for(options):
    settings = RunSettings.from_options(**options)
    with pytest.raises(SettingsError, match=r"augment_\w+=[\d.]+, .*augment_below=100"):
        require_applicable(settings)
    require_applicable(settings.with_options(augment_below=100))
