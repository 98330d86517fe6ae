"""Runs and bundles of kerascls, which hold an encoder but are no checkpoint."""

import shlex
from pathlib import Path

from kerascls.errors import CheckpointError
from kerascls.system.runs import (
    BUNDLE_FOLDER,
    MANIFEST,
    RUN_FILE,
    STATE_FOLDER,
    facts_in,
    line_to_resume,
)

_ARCHITECTURE = "encoder.json"


def refuse_run(path: Path) -> None:
    """Raises a CheckpointError for a run or bundle, or a file that lies in one.

    Raises:
        CheckpointError: It says how to have a checkpoint of it.
    """
    if not path.exists():
        return
    folder = path if path.is_dir() else path.parent
    for inner in (folder, folder.parent):
        if inner.name == STATE_FOLDER:
            folder = inner.parent
    is_bundle = "format_version" in facts_in(folder / MANIFEST)
    is_run = {"status", "started"} <= facts_in(folder / RUN_FILE).keys()
    if not is_bundle and not is_run:
        return
    kind = "a bundle" if is_bundle else "a run"
    what = f"{kind} of kerascls" if folder == path else f"in {kind} of kerascls"
    raise CheckpointError(
        f"Expected a checkpoint. Received: {path}, which is {what}. "
        f"{_cure(folder, folder if is_bundle else folder / BUNDLE_FOLDER)}"
    )


def _cure(folder: Path, bundle: Path) -> str:
    if not (bundle / MANIFEST).is_file():
        line = line_to_resume(folder)
        go_on = f"go on with it (`{line}`), or " if line else ""
        return f"It has no model yet: {go_on}choose the directory of a checkpoint."
    model = facts_in(bundle / _ARCHITECTURE).get("model")
    if model is not None:
        return f"Its model is {model}, without encoder; choose another."
    line = f"{shlex.join(['kerascls', 'convert', str(folder)])} OUT"
    return f"Write its encoder as a checkpoint, `{line}`, and give OUT."
