"""Patterns of file names, as in `data/part*.csv`, and the files that they match."""

import os.path
from glob import glob
from pathlib import Path

from kerascls.data.labels import in_natural_order
from kerascls.errors import SettingsError

SHOWN = 5
_MAGIC = frozenset("*?[")
# What systems and programs leave in folders, besides what begins with a dot.
_SYSTEM_FILES = {"thumbs.db", "desktop.ini", "__macosx"}
_OFFICE_LOCK = "~$"


def is_pattern(path: Path) -> bool:
    """Returns whether a path holds `*`, `?` or `[`, and nothing is really called so."""
    return not _MAGIC.isdisjoint(str(path)) and not os.path.lexists(path)


def matches(pattern: Path) -> list[Path]:
    """Returns what a pattern matches, in natural order: part2 before part10.

    `*` is any characters of a name, `?` one, `[ab]` one of these, `**` any folders.
    Hidden files are left out, and so are folders where there is `**`, for what is in
    them is matched itself. Folders at the beginning that exist are taken as they are,
    also those with one of these characters in their names.

    Example:
        >>> matches(Path("data/part*.csv"))
        [PosixPath('data/part2.csv'), PosixPath('data/part10.csv')]
    """
    folder, below = _split(pattern)
    names = glob(str(below), root_dir=folder, recursive=True)
    found = {(folder / name).as_posix(): folder / name for name in names}
    return [
        found[name]
        for name in in_natural_order(found)
        if not is_system_name(found[name].name)
        and not ("**" in below.parts and found[name].is_dir())
    ]


def files_of(path: Path) -> list[Path]:
    """Returns the path itself, or what it matches where it is a pattern.

    A pattern that matches nothing is returned, too: it is an error when it is opened.
    """
    return (matches(path) if is_pattern(path) else []) or [path]


def one_file(path: str | Path) -> Path:
    """Returns the only one of `files_of`.

    Raises:
        SettingsError: When there are several.
    """
    first, *others = files_of(Path(path))
    if others:
        names = [str(one) for one in (first, *others)]
        raise SettingsError(
            f"Expected one file. Received: {str(path)!r}, which matches {len(names)}: "
            f"{_listed(names)}. Name one of them."
        )
    return first


def nothing_matched(pattern: Path) -> str:
    """Returns what is said of a pattern that matches nothing: what is there instead."""
    folder, _ = _split(pattern)
    names = [one.name for one in folder.iterdir() if not is_system_name(one.name)]
    there = _listed(list(in_natural_order(names))) or "no files"
    return f"which matches no file; in {str(folder)!r} are: {there}"


def is_system_name(name: str) -> bool:
    """Returns whether a file or folder is not one that a person put there."""
    is_hidden = name.startswith((".", _OFFICE_LOCK))
    return is_hidden or name.lower() in _SYSTEM_FILES


def _split(pattern: Path) -> tuple[Path, Path]:
    """Returns the folder at its beginning that exists, and the rest."""
    pattern = Path(os.path.expanduser(pattern))  # which leaves an unknown user alone
    folder = next(one for one in pattern.parents if os.path.isdir(one))
    return folder, pattern.relative_to(folder)


def _listed(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
