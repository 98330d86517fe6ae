import pytest

from kerascls.data.labels import Task
from kerascls.settings.imbalance import (
    METHODS,
    OF_MULTILABEL,
    ImbalanceSettings,
    method_of,
    parameters_of,
)
from kerascls.settings.run_settings import RunSettings

FIELDS = set(ImbalanceSettings.model_fields)


def test_the_default_does_nothing():
    assert ImbalanceSettings().method == "none"
    assert not method_of(ImbalanceSettings()).parameters


@pytest.mark.parametrize("row", METHODS.values(), ids=METHODS)
def test_a_method_is_told_in_one_line_and_follows_settings_that_there_are(row):
    assert row.title
    assert "\n" not in row.title
    assert set(row.parameters) <= FIELDS - {"method"}
    assert Task.MULTILABEL in row.tasks


def test_every_parameter_of_a_method_is_followed_by_one():
    followed = parameters_of(METHODS)
    of_all = {"method", "augment_below", "augment_copies", "augment_share"}
    assert set(followed) == FIELDS - of_all
    assert set(OF_MULTILABEL) <= set(followed)
    assert followed["weight_power"] == ("class_weight", "pos_weight")


def test_a_method_is_chosen_by_the_name_of_the_group():
    settings = RunSettings.from_options(imbalance="focal", focal_gamma=1)
    assert settings.imbalance.focal_gamma == 1
    assert method_of(settings.imbalance) is METHODS["focal"]
    same = RunSettings().with_overrides(
        ["imbalance.method=focal", "imbalance.focal_gamma=1"]
    )
    assert same == settings
