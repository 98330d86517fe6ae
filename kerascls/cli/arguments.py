"""What is looked at before a command runs: options given twice, names not known."""

import os
import shlex
from collections.abc import Mapping
from copy import copy

import click

from kerascls.system.tables import did_you_mean, nearest

# What people call a command, or want of one, in other tools.
_OTHER_WAYS = {
    "serve": "There is no server: `kerascls predict` reads files and standard input, "
    "and a service loads `kerascls.Predictor` once.",
    "version": "Did you mean 'kerascls --version'?",
    "help": "Did you mean 'kerascls --help'?",
}


def check_arguments(
    command: click.Command, args: list[str], ctx: click.Context
) -> None:
    """Refuses an option that has one value and was given several; click takes the last.

    A flag may be repeated: it means the same.

    Args:
        command: Whose arguments they are.
        args: What follows its name.
        ctx: The context of its group.

    Raises:
        click.UsageError: Naming the option and the values, or what is unknown.
    """
    options = [one for one in command.params if isinstance(one, click.Option)]
    once = [one for one in options if not (one.multiple or one.is_flag)]
    repeatable = [copy(one) for one in once]
    for option in repeatable:
        option.multiple = True
    others = [one for one in command.params if one not in once]
    twin = click.Command(command.name, params=[*others, *repeatable])
    own = click.Context(command, parent=ctx, info_name=command.name)
    try:
        given, others_given, _ = twin.make_parser(own).parse_args(list(args))
    except click.NoSuchOption as error:
        if setting := _setting_of(error.option_name, options):
            raise click.NoSuchOption(error.option_name, setting, ctx=own) from None
        names = {one.lstrip("-"): one for option in options for one in option.opts}
        found = nearest(error.option_name, names)
        raise click.NoSuchOption(
            error.option_name,
            f"There is no option {error.option_name!r} here. "
            f"{did_you_mean(found and names[found], '--help lists all.')}",
            ctx=own,
        ) from None
    for option in repeatable:
        values = given.get(str(option.name))
        if isinstance(values, list) and len(values) > 1:
            listed = ", ".join(map(str, values))
            raise click.UsageError(
                f"{option.opts[0]} was given {len(values)} times: {listed}; give it "
                f"once.",
                own,
            )
    if given_files := _left_over(command, others_given):
        name_of_files = _option_of_files(command)
        if len(given_files) == 1 and name_of_files not in args:
            raise click.UsageError(
                f"There is no place for {given_files[0]}. Did you mean "
                f"`{name_of_files} {shlex.quote(given_files[0])}`?",
                own,
            )
        raise click.UsageError(
            f"There is no place for {' '.join(given_files)}. If the shell made several "
            f"files of a pattern, quote it: {name_of_files} 'data/*.csv'; "
            f"or give every file its own option.",
            own,
        )
    if isinstance(command, click.Group) and others_given:
        name, *rest = others_given
        if (inner := command.get_command(own, name)) is not None:
            check_arguments(inner, rest, own)


def _setting_of(name: str, options: list[click.Option]) -> str:
    """Returns how to give a setting that has no option of its own, "" for others."""
    from kerascls.settings.run_settings import OPTION_KEYS  # which takes time

    key = OPTION_KEYS.get(name.lstrip("-").replace("-", "_"))
    if key is None or not any("--set" in option.opts for option in options):
        return ""
    return f"{name!r} has no option of its own: give it as --set {key}=VALUE."


def _option_of_files(command: click.Command) -> str:
    """Returns the first option of a command that takes several files."""
    options = (one for one in command.params if isinstance(one, click.Option))
    of_files = (one.opts[0] for one in options if one.multiple and _is_path(one))
    return next(of_files, "--input")


def _is_path(option: click.Option) -> bool:
    return isinstance(option.type, click.Path)


def _left_over(command: click.Command, arguments: list[str]) -> list[str]:
    """Returns arguments of a command that has none, if all of them are files."""
    are_files = all(os.path.exists(one) for one in arguments)
    return arguments if type(command) is click.Command and are_files else []


def unknown_command(
    name: str, commands: Mapping[str, str], ctx: click.Context
) -> click.UsageError:
    """Returns the error for a command that there is not."""
    advice = _OTHER_WAYS.get(name) or did_you_mean(
        nearest(name, commands), f"Choose one of {', '.join(commands)}."
    )
    return click.UsageError(f"There is no command {name!r}. {advice}", ctx)
