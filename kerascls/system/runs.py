"""By what files a run and a bundle are known, and how a run goes on."""

import json
import shlex
from pathlib import Path
from typing import Any

RUN_FILE = "run.json"
BUNDLE_FOLDER = "bundle"
MANIFEST = "manifest.json"
STATE_FOLDER = "state"


def facts_in(path: Path) -> dict[str, Any]:
    """Returns the JSON object in a file; an empty one where there is none."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def line_to_resume(run: Path) -> str | None:
    """Returns the command that goes on with a run; None where nothing can."""
    is_done = facts_in(run / RUN_FILE).get("status", "done") == "done"
    if is_done or not any((run / STATE_FOLDER).glob("step-*")):
        return None
    return shlex.join(["kerascls", "fit", "--resume", "--out", str(run)])
