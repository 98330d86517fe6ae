"""The directory of one run: what was asked, what happened, what came out."""

import json
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from kerascls.errors import SettingsError
from kerascls.evaluation.reports.history import HISTORY_FILE
from kerascls.inference.bundle.files import (
    BUNDLE_FOLDER,
    MANIFEST,
    MEMBERS_FOLDER,
    RUN_FILE,
)
from kerascls.system.disk import told_when_full
from kerascls.system.files import lock, unfinished, write_json
from kerascls.system.places import is_earlier
from kerascls.system.runs import STATE_FOLDER, facts_in, line_to_resume
from kerascls.training.set_aside import SetAside, remove_content, remove_run


class RunDirectory:
    """`OUT/`: run.json with the status, a log, history.csv, reports, the bundle."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._set_aside = SetAside(path)
        self.facts: dict[str, Any] = {}
        self._lock: int | None = None

    @classmethod
    def create(
        cls, path: Path, overwrite: bool = False, **facts: Any
    ) -> "RunDirectory":
        """Makes the directory, without what an earlier run wrote there, and run.json.

        What the earlier run wrote is set aside: `discard` brings it back, `finish` and
        `forget_earlier` remove it.

        Raises:
            SettingsError: When something is there that may not be replaced, or that
                another process is writing.
        """
        cls.check(path, overwrite)
        with told_when_full(path):
            path.mkdir(parents=True, exist_ok=True)
        run = cls(path)
        run.lock()
        try:
            run._set_earlier_aside()
            run.update(status="running", started=_now(), **facts)
        except BaseException:
            run.discard()
            raise
        return run

    @classmethod
    def open(cls, path: Path) -> "RunDirectory":
        """Opens the directory of an earlier run, to go on with it.

        Raises:
            SettingsError: When there is no run, or its run.json cannot be read.
        """
        try:
            facts = json.loads((path / RUN_FILE).read_bytes())
        except (OSError, ValueError) as error:
            why = f"whose {RUN_FILE} cannot be read ({error})"
            if isinstance(error, FileNotFoundError | NotADirectoryError):
                why = f"without {RUN_FILE}" if path.exists() else "which does not exist"
            raise SettingsError(
                f"Expected the directory of a run to go on with. Received: "
                f"out={str(path)!r}, {why}. Name one that `kerascls fit` wrote, or "
                f"leave out --resume."
            ) from error
        run = cls(path)
        run.facts = facts
        return run

    def go_on(self) -> None:
        """Takes an earlier run up: forgets how it ended, and what it left half done.

        Raises:
            SettingsError: When another process is writing it.
        """
        self.lock()
        remove_content(self.path, (unfinished(BUNDLE_FOLDER),))
        for fact in ("error", "ended"):
            self.facts.pop(fact, None)
        self.update(status="running")

    def lock(self) -> None:
        """Keeps other processes from writing here, until `finish` or the end."""
        try:
            self._lock = lock(self.path, wait=False)
        except BlockingIOError:
            raise SettingsError(
                f"Expected a run that no other process is writing. Received: "
                f"out={str(self.path)!r}, which one is. Wait for its end, or choose "
                f"another --out."
            ) from None

    @staticmethod
    def check(path: Path, overwrite: bool = False) -> None:
        """Checks, without changing anything, whether a run may be written there.

        Raises:
            SettingsError: When something is there that may not be replaced.
        """
        if not is_earlier(path, RUN_FILE, "run"):
            return
        if not overwrite:
            raise SettingsError(
                f"There is a run already. Received: out={str(path)!r}. "
                f"{_ways_out(path)}"
            )
        if foreign := _foreign_files(path):
            raise SettingsError(
                f"Expected a run that holds what was written by it, to replace it. "
                f"Received: out={str(path)!r} with {', '.join(foreign[:10])} of "
                f"somebody else. Move them away, or choose another --out."
            )

    def update(self, **facts: Any) -> None:
        """Adds facts to run.json."""
        self.facts.update(facts)
        write_json(self.path / RUN_FILE, self.facts)

    def discard(self) -> None:
        """Removes what was written, of a run of which nothing came.

        The run that it was to replace is there again.
        """
        if self.replaces:
            self._set_aside.bring_back()
        else:
            remove_run(self.path)
            with suppress(OSError):  # it holds what is not ours
                self.path.rmdir()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def replaces(self) -> bool:
        """Whether an earlier run is set aside for it."""
        return self._set_aside.is_there

    def forget_earlier(self) -> None:
        """Removes the run that this one replaces, as soon as something came of it."""
        self._set_aside.remove()

    def _set_earlier_aside(self) -> None:
        if self.replaces:  # a process was killed
            if self._set_aside.is_whole and self.has_trained:
                self.forget_earlier()
            else:
                self._set_aside.bring_back()
        self._set_aside.take()

    @property
    def has_trained(self) -> bool:
        """Whether anything came of it that would be lost."""
        made = (STATE_FOLDER, HISTORY_FILE, BUNDLE_FOLDER)
        return any((self.path / name).exists() for name in made)

    @property
    def has_states(self) -> bool:
        """Whether it can go on from one."""
        return any((self.path / STATE_FOLDER).glob("step-*"))

    def remove_states(self) -> None:
        """Removes what a finished run will not go on from."""
        shutil.rmtree(self.path / STATE_FOLDER, ignore_errors=True)

    def finish(self, status: str, **facts: Any) -> None:
        """Adds the last facts: how the run ended, and when."""
        self.update(status=status, ended=_now(), **facts)
        self.forget_earlier()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def free_directory(folder: Path, name: str) -> Path:
    """Returns `folder/name`, or `folder/name-2` and so on, the first that is free."""
    candidate, number = folder / name, 1
    while candidate.exists():
        number += 1
        candidate = folder / f"{name}-{number}"
    return candidate


def _ways_out(path: Path) -> str:
    """Returns what to do about a run that is there already, what keeps it first."""
    others = "choose another --out, or replace it with --overwrite (overwrite=True)."
    if not (line := line_to_resume(path)):
        return others[0].upper() + others[1:]
    status = facts_in(path / RUN_FILE)["status"]
    return f"It is {status} and can go on: {line}. Or {others}"


def _foreign_files(path: Path) -> list[str]:
    """Returns what a user put into folders that are replaced as a whole."""
    bundle, foreign = path / BUNDLE_FOLDER, []
    try:
        manifest = json.loads((bundle / MANIFEST).read_bytes())
        known = {MANIFEST, *manifest["files"]}
        known |= {MEMBERS_FOLDER} if "members" in manifest else set()
    except (OSError, ValueError, KeyError, TypeError):
        known = None  # there is no bundle, or none that could be told from others
    if known is not None and not bundle.is_symlink():
        foreign = [one for one in bundle.iterdir() if one.name not in known]
    foreign += [
        one
        for one in (path / STATE_FOLDER).glob("*")
        if not one.name.startswith("step-")
    ]
    names = (one for one in sorted(foreign) if not one.name.startswith("."))
    return [str(one.relative_to(path)) for one in names]


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")
