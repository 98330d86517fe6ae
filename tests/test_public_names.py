"""`import kerascls` is light, and gives every public name when it is asked for."""

import subprocess
import sys

import pytest

import kerascls

HEAVY = ("keras", "tensorflow", "jax", "torch", "pandas", "sklearn", "matplotlib")


def loaded_after(code):
    """Returns which heavy modules a fresh Python has after running code."""
    tail = f"\nimport sys\nprint(*[n for n in {HEAVY} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code + tail], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("name", kerascls.__all__)
def test_every_public_name_can_be_imported(name):
    assert name in getattr(kerascls, name).__name__


def test_every_command_is_a_plain_function():
    from kerascls.cli.app import COMMANDS

    names = {"models": "list_models"}
    for command in COMMANDS:
        assert callable(
            getattr(kerascls, names.get(command, command.replace("-", "_")))
        )


def test_names_are_listed_before_they_are_loaded():
    assert set(kerascls.__all__) <= set(dir(kerascls))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'kerascls' has no attribute 'fitt'"):
        _ = kerascls.fitt


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_after("import kerascls") == []


def test_what_needs_no_model_loads_nothing_heavy():
    names = "fit, evaluate, predict, Predictor, Prediction, RunSettings, Tokenizer"
    assert loaded_after(f"from kerascls import {names}, inspect, list_models") == []
