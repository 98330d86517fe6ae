"""What a run writes, and where an earlier one's waits until something came of it."""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from kerascls.evaluation.reports.csv_markdown_json import (
    CSV_FILE,
    MARKDOWN_FILE,
    REPORT_FILE,
)
from kerascls.evaluation.reports.errors import ERRORS_FILE
from kerascls.evaluation.reports.history import HISTORY_FILE
from kerascls.evaluation.reports.html.page import HTML_FILE
from kerascls.evaluation.reports.plots.write_plots import PLOTS, PLOTS_FOLDER
from kerascls.evaluation.scored_rows import TEST_ROWS_FILE, VALID_ROWS_FILE
from kerascls.evaluation.seen_texts import SEEN_TEXTS_FILE
from kerascls.inference.bundle.files import BUNDLE_FOLDER, RUN_FILE
from kerascls.settings.training import TRACKERS
from kerascls.system.console import LOG_FILE
from kerascls.system.files import unfinished
from kerascls.system.runs import STATE_FOLDER

# What a new run takes away from an earlier one, the mark of a run last.
CONTENT = (
    BUNDLE_FOLDER,
    unfinished(BUNDLE_FOLDER),
    STATE_FOLDER,
    HISTORY_FILE,
    LOG_FILE,
    CSV_FILE,
    MARKDOWN_FILE,
    HTML_FILE,
    REPORT_FILE,
    ERRORS_FILE,
    *(f"{PLOTS_FOLDER}/{name}.png" for name in PLOTS),
    TEST_ROWS_FILE,
    VALID_ROWS_FILE,
    SEEN_TEXTS_FILE,
    RUN_FILE,
)
# Where what a run replaces is kept until something comes of that run.
EARLIER = ".earlier"


class SetAside:
    """What an earlier run wrote, in a folder of the directory that it is to return to.

    Args:
        path: The run directory.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path / EARLIER

    @property
    def is_there(self) -> bool:
        """Whether anything of an earlier run may be in it."""
        return self.folder.is_dir()

    @property
    def is_whole(self) -> bool:
        """Whether all of an earlier run is in it; its run.json is the last to go."""
        return (self.folder / RUN_FILE).is_file()

    def take(self) -> None:
        """Sets aside what is in the run directory."""
        for pattern in (*TRACKERS, *CONTENT):
            for path in list(self.path.glob(pattern)):
                place = self.folder / path.relative_to(self.path)
                place.parent.mkdir(parents=True, exist_ok=True)
                if path.name == RUN_FILE:  # by which the directory is known meanwhile
                    shutil.copy2(path, place)
                else:
                    os.replace(path, place)
        _remove_empty_plots(self.path)

    def bring_back(self) -> None:
        """Puts all back, in place of what was written since."""
        if self.is_whole:  # or what is here may be of the earlier run
            remove_content(self.path, (*TRACKERS, *CONTENT[:-1]))
        for pattern in (RUN_FILE, *TRACKERS, *CONTENT):
            for path in list(self.folder.glob(pattern)):
                place = self.path / path.relative_to(self.folder)
                place.parent.mkdir(exist_ok=True)
                os.replace(path, place)
        _remove_empty_plots(self.path)
        self.remove()

    def remove(self) -> None:
        """Removes it, when something came of the run that replaces it."""
        remove_content(self.path, (EARLIER,))


def remove_run(path: Path) -> None:
    """Removes what a run wrote into its directory."""
    remove_content(path, (*TRACKERS, *CONTENT))
    _remove_empty_plots(path)


def remove_content(folder: Path, patterns: Iterable[str]) -> None:
    """Removes files and folders by glob patterns, in their order; follows no links."""
    for pattern in patterns:
        for path in folder.glob(pattern):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def _remove_empty_plots(path: Path) -> None:
    with suppress(OSError):  # there are none, or some that are not ours
        (path / PLOTS_FOLDER).rmdir()
