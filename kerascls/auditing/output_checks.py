"""Checks, before work begins, that what is asked for can be written."""

import os
from collections.abc import Sequence
from pathlib import Path

from kerascls.auditing.audit_files import AUDIT_FILE, FINDINGS_FILE
from kerascls.auditing.findings import CORRECTED
from kerascls.data.readers import read_columns, read_records
from kerascls.errors import DataError, SettingsError
from kerascls.system.places import is_earlier


def check_new_file(path: str | Path, endings: Sequence[str], argument: str) -> None:
    """Checks that a file can be written and that there is none yet.

    Raises:
        SettingsError: When it exists, has another ending, or its folder does not
            exist or cannot be written to.
    """
    path = Path(path)
    received = f"Received: {argument}={str(path)!r}"
    if path.suffix.lower() not in endings or not path.parent.is_dir():
        raise SettingsError(
            f"Expected a new file that ends in {' or '.join(endings)} in an existing "
            f"folder. {received}. Choose another name."
        )
    if os.path.lexists(path):
        raise SettingsError(
            f"Expected a new file, for nothing is overwritten. {received}, which "
            f"exists. Choose another name."
        )
    if not _is_writable(path.parent):
        raise SettingsError(
            f"Expected a folder that can be written to. {received}, whose folder "
            f"cannot. Choose another folder."
        )


def check_directory(directory: str | Path) -> None:
    """Checks that an audit can be written, and replaces nothing but an earlier one.

    Raises:
        SettingsError: When it cannot be written to, holds other files, or its
            findings.csv holds corrections.
    """
    directory = Path(directory)
    is_earlier(directory, AUDIT_FILE, "audit")
    received = f"Received: out={str(directory)!r}"
    findings = directory / FINDINGS_FILE
    if findings.exists() and _holds_corrections(findings):
        raise SettingsError(
            f"Expected a folder whose findings.csv has nothing in {CORRECTED!r}, for "
            f"an audit writes it anew. {received}, with {findings} that was filled in "
            f"or is none of an audit. Choose another folder."
        )


def _is_writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK)


def _holds_corrections(path: Path) -> bool:
    """Returns whether a file holds corrections, or may: it is not as we write it."""
    try:
        if CORRECTED not in read_columns(path):
            return True
        return any(str(row.fields[CORRECTED]).strip() for row in read_records(path))
    except (DataError, OSError):
        return True
