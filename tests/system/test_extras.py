"""Packages that only some uses need."""

import json
import os
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

from kerascls.errors import SettingsError
from kerascls.system import extras
from kerascls.system.extras import (
    EXTRAS,
    TRAINING,
    absence_explained,
    keras_backend,
    require,
    require_keras,
    require_trackers,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def only(monkeypatch, tmp_path):
    """Sets which packages are installed, and that nothing chooses a backend."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)

    def install(*names):
        monkeypatch.setattr(extras, "is_installed", lambda name: name in names)

    return install


def without_backend() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}


def message_of(function, *arguments, **options) -> str:
    with pytest.raises(SettingsError) as error:
        function(*arguments, **options)
    return str(error.value)


def test_what_is_there_is_enough(only):
    only("optuna", "keras", "tensorflow")
    require("kerascls search", "optuna")
    require_keras("Training")
    only("keras", "tensorflow")
    assert "kerascls search" in message_of(require, "kerascls search", "optuna")


@pytest.mark.parametrize(
    ("packages", "named"),
    [
        (("matplotlib",), "evaluation"),
        (("sklearn",), "evaluation"),
        (("iterstrat",), "linear"),
        (("keras",), "tensorflow"),
        (("tensorflow",), "tensorflow"),
        (("jax",), "jax"),
        (("onnx",), "onnx"),
        (("optuna",), "search"),
        (EXTRAS["audit"], "audit"),
        (("keras", *TRAINING, "tensorflow", "optuna", "tomli_w"), "tensorflow,search"),
    ],
)
def test_the_extras_named_are_few_and_bring_all_that_is_missing(only, packages, named):
    only()
    text = message_of(require, "This", *packages)
    assert f'pip install "kerascls[{named}]"' in text
    assert f"This needs more than is installed. Received: no {packages[0]}" in text


@pytest.mark.parametrize("name", sorted({*chain(*EXTRAS.values())}))
def test_every_package_of_an_extra_has_a_command_that_brings_it(only, name):
    only()
    text = message_of(require, "This", name)
    named = text.partition("kerascls[")[2].partition("]")[0]
    assert name in chain(*(EXTRAS[extra] for extra in named.split(",")))


def test_only_what_is_missing_is_named(only):
    only("keras", "tensorflow", "iterstrat", "matplotlib", "scipy")
    text = message_of(require_keras, "Training", *TRAINING)
    assert "Received: no sklearn. Install it with" in text
    assert text.endswith('pip install "kerascls[evaluation]".')


def test_without_keras_the_other_backend_is_said_too(only):
    only()
    text = message_of(require_keras, "Training", otherwise="Or wait.")
    assert 'no keras, no tensorflow. Install it with pip install "kerascls[t' in text
    assert "name jax in place of tensorflow, and set KERAS_BACKEND=jax." in text
    assert text.endswith("Or wait.")


def test_a_backend_that_is_there_and_not_chosen_is_a_way_out(only):
    only("keras", "jax")
    text = message_of(require_keras, "Training")
    assert 'no tensorflow. Install it with pip install "kerascls[tensorflow]"' in text
    assert "jax, which is installed: set KERAS_BACKEND=jax" in text


def test_the_chosen_backend_is_the_one_to_install(only, monkeypatch):
    only()
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    text = message_of(require_keras, "Training")
    assert 'no keras, no jax. Install it with pip install "kerascls[jax]"' in text


def test_what_tensorflow_alone_does_is_not_advised_with_jax(only):
    only("keras", "jax")
    text = message_of(require_keras, "format=tflite", "tensorflow")
    assert text.count("no tensorflow") == 1
    assert "KERAS_BACKEND" not in text


@pytest.mark.parametrize("backend", ["torch", "openvino", "Tensorflow"])
def test_a_backend_that_is_not_supported_is_refused(only, monkeypatch, backend):
    only("keras", "tensorflow", backend)
    monkeypatch.setenv("KERAS_BACKEND", backend)
    assert message_of(require_keras, "Training") == (
        f"Training needs Keras on tensorflow or jax. Received: backend='{backend}', "
        f"of KERAS_BACKEND or keras.json. Set KERAS_BACKEND=tensorflow."
    )


def test_a_public_name_says_that_a_backend_is_not_supported():
    code = "import kerascls\ntry: kerascls.ScoreTable()\n"
    code += "except kerascls.errors.SettingsError as error: print(error)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=without_backend() | {"KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "kerascls.ScoreTable needs Keras on tensorflow or jax" in done.stdout


def test_training_on_a_backend_that_is_not_supported_is_one_error(tmp_path):
    code = "from kerascls.cli.app import main; main(['fit', '--out', 'new'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=without_backend() | {"KERAS_BACKEND": "torch", "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("error: Training needs Keras on tensorflow or jax.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("setting", [{}, {"KERAS_BACKEND": "jax"}])
@pytest.mark.parametrize("content", [None, "{}", '{"backend": "jax"}'])
def test_the_backend_is_the_one_that_keras_takes(tmp_path, setting, content):
    if content is not None:
        (tmp_path / "keras.json").write_text(content)
    code = (
        "from kerascls.system.extras import keras_backend\n"
        "found = keras_backend()\n"
        "from keras.src.backend import config\n"
        "print(found, config.backend())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=without_backend() | setting | {"KERAS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    found, taken = done.stdout.split()
    assert found == taken


def test_a_damaged_keras_json_is_as_none(only, tmp_path):
    (tmp_path / "keras.json").write_text("{")
    only()
    assert keras_backend() == "tensorflow"


@pytest.mark.parametrize("name", ["mlflow", "wandb"])
def test_a_missing_tracker_is_an_error_that_says_how_to_get_it(monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    text = message_of(require_trackers, ["tensorboard", name])
    assert f'pip install "kerascls[{name}]"' in text
    assert f"track={name} needs" in text


def test_tensorboard_needs_tensorflow_alone(only):
    only("tensorflow")
    require_trackers(["tensorboard"])
    only("jax", "keras")
    text = message_of(require_trackers, ["tensorboard"])
    assert 'pip install "kerascls[tensorflow]"' in text


def test_a_folder_of_that_name_is_no_package(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "wandb", raising=False)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    (tmp_path / "wandb").mkdir()
    with pytest.raises(SettingsError, match=r"kerascls\[wandb\]"):
        require_trackers(["wandb"])


def failing_import(name: str) -> None:
    with absence_explained("This"):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@pytest.mark.parametrize("name", ["optuna.trial", "onnx", "keras", "tensorflow"])
def test_a_failed_import_of_what_an_extra_brings_is_explained(only, name):
    only()
    assert "This needs more" in message_of(failing_import, name)


@pytest.mark.parametrize("name", ["numpy.missing", "optuna.moved", "tensorflow.moved"])
def test_other_failed_imports_stay_what_they_are(only, name):
    only("keras", "optuna", "tensorflow")
    with pytest.raises(ModuleNotFoundError, match=name):
        failing_import(name)


BASE = f"""
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
for name in {sorted({*chain(*EXTRAS.values())})}:
    sys.modules[name] = None  # as if it were not installed
from kerascls.cli.app import main
ends = []
for arguments in json.loads(sys.argv[1]):
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()) as screen:
        try:
            main(arguments)
        except SystemExit as end:
            ends.append([end.code, screen.getvalue()])
