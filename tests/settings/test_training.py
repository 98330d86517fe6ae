"""Settings of training: what excludes what, scores, trackers."""

import pytest

from kerascls.errors import SettingsError
from kerascls.settings.run_settings import RunSettings
from kerascls.settings.training import SCORES, checked_score, class_of_score


@pytest.mark.parametrize("more", [{"layer_decay": 0.9}, {"freeze_layers": 1}])
def test_what_a_frozen_encoder_makes_void_is_refused(more):
    with pytest.raises(SettingsError, match="freeze_encoder|frozen"):
        RunSettings.from_options(freeze_encoder=True, **more)


@pytest.mark.parametrize("frozen", [{"freeze_encoder": True}, {"freeze_layers": 1}])
def test_a_step_on_frozen_word_embeddings_is_refused(frozen):
    with pytest.raises(SettingsError, match="fgm moves word embeddings"):
        RunSettings.from_options(fgm=0.5, **frozen)


def test_the_one_loss_that_earlier_versions_had_is_read_and_no_other():
    assert RunSettings.from_dict({"train": {"loss": "cross_entropy", "epochs": 2}}) == (
        RunSettings.from_options(epochs=2)
    )
    with pytest.raises(SettingsError, match="`train.loss` .*mean 'imbalance.method'"):
        RunSettings.from_dict({"train": {"loss": "focal"}})
    with pytest.raises(SettingsError, match="`loss` is not an option.*'imbalance'"):
        RunSettings.from_options(loss="focal")


@pytest.mark.parametrize("name", SCORES)
def test_a_score_of_all_labels_is_about_no_label(name):
    assert checked_score(name) == name
    assert class_of_score(name) is None


@pytest.mark.parametrize(
    ("name", "label"), [("f1:体育", "体育"), ("recall:a:b", "a:b"), ("f1: ", " ")]
)
def test_a_score_of_one_label_names_it(name, label):
    assert checked_score(name) == name
    assert class_of_score(name) == label


@pytest.mark.parametrize("name", ["", "f1", "f1:", "macro_f1:a", "F1:a", "auc:a"])
def test_other_scores_are_refused_also_as_a_setting(name):
    with pytest.raises(SettingsError, match=f"best_by='{name}'"):
        checked_score(name)
    with pytest.raises(SettingsError, match=f"best_by='{name}'"):
        RunSettings.from_options(best_by=name)


def test_one_tracker_may_be_stated_as_a_plain_text():
    assert RunSettings.from_options(track="mlflow").train.track == ("mlflow",)


def test_an_unknown_tracker_is_refused_with_the_nearest_name():
    with pytest.raises(SettingsError, match="Did you mean 'mlflow'"):
        RunSettings.from_options(track=("wandb", "mlflo"))


def test_a_loss_of_the_linear_model_where_there_is_none_is_refused():
    assert RunSettings.from_options(linear_loss="log_loss").train.baseline
    with pytest.raises(SettingsError, match="linear_loss is of the linear model"):
        RunSettings.from_options(linear_loss="log_loss", baseline=False)
