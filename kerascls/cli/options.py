"""Click options made from the fields of the settings, so that both always agree."""

from collections.abc import Callable, Iterable
from functools import wraps
from itertools import chain
from pathlib import Path
from typing import Any, get_args, get_origin

import click

from kerascls.cli.output import progress_console
from kerascls.data.readers import FORMATS
from kerascls.data.readers.globs import is_pattern, matches, nothing_matched
from kerascls.data.readers.read_options import READ_KEYWORDS
from kerascls.errors import SettingsError
from kerascls.inference.runtimes import AUTO, RUNTIMES
from kerascls.settings.run_settings import FIELDS, OPTION_KEYS, RunSettings, choices

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
NEW_FOLDER = click.Path(file_okay=False, path_type=Path)
# Not checked here: a TensorFlow prefix, "model.ckpt-2000", is no file of its own.
_UNCHECKED = ("checkpoint",)
_SOURCES = ("train", "valid", "test")


class TextSource(click.Path):
    """Labelled text: a file, a folder of classes, or a pattern such as `data/*.csv`."""

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        """Returns a path; a pattern stays one, for what reads it."""
        path = Path(value)
        if not is_pattern(path):
            return super().convert(value, param, ctx)
        if not matches(path):
            self.fail(f"{str(path)!r}, {nothing_matched(path)}.", param, ctx)
        return path


TEXT_SOURCE = TextSource(exists=True, path_type=Path)
_PLAIN: dict[type, click.ParamType] = {int: click.INT, float: click.FLOAT}
_AS_IN_TRAINING = {
    "text": "Text column; repeat for several. Default: as in training.",
    "label": "Label column. Default: as in training.",
    "label_separator": "What joins several labels in one cell. "
    "Default: as in training.",
}


def setting_options(
    names: Iterable[str], **help_texts: str
) -> Callable[[Callable], Callable]:
    """Returns a decorator that adds one option for each setting.

    Args:
        names: Flat names, as in `OPTION_KEYS`. An option that is not given arrives
            as None, () or False.
        **help_texts: By name, where it differs from the setting's description.
    """

    def decorate(command: Callable) -> Callable:
        for name in reversed(tuple(names)):
            command = _option(name, help_texts.get(name))(command)
        return command

    return decorate


def reading_options(*but: str, **help_texts: str) -> Callable[[Callable], Callable]:
    """Returns a decorator that adds how a file is read, by default as in training.

    Without the task, which no such command has, and without `but`.
    """
    names = [name for name in READ_KEYWORDS if name not in ("task", *but)]
    return setting_options(names, **_AS_IN_TRAINING | help_texts)


def input_format_option(flag: str, help: str) -> Callable[[Callable], Callable]:
    """Returns a decorator that adds the format of a file that needs no labels."""
    return click.option(flag, type=click.Choice(list(FORMATS)), help=help)


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Adds `--config`, `--set` and `--json` to a command that trains.

    The command gets `settings` in place of the options of `setting_options`, and the
    `console` for what it shows.
    """
    return _with_settings(command, "")


def with_settings_of_models(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the same to a command that trains several models.

    What `--set` has of one model, `MODEL:group.field=value`, comes as `of_models`.
    """
    return _with_settings(command, " MODEL: in front is for one of --models.")


def _with_settings(command: Callable[..., None], of_models: str) -> Callable[..., None]:
    @click.option(
        "--config",
        type=FILE,
        help="Settings in TOML (or JSON); options and --set win over it.",
    )
    @click.option(
        "--set",
        "overrides",
        metavar="GROUP.FIELD=VALUE",
        multiple=True,
        help="Any setting, as in train.patience_epochs=5; repeat for several."
        + of_models,
    )
    @click.option("--json", "as_json", is_flag=True, help="Write the result as JSON.")
    @wraps(command)
    def run(
        config: Path | None, overrides: tuple[str, ...], as_json: bool, **options: Any
    ) -> None:
        stated = {name: options.pop(name) for name in OPTION_KEYS if name in options}
        if of_models:
            options["of_models"] = tuple(filter(_is_of_one_model, overrides))
            overrides = tuple(one for one in overrides if not _is_of_one_model(one))
        settings = settings_from(config, stated, overrides)
        console = progress_console(only_results_on_stdout=as_json)
        command(settings, as_json=as_json, console=console, **options)

    return run


def _is_of_one_model(assignment: str) -> bool:
    return ":" in assignment.partition("=")[0]


def runtime_option(command: Callable) -> Callable:
    """Adds `--runtime`."""
    return click.option(
        "--runtime",
        type=click.Choice((AUTO, *RUNTIMES)),
        help="What computes.  [auto: ONNX if exported]",
    )(command)


def settings_from(
    config: Path | None, options: dict[str, Any], overrides: Iterable[str]
) -> RunSettings:
    """Merges a settings file and, winning over it, options and `--set`.

    Raises:
        SettingsError: When an option and `--set` give the same setting.
    """
    overrides, options = list(overrides), given(options)
    keys = {one.partition("=")[0].strip(): one for one in overrides}
    for name in options:
        if OPTION_KEYS[name] in keys:
            raise SettingsError(
                f"Expected every setting once. Received: --{name.replace('_', '-')} "
                f"beside --set {keys[OPTION_KEYS[name]]}. Leave one of them out."
            )
    settings = RunSettings.read(config) if config else RunSettings()
    return settings.with_options(**options).with_overrides(overrides)


def given(options: dict[str, Any]) -> dict[str, Any]:
    """Returns the options that were given on the command line."""
    return {
        name: value
        for name, value in options.items()
        if value is not None and value != () and value is not False
    }


def _option(name: str, help_text: str | None) -> Callable:
    key = OPTION_KEYS[name]
    field = FIELDS[key]
    kinds = _kinds(field.annotation)
    flag = f"--{name.replace('_', '-')}"
    help_text = help_text or f"{field.description}{_default(field.default)}"
    if bool in kinds:
        return click.option(flag, name, is_flag=True, help=help_text)
    return click.option(
        flag,
        name,
        type=_type(name, key, kinds),
        multiple=tuple in kinds,
        default=() if tuple in kinds else None,
        help=help_text,
    )


def _kinds(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is tuple:
        items = (get_args(item) or (item,) for item in get_args(annotation))
        return (tuple, *chain.from_iterable(items))
    return get_args(annotation) or (annotation,)


def _type(name: str, key: str, kinds: tuple[Any, ...]) -> click.ParamType:
    if words := choices(key):
        return click.Choice(words)
    if Path in kinds:
        if name in _UNCHECKED:
            return click.Path(path_type=Path)
        return TEXT_SOURCE if name in _SOURCES else FILE
    return next((_PLAIN[kind] for kind in kinds if kind in _PLAIN), click.STRING)


def _default(value: Any) -> str:
    return "" if value is None or value == () or value is False else f"  [{value}]"
