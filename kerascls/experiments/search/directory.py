"""The directory of a search: what belongs there, and which search it is of."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kerascls.errors import SettingsError
from kerascls.system.console import LOG_FILE
from kerascls.system.files import write_json

SEARCH_FILE = "search.json"
JOURNAL_FILE = "study.journal"
TABLE_FILE = "trials.csv"
CONFIG_FILE = "best.toml"
DATA_FOLDER = "data"
TRIALS_FOLDER = "trials"
# What --overwrite takes away, the mark of a search last.
CONTENT = (
    DATA_FOLDER,
    TRIALS_FOLDER,
    JOURNAL_FILE,
    f"{JOURNAL_FILE}.lock",
    TABLE_FILE,
    CONFIG_FILE,
    LOG_FILE,
    SEARCH_FILE,
)


def check_place(out: Path) -> None:
    """Checks, without changing anything, whether a search may be there.

    Raises:
        SettingsError: When something else is there.
    """
    if out.exists() and not out.is_dir():
        raise SettingsError(
            f"Expected a directory to write to. Received: out={str(out)!r}, a file. "
            f"Choose another name with --out."
        )
    if not out.is_dir() or not any(out.iterdir()) or (out / SEARCH_FILE).is_file():
        return
    raise SettingsError(
        f"Expected an empty directory or one of an earlier search. Received: "
        f"out={str(out)!r}, which holds other files. Choose another --out."
    )


def open_place(out: Path, facts: dict[str, Any], overwrite: bool = False) -> None:
    """Makes the directory, or checks that it is of the same search.

    Args:
        out: The directory.
        facts: What must be the same when a search goes on, by group.
        overwrite: Whether another search there may be replaced.

    Raises:
        SettingsError: When something else is there.
    """
    check_place(out)
    file = out / SEARCH_FILE
    if file.is_file() and not overwrite:
        known = json.loads(file.read_bytes())
        different = list(_differences(known, json.loads(json.dumps(facts))))
        if different:
            raise SettingsError(
                f"There is another search already. Received: out={str(out)!r}, where "
                f"{'; '.join(different[:5])}. Choose another --out, or replace it "
                f"with --overwrite."
            )
        return
    for name in CONTENT:
        item = out / name
        if item.is_dir():
            shutil.rmtree(item)
        else:
            item.unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    write_json(file, facts)


def _differences(known: dict[str, dict], now: dict[str, dict]) -> Iterable[str]:
    for group in dict.fromkeys((*known, *now)):
        before, after = known.get(group, {}), now.get(group, {})
        for key in dict.fromkeys((*before, *after)):
            if before.get(key) != after.get(key):
                yield f"{group}.{key} was {before.get(key)!r}, not {after.get(key)!r}"
