"""The directory of a search: what belongs there, and which search it is of."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from kerascls.errors import SettingsError
from kerascls.settings.run_settings import RunSettings
from kerascls.settings.training import without_former
from kerascls.system.console import LOG_FILE
from kerascls.system.files import write_json
from kerascls.system.places import is_earlier
from kerascls.training.set_aside import remove_content

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


def is_search(out: Path) -> bool:
    """Returns whether an earlier search is there; see `is_earlier`."""
    return is_earlier(out, SEARCH_FILE, "search")


def open_directory(
    out: Path, metadata: dict[str, Any], overwrite: bool = False
) -> None:
    """Makes the directory, or checks that it is of a search of the same metadata.

    Raises:
        SettingsError: When another search is there and may not be replaced, or
            something else.
    """
    if is_search(out) and not overwrite:
        known = json.loads((out / SEARCH_FILE).read_bytes())
        different = list(_differences(known, json.loads(json.dumps(metadata))))
        if different:
            raise SettingsError(
                f"There is another search already. Received: out={str(out)!r}, where "
                f"{'; '.join(different[:5])}. Choose another --out, or replace it "
                f"with --overwrite."
            )
        return
    remove_content(out, CONTENT)
    out.mkdir(parents=True, exist_ok=True)
    try:
        write_json(out / SEARCH_FILE, metadata)
    except OSError:
        with suppress(OSError):  # it holds what is not ours
            out.rmdir()
        raise


def _differences(known: dict[str, dict], now: dict[str, dict]) -> Iterator[str]:
    defaults = RunSettings().to_dict()  # of settings that an earlier version lacked
    for group in dict.fromkeys((*known, *now)):
        before, after = known.get(group, {}), now.get(group, {})
        before = without_former(before) if group == "train" else before
        for key in dict.fromkeys((*before, *after)):
            was = before.get(key, defaults.get(group, {}).get(key))
            if was != after.get(key):
                yield f"{group}.{key} was {was!r}, not {after.get(key)!r}"
