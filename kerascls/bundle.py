"""The shipped directory: plain files, each with its hash, no code and no pickle."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerascls.decision import Rule
from kerascls.errors import BundleError, KerasclsError
from kerascls.labels import LabelSet, Task
from kerascls.run_directory import BUNDLE_FOLDER, RUN_FILE, write_json

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
SETTINGS = "settings.json"
LABELS = "labels.json"
TEXT = "text.json"
RULE = "rule.json"
ENCODER = "encoder.json"
VOCAB = "vocab.txt"
WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class Bundle:
    """A checked bundle.

    Args:
        path: The directory with the manifest.
        runtime: What computes logits from it, e.g. `"keras"`.
        task: What a row's labels mean.
        label_set: Names of the columns of the logits.
        rule: How probabilities become labels.
        text: How texts become batches: `text_columns`, `label_column`, `pair`,
            `do_lower_case`, `max_tokens`, `truncate`.
        train_support: Training rows of each label.
    """

    path: Path
    runtime: str
    task: Task
    label_set: LabelSet
    rule: Rule
    text: dict[str, Any]
    train_support: dict[str, int]

    def read(self, name: str) -> dict[str, Any]:
        """Returns the content of one of the bundle's JSON files."""
        return _read_json(self.path / name)


def write_bundle(
    path: Path,
    *,
    runtime: str,
    task: Task,
    label_set: LabelSet,
    rule: Rule,
    text: dict[str, Any],
    train_support: dict[str, int],
    settings: dict[str, Any],
    write_model: Callable[[Path], None],
    replace: bool = False,
) -> Bundle:
    """Writes a bundle beside its place and renames it when it is complete.

    Args:
        path: The directory to appear.
        runtime: Which runtime reads the model files.
        task: What a row's labels mean.
        label_set: Names of the columns of the logits.
        rule: How probabilities become labels.
        text: See `Bundle.text`.
        train_support: Training rows of each label, in the order of `label_set`.
        settings: All settings of the run, for people.
        write_model: Called with a directory; writes vocabulary, weights and what
            else the runtime needs there.
        replace: Whether a bundle at `path` gives way to the new one.

    Raises:
        BundleError: When there is something at `path` already.
    """
    if path.exists() and not replace:
        raise BundleError(
            f"Expected a free place for the bundle. Received: path={str(path)!r}, "
            f"which exists. Move it away first."
        )
    work = Path(tempfile.mkdtemp(dir=path.parent, prefix=".bundle-"))
    try:
        write_json(work / SETTINGS, settings)
        write_json(work / LABELS, {"task": task.value, "train_rows": train_support})
        write_json(work / TEXT, text)
        write_json(work / RULE, rule.to_dict())
        write_model(work)
        files = {item.name: _describe(item) for item in sorted(work.iterdir())}
        manifest = {
            "format_version": FORMAT_VERSION,
            "runtime": runtime,
            "task": task.value,
            "files": files,
        }
        write_json(work / MANIFEST, manifest)
        os.chmod(work, 0o755)
        if path.exists():
            shutil.rmtree(path)
        os.rename(work, path)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return open_bundle(path)


def open_bundle(path: str | Path) -> Bundle:
    """Reads and checks a bundle.

    Args:
        path: The bundle, or the run directory that holds it.

    Raises:
        BundleError: When there is none, a file is missing or differs from its
            recorded hash, or the format is of another version.
    """
    place = _find(Path(path))
    manifest = _read_json(place / MANIFEST)
    if manifest.get("format_version") != FORMAT_VERSION:
        raise BundleError(
            f"Expected a bundle of format {FORMAT_VERSION}. Received: {str(place)!r}, "
            f"format_version={manifest.get('format_version')!r}. Read it with the "
            f"version of kerascls that wrote it, or train again."
        )
    try:
        _check_files(place, manifest["files"])
        labels = _read_json(place / LABELS)
        return Bundle(
            path=place,
            runtime=manifest["runtime"],
            task=Task(labels["task"]),
            label_set=LabelSet(tuple(labels["train_rows"])),
            rule=Rule.from_dict(_read_json(place / RULE)),
            text=_read_json(place / TEXT),
            train_support=labels["train_rows"],
        )
    except (KeyError, TypeError, ValueError, AttributeError, KerasclsError) as error:
        if isinstance(error, BundleError):
            raise
        raise BundleError(
            f"Expected a complete bundle. Received: {str(place)!r}, damaged: {error}. "
            f"Copy it again from where it was made."
        ) from error


def _find(path: Path) -> Path:
    for place in (path, path / BUNDLE_FOLDER):
        if (place / MANIFEST).is_file():
            return place
    status = ""
    if (path / RUN_FILE).is_file():
        run = _read_json(path / RUN_FILE)
        status = f" It is a run whose status is {run.get('status')!r}."
    raise BundleError(
        f"Expected a bundle: a directory with {MANIFEST}, or a run directory with "
        f"{BUNDLE_FOLDER}/{MANIFEST}. Received: {str(path)!r}.{status} Give the --out "
        f"of a finished `kerascls fit`."
    )


def _check_files(place: Path, files: dict[str, dict[str, Any]]):
    damaged = []
    for name, expected in files.items():
        item = place / name
        if Path(name).name != name or not item.is_file():
            damaged.append(f"{name} is missing")
            continue
        num_bytes = item.stat().st_size
        if num_bytes != expected["bytes"]:
            damaged.append(f"{name} has {num_bytes} bytes, not {expected['bytes']}")
        elif _describe(item) != expected:
            damaged.append(f"{name} differs from its SHA-256")
    missing = {SETTINGS, LABELS, TEXT, RULE, VOCAB} - set(files)
    damaged += [f"{name} is not in the manifest" for name in sorted(missing)]
    if damaged:
        raise BundleError(
            f"Expected the files of the manifest, unchanged. Received: "
            f"{str(place)!r} where {'; '.join(damaged)}. Copy the bundle again from "
            f"where it was made."
        )


def _describe(item: Path) -> dict[str, Any]:
    with open(item, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": digest, "bytes": item.stat().st_size}


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BundleError(
            f"Expected JSON in {str(path)!r}. Received: {error}. Copy the bundle "
            f"again from where it was made."
        ) from error
    if not isinstance(value, dict):
        raise BundleError(
            f"Expected a JSON object in {str(path)!r}. Received: {value!r:.200}. Copy "
            f"the bundle again from where it was made."
        )
    return value
