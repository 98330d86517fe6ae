"""What may change in a bundle after its training: the decision, exported files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kerascls.decision.decision import Decision
from kerascls.errors import BundleError
from kerascls.inference.bundle.bundle import FORMAT_VERSION, Bundle, open_bundle
from kerascls.inference.bundle.files import (
    FIRST_RULE,
    MANIFEST,
    describe,
    exports_of,
    read_json,
)
from kerascls.system.files import flush, locked, move, write_json


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
    decision.check_width(len(bundle.label_set))
    name = f"decision-{decision.sha256[:8]}.json"
    with _alone_with(bundle) as manifest:
        write_json(bundle.path / name, decision.to_dict())
        before = manifest.get("decision", FIRST_RULE)
        changes = {"format_version": FORMAT_VERSION, "decision": name}
        return _replace_file(bundle.path, manifest, before, name, changes)


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
    """Makes the manifest name a new file, and removes the one it named before."""
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
