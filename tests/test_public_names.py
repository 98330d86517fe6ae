"""`import kerascls` is light, and gives every public name when it is asked for."""

import ast
import os
import subprocess
import sys
from pathlib import Path

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


def imports_for_type_checkers() -> dict[str, str]:
    """Returns where a type checker finds each public name, as `module:name`."""
    tree = ast.parse(Path(kerascls.__file__).read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    return {
        alias.asname or alias.name: f"{statement.module}:{alias.name}"
        for statement in block.body
        for alias in statement.names
    }


def test_the_table_the_list_and_the_types_name_the_same():
    table = {
        name: module if ":" in module else f"{module}:{name}"
        for name, module in kerascls._PLACES.items()
    }
    assert imports_for_type_checkers() == table
    assert sorted(kerascls.__all__) == sorted(table)


def checked_types(folder: Path, code: str) -> subprocess.CompletedProcess:
    """Runs mypy as a user would who has installed kerascls."""
    (folder / "script.py").write_text(code)
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "script.py"]
        # As for an installed package: what is wrong in it is not told.
        + ["--follow-imports=silent"],
        env={**os.environ, "MYPYPATH": str(Path(kerascls.__file__).parent.parent)},
        cwd=folder,
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_users_get_types(tmp_path):
    pytest.importorskip("mypy")
    right = checked_types(
        tmp_path,
        "import kerascls\n"
        'predictor = kerascls.Predictor.load("x")\n'
        'print(predictor.predict("y").labels, predictor.predict(["y"])[0].labels)\n',
    )
    assert right.returncode == 0, right.stdout
    code = "kerascls.Predictor.load(1)\nkerascls.audit()\nkerascls.no\n"
    wrong = checked_types(tmp_path, f"import kerascls\n{code}")
    for error in ("[arg-type]", "[call-arg]", '"no"  [attr-defined]'):
        assert error in wrong.stdout


def test_every_command_is_a_plain_function():
    from kerascls.cli.app import COMMANDS

    names = {"models": "list_models", "data": "convert_data"}
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
