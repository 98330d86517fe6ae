"""The shipped directory: plain files, each with its hash, no code and no pickle."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kerascls.decision import Decision, Rule
from kerascls.errors import BundleError, KerasclsError
from kerascls.labels import LabelSet, Task
from kerascls.run_directory import (
    BUNDLE_FOLDER,
    MANIFEST_FILE,
    RUN_FILE,
    as_json,
    write_atomically,
    write_json,
)

FORMAT_VERSION = 2
READ_VERSIONS = (1, 2)
MANIFEST = MANIFEST_FILE
SETTINGS = "settings.json"
LABELS = "labels.json"
TEXT = "text.json"
DECISION = "decision.json"
ENCODER = "encoder.json"
VOCAB = "vocab.txt"
WEIGHTS = "model.safetensors"
# All that bundles of format 1 have for a decision.
_FIRST_RULE = "rule.json"


@dataclass(frozen=True)
class Bundle:
    """A checked bundle.

    Args:
        path: The directory with the manifest.
        runtime: What computes logits from it, e.g. `"keras"`.
        task: What a row's labels mean.
        label_set: Names of the columns of the logits.
        decision: How logits become probabilities and these labels.
        text: How texts become batches: `text_columns`, `label_column`, `pair`,
            `do_lower_case`, `max_tokens`, `truncate`.
        train_support: Training rows of each label.
        exports: What `kerascls export` has put into it, by format: `file`, `int8`
            and what it was compared on.
    """

    path: Path
    runtime: str
    task: Task
    label_set: LabelSet
    decision: Decision
    text: dict[str, Any]
    train_support: dict[str, int]
    exports: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def rule(self) -> Rule:
        """How probabilities become labels."""
        return self.decision.rule

    def read(self, name: str) -> dict[str, Any]:
        """Returns the content of one of the bundle's JSON files."""
        return _read_json(self.path / name)


def write_bundle(
    path: Path,
    *,
    runtime: str,
    task: Task,
    label_set: LabelSet,
    decision: Decision,
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
        decision: How logits become probabilities and these labels.
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
        write_json(work / DECISION, decision.to_dict())
        write_model(work)
        files = {item.name: _describe(item) for item in sorted(work.iterdir())}
        manifest = {
            "format_version": FORMAT_VERSION,
            "runtime": runtime,
            "task": task.value,
            "decision": DECISION,
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
    try:
        return _opened(place, manifest)
    except BundleError:
        # Somebody may have rewritten the decision just now.
        if (again := _read_json(place / MANIFEST)) == manifest:
            raise
        return _opened(place, again)


def is_bundle(path: Path) -> bool:
    """Returns whether a path looks like a bundle, or a run directory that holds one."""
    return any((place / MANIFEST).is_file() for place in (path, path / BUNDLE_FOLDER))


def _opened(place: Path, manifest: dict[str, Any]) -> Bundle:
    if manifest.get("format_version") not in READ_VERSIONS:
        raise BundleError(
            f"Expected a bundle of format {' or '.join(map(str, READ_VERSIONS))}. "
            f"Received: {str(place)!r}, "
            f"format_version={manifest.get('format_version')!r}. Read it with the "
            f"version of kerascls that wrote it, or train again."
        )
    try:
        decision = manifest.get("decision", _FIRST_RULE)
        _check_files(place, manifest["files"], decision)
        labels = _read_json(place / LABELS)
        decided = _read_decision(place / decision)
        decided.check_width(len(labels["train_rows"]))
        return Bundle(
            path=place,
            runtime=manifest["runtime"],
            task=Task(labels["task"]),
            label_set=LabelSet(tuple(labels["train_rows"])),
            decision=decided,
            text=_read_json(place / TEXT),
            train_support=labels["train_rows"],
            exports=_exports(manifest),
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


def rewrite_decision(bundle: Bundle, decision: Decision) -> Bundle:
    """Puts another decision into a bundle; a crash leaves the old one or the new.

    The decision is written under a new name, the manifest that names it last; then
    the old file is removed.

    Args:
        bundle: The bundle, as it was opened.
        decision: What it decides by from now on.

    Raises:
        BundleError: When somebody else has changed the bundle since it was opened.
    """
    place = bundle.path
    _check_unchanged(bundle)
    manifest = _read_json(place / MANIFEST)
    decision.check_width(len(bundle.label_set))
    name = f"decision-{decision.sha256[:8]}.json"
    write_atomically(place / name, as_json(decision.to_dict()))
    before = manifest.get("decision", _FIRST_RULE)
    changes = {"format_version": FORMAT_VERSION, "decision": name}
    return _replace_file(place, manifest, before, name, changes)


def _check_unchanged(bundle: Bundle):
    if open_bundle(bundle.path).decision != bundle.decision:
        raise BundleError(
            f"Expected the bundle as it was when it was opened. Received: "
            f"{str(bundle.path)!r}, whose decision has changed since. Start again."
        )


def add_export(
    bundle: Bundle, format: str, work: Path, facts: dict[str, Any]
) -> Bundle:
    """Moves an exported file into its bundle; a crash leaves the old one or the new.

    Args:
        bundle: The bundle, as it was opened.
        format: Of the file, e.g. `"onnx"`.
        work: The file, on the disk of the bundle.
        facts: What is to be known about it.

    Raises:
        BundleError: When somebody else has changed the bundle since it was opened.
    """
    place = bundle.path
    name = f"model-{_describe(work)['sha256'][:8]}{work.suffix}"
    os.chmod(work, 0o644)
    with open(work, "rb") as file:
        os.fsync(file.fileno())
    _check_unchanged(bundle)
    manifest = _read_json(place / MANIFEST)
    exports = _exports(manifest)
    before = exports.get(format, {}).get("file")
    os.replace(work, place / name)
    exports = exports | {format: {"file": name, **facts}}
    return _replace_file(place, manifest, before, name, {"exports": exports})


def _replace_file(
    place: Path,
    manifest: dict[str, Any],
    before: str | None,
    name: str,
    changes: dict[str, Any],
) -> Bundle:
    """Makes the manifest name a new file, and removes the one it named before."""
    files = {key: facts for key, facts in manifest["files"].items() if key != before}
    files[name] = _describe(place / name)
    try:
        write_json(place / MANIFEST, manifest | changes | {"files": files})
    except BaseException:
        # An interrupt may come when the manifest is in its place already.
        if name not in _read_json(place / MANIFEST)["files"]:
            (place / name).unlink(missing_ok=True)
        raise
    if before not in (None, name):
        (place / before).unlink(missing_ok=True)
    return open_bundle(place)


def _exports(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    exports = manifest.get("exports", {})
    for name, facts in exports.items():
        if facts["file"] not in manifest["files"]:
            raise KeyError(f"{facts['file']} of exports[{name!r}]")
    return exports


def _read_decision(path: Path) -> Decision:
    values = _read_json(path)
    if path.name == _FIRST_RULE:
        return Decision(Rule.from_dict(values))
    return Decision.from_dict(values)


def _check_files(place: Path, files: dict[str, dict[str, Any]], decision: str):
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
    missing = {SETTINGS, LABELS, TEXT, decision, VOCAB} - set(files)
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
