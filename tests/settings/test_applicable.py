import pytest

from kerascls.errors import SettingsError
from kerascls.settings.applicable import not_followed, require_applicable, require_steps
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
