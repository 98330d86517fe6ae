"""What may change in a bundle after its training: the decision, exported files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kerascls.decision.decision import Decision
from kerascls.errors import BundleError, SettingsError
from kerascls.inference.bundle.bundle import FORMAT_VERSION, Bundle, open_bundle
from kerascls.inference.bundle.files import (
    FIRST_RULE,
    MANIFEST,
    describe,
    exports_of,
    read_json,
)
from kerascls.system.files import flush, locked, move, write_json

# In the manifest: files of earlier decisions, the first one first.
FORMER = "former_decisions"


def rewrite_decision(bundle: Bundle, decision: Decision) -> Bundle:
    """Puts another decision into a bundle; a crash leaves the old one or the new.

    The decision is written under a new name, the manifest that names it last. The
    one before stays in the bundle, for `undo_decision`.

    Args:
        bundle: The bundle, as it was opened.
        decision: What it decides by from now on.

    Raises:
        BundleError: When somebody else has changed the bundle since it was opened.
    """
    decision.check_width(len(bundle.label_set))
    name = f"decision-{decision.sha256[:8]}.json"
    with _alone_with(bundle) as manifest:
        if decision == bundle.decision:
            return bundle
        write_json(bundle.path / name, decision.to_dict())
        former = [*manifest.get(FORMER, ()), manifest.get("decision", FIRST_RULE)]
        version = max(FORMAT_VERSION, manifest["format_version"])
        changes = {"format_version": version, "decision": name, FORMER: former}
        return _replace_file(bundle.path, manifest, None, name, changes)


def undo_decision(bundle: Bundle) -> Bundle:
    """Brings the decision before the last `rewrite_decision` back.

    Raises:
        SettingsError: When there is none.
        BundleError: When somebody else has changed the bundle since it was opened.
    """
    with _alone_with(bundle) as manifest:
        *former, name = manifest.get(FORMER) or (None,)
        if name is None:
            raise SettingsError(
                f"Expected a bundle that was tuned and keeps its decision of before. "
                f"Received: {str(bundle.path)!r}, with the one decision. Tune it anew "
                f"with `kerascls tune`."
            )
        now = manifest["decision"]
        gone = None if now in (*former, name) else now
        changes = {"decision": name, FORMER: former}
        return _replace_file(bundle.path, manifest, gone, name, changes)


def add_export(
    bundle: Bundle, format: str, work: Path, metadata: dict[str, Any]
) -> Bundle:
    """Moves an exported file into its bundle; a crash leaves the old one or the new.

    Args:
        bundle: The bundle, as it was opened.
        format: Of the file, e.g. `"onnx"`.
        work: The file, on the disk of the bundle.
        metadata: What is to be known about it.

    Raises:
        BundleError: When somebody else has changed the bundle since it was opened.
    """
    name = f"model-{describe(work)['sha256'][:8]}{work.suffix}"
    work.chmod(0o644)
    flush(work)
    with _alone_with(bundle) as manifest:
        exports = exports_of(manifest)
        before = exports.get(format, {}).get("file")
        move(work, bundle.path / name)
        changes = {"exports": exports | {format: {"file": name, **metadata}}}
        return _replace_file(bundle.path, manifest, before, name, changes)


@contextmanager
def _alone_with(bundle: Bundle) -> Iterator[dict[str, Any]]:
    """Gives the manifest of a bundle that still decides as it did; others wait."""
    read_json(bundle.path / MANIFEST)  # says what is wrong if the bundle has gone
    with locked(bundle.path):
        if open_bundle(bundle.path).decision != bundle.decision:
            raise BundleError(
                f"Expected the bundle as it was when it was opened. Received: "
                f"{str(bundle.path)!r}, whose decision has changed since. Start again."
            )
        yield read_json(bundle.path / MANIFEST)


def _replace_file(
    folder: Path,
    manifest: dict[str, Any],
    before: str | None,
    name: str,
    changes: dict[str, Any],
) -> Bundle:
    """Makes the manifest name a file, and removes the one that has lost its place."""
    files = {key: entry for key, entry in manifest["files"].items() if key != before}
    files[name] = describe(folder / name)
    try:
        write_json(folder / MANIFEST, manifest | changes | {"files": files})
    except BaseException:
        # An interrupt may come when the new manifest is there already.
        if name not in read_json(folder / MANIFEST)["files"]:
            (folder / name).unlink(missing_ok=True)
        raise
    if before is not None and before != name:
        (folder / before).unlink(missing_ok=True)
    return open_bundle(folder)
