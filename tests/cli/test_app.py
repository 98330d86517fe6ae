"""The group of commands, without running one to its end."""

import json
import os
import subprocess
import sys
from importlib.metadata import version

import click
import pytest

from kerascls.cli import app

HEAVY = {"tensorflow", "keras", "torch", "jax", "pandas", "sklearn", "matplotlib"}
LIGHT_COMMANDS = [
    ["--help"],
    ["fit", "--help"],
    ["search", "--help"],
    ["evaluate", "--help"],
    ["predict", "--help"],
    ["inspect", "--help"],
    ["models"],
    ["--version"],
]
# Time of the processor, which a busy machine changes least.
WATCH = """
import json, sys, time
start = time.process_time()
sys.argv = ["kerascls", *json.loads(sys.argv[1])]
from kerascls.cli.app import main
try:
    main()
except SystemExit as ended:
    seconds = time.process_time() - start
    loaded = sorted({name.partition(".")[0] for name in sys.modules})
    print(json.dumps([ended.code, seconds, loaded]), file=sys.stderr)
"""


def watched(arguments: list[str]) -> tuple[int, float, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", WATCH, json.dumps(arguments)],
        capture_output=True,
        text=True,
        env=os.environ | {"KERASCLS_DEBUG": "0"},
        check=True,
    )
    code, seconds, loaded = json.loads(done.stderr.splitlines()[-1])
    return code, seconds, set(loaded)


@pytest.mark.parametrize("arguments", LIGHT_COMMANDS, ids=" ".join)
def test_light_commands_answer_at_once_and_load_nothing_heavy(arguments):
    code, seconds, loaded = watched(arguments)
    assert code == 0
    assert not loaded & HEAVY
    assert seconds < 0.5


@pytest.mark.parametrize(
    "arguments",
    [
        ["fit", "--train", "missing.csv"],
        ["search", "--trials", "0"],
        ["fit", "--set", "train.epoch=3"],
        ["fit", "--model", "alberta_small"],
        ["predict", ".", "text"],
        ["evaluate", ".", "--test", "missing.csv"],
    ],
    ids=" ".join,
)
def test_bad_input_is_refused_before_anything_heavy_is_loaded(arguments):
    code, _, loaded = watched(arguments)
    assert code == 2
    assert not loaded & HEAVY


@pytest.mark.parametrize("name", app.COMMANDS)
def test_every_listed_command_exists_under_its_name(name):
    command = app.kerascls.get_command(None, name)
    assert isinstance(command, click.Command)
    assert command.name == name


@pytest.mark.parametrize("name", app.COMMANDS)
def test_every_option_has_a_help_text(name):
    command = app.kerascls.get_command(None, name)
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert [one.name for one in options if not one.help] == []


def test_help_lists_all_commands(run):
    outcome = run("--help")
    assert outcome.code == 0
    assert all(name in outcome.out for name in app.COMMANDS)


def test_an_unknown_command_exits_with_2(run):
    outcome = run("fitt")
    assert outcome.code == 2
    assert "fitt" in outcome.err


def test_the_version_is_the_one_installed(run):
    assert run("--version").out == f"kerascls {version('kerascls')}\n"


def test_python_dash_m_is_the_same_command():
    done = subprocess.run(
        [sys.executable, "-m", "kerascls", "--version"], capture_output=True, text=True
    )
    assert done.stdout == f"kerascls {version('kerascls')}\n"
