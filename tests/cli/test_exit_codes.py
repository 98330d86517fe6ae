"""Every way a command can end, as a shell sees it."""

import errno

import click
import pytest

from kerascls.cli.exit_codes import exit_code_of
from kerascls.errors import DataError


def raising(error: BaseException):
    def command():
        raise error

    return command


@pytest.fixture(autouse=True)
def no_debugging(monkeypatch):
    monkeypatch.delenv("KERASCLS_DEBUG", raising=False)


def test_a_finished_command_exits_with_0():
    assert exit_code_of(lambda: None) == 0


def test_a_command_may_choose_its_code():
    assert exit_code_of(lambda: 2) == 2


def test_bad_input_is_one_message_and_2(capsys):
    assert exit_code_of(raising(DataError("Expected rows. Received: 0."))) == 2
    assert capsys.readouterr().err == "error: Expected rows. Received: 0.\n"


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_a_place_that_forbids_writing_is_2_and_named(capsys, number):
    error = OSError(number, "not allowed", "ro/.out.csv-x1y2")
    assert exit_code_of(raising(error)) == 2
    said = capsys.readouterr().err
    assert "Received: 'ro': not allowed" in said
    assert "Choose another" in said


def test_an_interrupt_is_130_and_says_so(capsys):
    assert exit_code_of(raising(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_how_to_go_on_is_said_though_click_made_an_abort_of_it(capsys):
    def interrupted():
        try:
            raise KeyboardInterrupt("To go on: kerascls fit --resume")
        except KeyboardInterrupt as end:
            raise click.Abort from end

    assert exit_code_of(interrupted) == 130
    assert capsys.readouterr().err == "interrupted: To go on: kerascls fit --resume\n"


def test_an_abort_by_click_is_an_interrupt():
    assert exit_code_of(raising(click.Abort())) == 130


def test_wrong_usage_is_2():
    assert exit_code_of(raising(click.UsageError("no"))) == 2


def test_a_full_disk_is_named(capsys):
    error = OSError(errno.ENOSPC, "No space left on device", "runs/x/model.safetensors")
    assert exit_code_of(raising(error)) == 2
    assert "disk is full while writing runs/x/model" in capsys.readouterr().err


def test_other_trouble_with_files_names_the_file(capsys):
    error = PermissionError(errno.EACCES, "Permission denied", "runs")
    assert exit_code_of(raising(error)) == 1
    assert capsys.readouterr().err == "error: Permission denied: runs\n"


def test_running_out_of_memory_says_what_to_try(capsys):
    assert exit_code_of(raising(MemoryError())) == 1
    assert "--batch-size" in capsys.readouterr().err


def test_an_unexpected_error_shows_no_traceback(capsys):
    assert exit_code_of(raising(RuntimeError("odd"))) == 1
    message = capsys.readouterr().err
    assert message == (
        "error: RuntimeError: odd. Set KERASCLS_DEBUG=1 for the traceback.\n"
    )


def test_debugging_shows_the_traceback(capsys, monkeypatch):
    monkeypatch.setenv("KERASCLS_DEBUG", "1")
    assert exit_code_of(raising(DataError("odd"))) == 2
    message = capsys.readouterr().err
    assert "Traceback" in message
    assert message.endswith("error: odd\n")
