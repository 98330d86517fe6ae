"""By what a conversion is known again, so that nothing else is replaced by one."""

import hashlib
from pathlib import Path

from kerascls.system.files import write_json
from kerascls.system.runs import facts_in

MARK = "kerascls.json"


def write_mark(folder: Path) -> None:
    """Writes a file that names the others in a folder, each with its SHA-256."""
    files = {path.name: _sha256(path) for path in sorted(folder.iterdir())}
    content = {"written_by": "kerascls convert", "sha256": files}
    write_json(folder / MARK, content)


def foreign_in(folder: Path) -> str:
    """Returns what in a folder is not as it was written; "" where all is.

    Names tell nothing: every checkpoint has a `config.json`, and what was trained
    further from a conversion is saved over its files.
    """
    known = facts_in(folder / MARK).get("sha256")
    if not isinstance(known, dict):
        names = sorted(path.name for path in folder.iterdir())
        return f"holds {names[0]!r} and no {MARK} of a conversion" if names else ""
    for path in sorted(folder.iterdir()):
        if path.name == MARK:
            continue
        if path.name not in known or not path.is_file():
            return f"holds {path.name!r}, which is of somebody else"
        if _sha256(path) != known[path.name]:
            return f"holds {path.name!r}, which was changed since"
    return ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