print(json.dumps(ends))
"""
TRAINS = 'pip install "kerascls[tensorflow]"'


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """Runs commands where only the base install is."""

    def run(*commands: list[str]) -> list[tuple[int, str]]:
        folder = tmp_path_factory.mktemp("base")
        variables = {"KERAS_HOME": str(folder), "KERASCLS_DEBUG": "0"}
        variables["PYTHONPATH"] = str(ROOT)
        done = subprocess.run(
            [sys.executable, "-c", BASE, json.dumps(commands)],
            env=without_backend() | variables,
            cwd=folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert list(folder.iterdir()) == []
        return json.loads(done.stdout)

    return run


def test_a_base_install_refuses_to_train_and_says_what_to_install(base):
    commands = (
        ["fit"],
        ["fit", "--out", "new"],
        ["fit", "--out", "new", "--seeds", "2"],
        ["find-rate", "--out", "rates.csv"],
        ["search", "--out", "new"],
    )
    for command, (code, screen) in zip(commands, base(*commands), strict=True):
        searching = command[0] == "search"
        named = TRAINS.replace("w]", "w,search]") if searching else TRAINS
        assert (code, screen.count("\n")) == (2, 1), command
        assert screen.startswith("error: ") and named in screen


def test_a_base_install_refuses_what_else_it_lacks(base, multilabel_run):
    out, test = str(multilabel_run.out), str(multilabel_run.options["test"])
    wanted = {
        ("predict", out, "text"): "which has no ONNX file",
        ("predict", out, "text", "--runtime", "keras"): TRAINS,
        ("evaluate", out, "--test", test, "--report", "report"): "[evaluation]",
        ("tune", out, test, "--calibration", "isotonic"): "[evaluation]",
        ("export", out): TRAINS,
        ("export", out, "--format", "tflite", "--out", "a.tflite"): TRAINS,
        ("audit", test, "--label-errors", "cross-validation"): "[audit]",
    }
    for command, (code, screen) in zip(wanted, base(*wanted), strict=True):
        assert (code, screen.count("\n")) == (2, 1), command
        assert wanted[command] in screen and "pip install" in screen


def test_a_base_install_answers_what_needs_no_model(base, multilabel_run):
    out, test = str(multilabel_run.out), str(multilabel_run.options["test"])
    commands = ["models"], ["inspect", out], ["diff", out, out], ["audit", test]
    assert [code for code, _ in base(*commands)] == [0, 0, 0, 0]


def test_a_public_name_that_needs_keras_says_so():
    code = (
        "import sys; sys.modules['keras'] = None\n"
        "import kerascls\n"
        "try: kerascls.ScoreTable()\n"
        "except kerascls.errors.SettingsError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "kerascls.ScoreTable needs" in done.stdout
    assert TRAINS in done.stdout


WITHOUT_KERAS = "import sys; sys.modules['keras'] = None\nimport kerascls\n"


@pytest.mark.parametrize(
    "code",
    [
        "assert hasattr(kerascls, 'ScoreTable')\n"
        "import pydoc; assert 'pip install' in pydoc.render_doc(kerascls)\n"
        "from inspect import getmembers; getmembers(kerascls)",
        "from kerascls import *\nprint(Predictor, ScoreTable)\n"
        "from kerascls import build_transformer_model\n"
        "try: build_transformer_model('a')\n"
        "except ImportError as error: assert 'pip install' in str(error)",
    ],
    ids=["looked at", "imported"],
)
def test_looking_at_all_names_needs_no_extra(code):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_KERAS + code], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("content", ["[]", '"jax"', "null", "{", "3"])
def test_a_keras_file_that_is_no_object_says_nothing(tmp_path, monkeypatch, content):
    (tmp_path / "keras.json").write_text(content)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    assert keras_backend() == "tensorflow"
