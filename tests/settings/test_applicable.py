import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.labels import LABEL_TASKS, Task
from kerascls.errors import SettingsError
from kerascls.settings.applicable import (
    not_followed,
    require_applicable,
    require_defined,
    require_steps,
)
from kerascls.settings.imbalance import METHODS, parameters_of
from kerascls.settings.run_settings import FIELDS, RunSettings

# A value of each parameter that is not its default.
PARAMETERS = {
    name: {"sampling_rule": "label_set", "map_mu": 0.7}.get(name, 0.4)
    for name in parameters_of(METHODS)
} | {"max_weight": 9.0, "negative_scale": 3.0}


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


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        ({"weight_power": 0.5}, ", or choose --imbalance class_weight."),
        ({"focal_gamma": 3}, ", or choose --imbalance focal."),
        (
            {"imbalance": "class_weight", "weight_power": 0.5, "focal_gamma": 3},
            ".",  # none follows both
        ),
        ({"imbalance": "focal", "focal_gamma": 1, "logit_tau": 2}, "."),
        (
            {"imbalance": "focal", "focal_gamma": 1, "map_mu": 2},
            ", or where rows have several labels choose --imbalance "
            "distribution_balanced.",
        ),
        (
            {"focal_alpha": 0.3},
            ", or where rows have several labels choose --imbalance focal.",
        ),
        (
            {"sampling_share": 0.3},
            ", or where rows have several labels choose --imbalance oversample.",
        ),
        (
            {"gamma_negative": 3},
            ", or choose --imbalance asymmetric, where rows have one label with --set "
            "train.label_smoothing=0.1.",
        ),
    ],
)
def test_the_method_that_is_advised_follows_all_that_was_stated(options, advice):
    settings = RunSettings.from_options(**options)
    with pytest.raises(SettingsError) as caught:
        require_applicable(settings)
    assert str(caught.value).endswith(f"Leave them out{advice}")
    if "--imbalance" not in advice:
        return
    name = advice.partition("--imbalance ")[2].split()[0].strip(".,")
    cure = settings.with_options(imbalance=name)
    require_applicable(cure)
    require_defined(cure, Task.MULTILABEL)
    if "several" not in advice:
        if "smoothing" in advice:
            cure = cure.with_options(label_smoothing=0.1)
        require_defined(cure, Task.MULTICLASS)


@given(st.sampled_from([*METHODS]), st.sets(st.sampled_from([*PARAMETERS]), max_size=3))
def test_no_advice_leads_to_another_refusal(method, names):
    stated = {name: PARAMETERS[name] for name in names}
    settings = RunSettings.from_options(imbalance=method, **stated)
    for task in LABEL_TASKS:
        cured = settings
        for _ in range(3):  # not followed, of several labels, without smoothing
            cured = followed(cured, task)
        require_applicable(cured)
        require_defined(cured, task)


def followed(settings, task):
    """Returns settings after what a refusal says, if there is one."""
    try:
        require_applicable(settings)
        require_defined(settings, task)
    except SettingsError as error:
        received, _, advice = str(error).partition("Received: ")[2].partition(". ")
    else:
        return settings
    if advice.startswith("Add --set train.label_smoothing=0.1"):
        return settings.with_options(label_smoothing=0.1)
    before, _, choice = advice.partition("hoose --imbalance ")
    changes = {}
    if choice and ("several labels" not in before or task is Task.MULTILABEL):
        changes["imbalance"] = choice.split()[0].strip(".,")
        if "label_smoothing=0.1" in choice:
            changes["label_smoothing"] = 0.1
        left_out = choice.partition("without ")[2]
    else:
        left_out = received
    for name in re.findall(r"imbalance\.(\w+)=?", left_out):
        changes[name] = FIELDS[f"imbalance.{name}"].default
    return settings.with_options(**changes)


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


def test_parameters_that_the_advised_method_does_not_follow_are_to_be_left_out():
    options = {"map_alpha": 0.2, "focal_gamma": 1.0}
    settings = RunSettings.from_options(imbalance="distribution_balanced", **options)
    expected = "class_weight, without imbalance.focal_gamma, imbalance.map_alpha.$"
    with pytest.raises(SettingsError, match=expected):
        require_defined(settings, Task.MULTICLASS)
    settings = RunSettings.from_options(imbalance="pos_weight", weight_power=0.5)
    with pytest.raises(SettingsError, match="Choose --imbalance class_weight.$"):
        require_defined(settings, Task.MULTICLASS)
    require_applicable(settings.with_options(imbalance="class_weight"))


def test_a_parameter_of_several_labels_is_refused_where_a_row_has_one():
    settings = RunSettings.from_options(imbalance="focal", focal_alpha=0.3)
    require_defined(settings, Task.MULTILABEL)
    with pytest.raises(SettingsError, match="focal_alpha=0.3, task='multiclass'"):
        require_defined(settings, Task.MULTICLASS)


def test_the_asymmetric_loss_of_one_label_needs_smoothed_targets():
    settings = RunSettings.from_options(imbalance="asymmetric")
    require_defined(settings, Task.MULTILABEL)
    with pytest.raises(SettingsError, match="label_smoothing=0.1.*focal_gamma=1.$"):
        require_defined(settings, Task.MULTICLASS)
    stated = settings.with_options(gamma_negative=2, gamma_positive=3)
    expected = "gamma=3, without imbalance.gamma_negative, imbalance.gamma_positive.$"
    with pytest.raises(SettingsError, match=expected):
        require_defined(stated, Task.MULTICLASS)
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
