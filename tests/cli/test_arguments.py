"""Options given twice are refused; what is unknown comes with what is meant."""

import click
import pytest

from kerascls.cli import app


def all_commands(group, path=()):
    """Yields the commands of a group and of the groups in it, with their names."""
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if isinstance(command, click.Group):
            yield from all_commands(command, (*path, name))
        else:
            yield (*path, name), command


ONCE = [
    (names, option.opts[0])
    for names, command in all_commands(app.kerascls)
    for option in command.params
    if isinstance(option, click.Option) and not (option.multiple or option.is_flag)
]


@pytest.mark.parametrize(("names", "option"), ONCE)
def test_every_option_with_one_value_is_refused_twice(run, names, option):
    mark = "=" if option.startswith("--") else ""
    outcome = run(*names, option, "1", f"{option}{mark}2")
    assert outcome.code == 2
    assert f"{option} was given 2 times: 1, 2; give it once." in outcome.err


def test_a_flag_may_be_repeated(run):
    assert "no.csv" in run("fit", "--quiet", "--quiet", "--train", "no.csv").err


def test_what_follows_two_hyphens_is_no_option(run):
    outcome = run("predict", "no-run", "--", "--text", "--text")
    assert "no-run" in outcome.err


def test_help_is_given_whatever_else_is(run):
    assert run("fit", "--help").code == 0


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("fit", "--lr", "1"), "--learning-rate"),
        (("fit", "--max-length", "1"), "--max-tokens"),
        (("fit", "--output-dir", "x"), "--out"),
        (("fit", "--epoch=3"), "--epochs"),
        (("evaluate", "x", "--out", "y"), "--report"),
        (("predict", "x", "--out", "y"), "--output"),
        (("train",), "fit"),
        (("serve",), "Predictor"),
        (("fitt",), "fit"),
        (("lr-find",), "find-rate"),
        (("fit", "--model", "roberta"), "roberta_wwm_ext"),
        (("fit", "--model", "bert-base-chinese"), "bert"),
        (("fit", "--model", "hfl/chinese-roberta-wwm-ext"), "roberta_wwm_ext"),
        (("fit", "--model", "electra"), "electra_small"),
    ],
)
def test_what_is_unknown_comes_with_what_is_meant(run, arguments, meant):
    outcome = run(*arguments)
    assert outcome.code == 2
    advice = outcome.err.replace("\n", " ").rpartition("Received")[2].rpartition(". ")
    assert meant in outcome.err
    assert "--help'?" not in "".join(advice)


def test_files_that_a_shell_made_of_a_pattern_are_told(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "b.csv", "c.csv"):
        (tmp_path / name).touch()
    outcome = run("fit", "--train", "a.csv", "b.csv", "c.csv")
    assert outcome.code == 2
    assert "no place for b.csv c.csv" in outcome.err
    assert "quote it: --train 'data/*.csv'" in outcome.err


def test_one_file_without_its_option_is_told_with_it(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "我的 more.csv").touch()
    outcome = run("evaluate", "run", "我的 more.csv")
    assert outcome.code == 2
    told = " ".join(outcome.err.split())
    assert "Did you mean `--test '我的 more.csv'`?" in told
    assert "quote it" not in told


@pytest.mark.parametrize(
    ("command", "option"),
    [(("fit",), "--train"), (("evaluate", "runs/x"), "--test")],
)
def test_files_of_a_pattern_that_was_not_quoted_are_told_with_the_option(
    run, tmp_path, monkeypatch, command, option
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs" / "x").mkdir(parents=True)
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).touch()
    outcome = run(*command, option, "a.csv", "b.csv")
    assert f"quote it: {option} 'data/*.csv'" in outcome.err


def test_a_setting_without_an_option_is_told_as_it_is_given(run):
    outcome = run("fit", "--window-overlap", "5")
    assert "--set model.window_overlap=VALUE" in outcome.err
    assert "--set" not in run("inspect", "x", "--window-overlap", "5").err
