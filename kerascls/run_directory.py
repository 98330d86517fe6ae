"""The directory of one run: what was asked, what happened, what came out."""

import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from kerascls.errors import SettingsError

RUN_FILE = "run.json"
BUNDLE_FOLDER = "bundle"
HISTORY_FILE = "history.csv"
LOG_FILE = "log.txt"


def write_atomically(path: Path, content: bytes):
    """Writes a file so that a reader sees the old content or the new, never a part.

    Args:
        path: The file; its folder must exist.
        content: All of it.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def write_json(path: Path, value: Any):
    """Writes a value as indented UTF-8 JSON, atomically."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"
    write_atomically(path, text.encode())


class RunDirectory:
    """`OUT/`: run.json with the status, a log, history.csv, reports, the bundle.

    Args:
        path: The directory.

    Example:
        >>> run = RunDirectory.create(Path("runs/news"))
        >>> run.update(status="running")
    """

    def __init__(self, path: Path):
        self.path = path
        self.facts: dict[str, Any] = {}

    @classmethod
    def create(cls, path: Path, overwrite: bool = False) -> "RunDirectory":
        """Makes the directory, empty.

        Args:
            path: Where; parents are made too.
            overwrite: Whether an earlier run there may be removed.

        Raises:
            SettingsError: When something is there that may not be removed.
        """
        if path.exists() and not path.is_dir():
            raise SettingsError(
                f"Expected a directory to write to. Received: out={str(path)!r}, a "
                f"file. Choose another name with --out."
            )
        if path.is_dir() and any(path.iterdir()):
            cls._clear(path, overwrite)
        path.mkdir(parents=True, exist_ok=True)
        run = cls(path)
        run.update(status="running", started=_now())
        return run

    @staticmethod
    def _clear(path: Path, overwrite: bool):
        if not (path / RUN_FILE).is_file():
            raise SettingsError(
                f"Expected an empty directory or one of an earlier run. Received: "
                f"out={str(path)!r}, which holds other files. Choose another --out."
            )
        if not overwrite:
            raise SettingsError(
                f"There is a run already. Received: out={str(path)!r}. Choose another "
                f"--out, or replace it with --overwrite."
            )
        shutil.rmtree(path)

    def update(self, **facts: Any):
        """Adds facts to run.json."""
        self.facts.update(facts)
        write_json(self.path / RUN_FILE, self.facts)

    def finish(self, status: str, **facts: Any):
        """Adds the last facts: how the run ended, and when."""
        self.update(status=status, ended=_now(), **facts)

    def log(self, line: str):
        """Appends a line to the log."""
        with open(self.path / LOG_FILE, "a", encoding="utf-8") as file:
            file.write(line.rstrip("\n") + "\n")


def free_directory(folder: Path, name: str) -> Path:
    """Returns `folder/name`, or `folder/name-2` and so on, the first that is free."""
    candidate, number = folder / name, 1
    while candidate.exists():
        number += 1
        candidate = folder / f"{name}-{number}"
    return candidate


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")
