"""The group of all commands; each one is imported only when it is called."""

import signal
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import Any

import click

from kerascls.cli.arguments import check_arguments, unknown_command
from kerascls.cli.exit_codes import exit_code_of
from kerascls.cli.silence import silence_backends, simplify_warnings
from kerascls.system.interrupts import resend_dropped

# Command -> its line in `kerascls --help`. The file and function have its name.
COMMANDS = {
    "fit": "Train a classifier from labelled text.",
    "search": "Look for the best settings for labelled text.",
    "find-rate": "Suggest a learning rate for labelled text.",
    "compare": "Rank several models on the same test rows.",
    "ensemble": "Make one classifier of several trained ones.",
    "soup": "Average the weights of several runs of one model.",
    "boost": "Train a stack of models, each on what those before it miss.",
    "evaluate": "Score a trained classifier on labelled text.",
    "tune": "Fit thresholds and probabilities anew, without training.",
    "diff": "Test whether two runs differ on the same test rows.",
    "predict": "Label texts, files or standard input.",
    "explain": "Say what in a text speaks for its labels.",
    "export": "Write a trained classifier for onnxruntime and others.",
    "audit": "Look for what is wrong with labelled text.",
    "relabel": "Write labelled text anew with corrected labels.",
    "suggest": "Choose the rows of unlabelled text to label next.",
    "data": "Convert labelled text, count what is in it, draw skewed subsets.",
    "inspect": "Say what a checkpoint or a trained classifier holds.",
    "models": "List the models that --model accepts.",
    "convert": "Write an encoder in the layout of another project.",
    "download": "Fetch the weights of a model from the Hugging Face hub.",
}


class LazyGroup(click.Group):
    """Lists commands from a table, so that `--help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Returns the command, imported now, or None."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        return getattr(import_module(f"kerascls.cli.{name}"), name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Returns name, command and its arguments, which are looked at as a whole."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise unknown_command(args[0], COMMANDS, ctx)
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None:
            check_arguments(command, rest, ctx)
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: Any) -> None:
        """Writes the table."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kerascls", message="%(prog)s %(version)s")
def kerascls() -> None:
    """Turn labelled text into a text classifier you can ship."""


def main(args: Sequence[str] | None = None) -> None:
    """Runs the command line and exits: 0 done, 2 bad input, 1 failed, 130 interrupt."""
    silence_backends()
    simplify_warnings()
    # A stopped service or job ends like Ctrl-C: with a valid run directory.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    resend_dropped()
    # A pattern of files is what it is in other systems, also where no shell expands it.
    how = {"standalone_mode": False, "windows_expand_args": False}
    run = partial(kerascls.main, args, "kerascls", **how)
    sys.exit(exit_code_of(run))
