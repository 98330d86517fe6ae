"""Click options made from settings."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kerascls.cli import audit, evaluate, export, relabel, tune
from kerascls.cli.options import (
    given,
    reading_options,
    setting_options,
    settings_from,
)
from kerascls.data.readers.read_options import READ_KEYWORDS
from kerascls.errors import SettingsError
from kerascls.settings.run_settings import FIELDS, OPTION_KEYS


def test_every_setting_can_be_an_option():
    @click.command()
    @setting_options(OPTION_KEYS)
    def command(**options):
        click.echo(str(given(options)))

    outcome = CliRunner().invoke(command, ["--max-minutes", "1.5", "--compile", "on"])
    assert outcome.output == "{'max_minutes': 1.5, 'compile': 'on'}\n"


def test_help_is_the_description_of_the_setting():
    @setting_options(["epochs"])
    def command(**options):
        pass

    option = click.command()(command).params[0]
    assert option.help == FIELDS["train.epochs"].description


def test_a_default_is_shown():
    @setting_options(["seed"])
    def command(**options):
        pass

    assert click.command()(command).params[0].help.endswith("[42]")


@pytest.mark.parametrize("folder", [".", "model.ckpt-2000", "x/model.safetensors"])
def test_a_checkpoint_may_be_a_path_that_is_no_directory(folder):
    @click.command()
    @setting_options(["checkpoint"])
    def command(**options):
        click.echo(options["checkpoint"])

    outcome = CliRunner().invoke(command, ["--checkpoint", folder])
    assert (outcome.exit_code, outcome.output) == (0, f"{Path(folder)}\n")


def test_a_checkpoint_that_does_not_exist_exits_with_2(run):
    outcome = run("fit", "--checkpoint", "no/model.ckpt-2000")
    assert outcome.code == 2
    assert "no/model.ckpt-2000, which does not exist" in outcome.err


@pytest.mark.parametrize("value", [None, (), False])
def test_what_was_not_given_is_left_out(value):
    assert given({"epochs": value}) == {}


def test_zero_was_given():
    assert given({"seed": 0}) == {"seed": 0}


def test_options_and_settings_win_over_the_file(tmp_path: Path):
    file = tmp_path / "run.json"
    file.write_text('{"train": {"epochs": 1, "seed": 1}}')
    settings = settings_from(file, {"epochs": 2}, ["train.batch_size=3"])
    stated = settings.train
    assert (stated.epochs, stated.seed, stated.batch_size) == (2, 1, 3)


def test_an_option_and_a_setting_that_say_the_same_are_refused():
    with pytest.raises(SettingsError, match="--epochs beside --set train.epochs=3"):
        settings_from(None, {"epochs": 2}, ["train.epochs=3"])


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        (audit.audit, set()),
        (relabel.relabel, set()),
        (evaluate.evaluate, {"task"}),
        (tune.tune, {"task"}),
        (export.export, {"task"}),
    ],
)
def test_every_command_that_reads_a_file_is_told_how(command, missing):
    assert set(READ_KEYWORDS) - {option.name for option in command.params} == missing


def test_a_file_is_read_as_in_training_unless_said_otherwise():
    @reading_options("format", label="What is true.")
    def command(**options):
        pass

    help_of = {one.name: one.help for one in click.command()(command).params}
    assert list(help_of) == [
        name for name in READ_KEYWORDS if name not in ("task", "format")
    ]
    assert help_of["text"].endswith("Default: as in training.")
    assert help_of["label"] == "What is true."
    assert help_of["encoding"] == FIELDS["data.encoding"].description + "  [utf-8]"


def test_a_pattern_is_handed_over_and_one_without_matches_refused(run, tmp_path):
    (tmp_path / "a.tsv").touch()
    outcome = run("fit", "--train", tmp_path / "*.csv")
    assert outcome.code == 2
    assert f"matches no file; in '{tmp_path}' are: a.tsv" in outcome.err
