"""Several trainings one after another, in one process, on one test part."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kerascls.errors import SettingsError
from kerascls.settings.run_settings import RunSettings
from kerascls.system.interrupts import undisturbed
from kerascls.training import fit as training

if TYPE_CHECKING:
    from rich.console import Console


def fit_next(
    settings: RunSettings,
    out: Path,
    *,
    overwrite: bool = False,
    resume: bool = False,
    cache: bool = True,
    quiet: bool = False,
    console: "Console | None" = None,
) -> training.RunResult:
    """Trains as `fit` does, and frees what Keras keeps of it.

    With `resume` a run that was begun goes on, and others begin.
    """
    result = training.fit(
        settings,
        out=out,
        overwrite=overwrite,
        resume=resume and out.exists(),
        cache=cache,
        quiet=quiet,
        console=console,
    )
    forget_models()
    return result


def forget_models() -> None:
    """Frees what Keras keeps of models, if it was loaded at all."""
    if "keras" in sys.modules:
        from keras.utils import clear_session

        undisturbed(clear_session)


def require_test_part(settings: RunSettings) -> None:
    """Checks that there will be test rows, on which all trainings are scored.

    Raises:
        SettingsError: When validation rows are given and test rows are not.
    """
    if settings.data.valid and not settings.data.test:
        raise SettingsError(
            "Expected a test part, on which all runs are scored. Received: "
            f"valid={', '.join(map(str, settings.data.valid))}, no test. Give --test, "
            f"or leave out --valid: then both are cut from train."
        )
