"""The bundles that an ensemble's bundle holds, each whole and with its own hashes."""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascls.errors import BundleError
from kerascls.inference.bundle.files import (
    ENCODER,
    LABELS,
    MANIFEST,
    MEMBERS_FOLDER,
    NGRAMS,
    TEXT,
    TOKENIZERS,
    WEIGHTS,
    read_json,
)

if TYPE_CHECKING:
    from kerascls.inference.bundle.bundle import Bundle


# What makes a classifier what it is; decisions and exports may come later.
_OF_TRAINING = (ENCODER, LABELS, NGRAMS, TEXT, WEIGHTS, *TOKENIZERS)


@dataclass(frozen=True)
class Member:
    """A classifier of an ensemble.

    Args:
        name: What it was called when the ensemble was made, for people.
        bundle: Its bundle.
        weight: Of its probabilities in the mean.
    """

    name: str
    bundle: "Bundle"
    weight: float


def copy_members(folder: Path, members: Sequence[Member]) -> list[dict[str, Any]]:
    """Copies bundles, without what is not theirs, into one that is being written.

    Args:
        folder: That one.
        members: What is copied.

    Returns:
        What its manifest says of them. A member decides as it does now, for ever.
    """
    entries = []
    for number, member in enumerate(members):
        place = f"{MEMBERS_FOLDER}/{number}"
        _copy(member.bundle.path, folder / place)
        entries.append(
            {
                "folder": place,
                "name": member.name,
                "weight": float(member.weight),
                "decision_sha256": member.bundle.decision.sha256,
                "model_sha256": _model_sha256(folder / place),
            }
        )
    return entries


def _copy(bundle: Path, place: Path) -> None:
    place.mkdir(parents=True)
    manifest = read_json(bundle / MANIFEST)
    for name in (*manifest["files"], MANIFEST):
        shutil.copyfile(bundle / name, place / name)
    for inner in manifest.get("members", ()):
        _copy(bundle / inner["folder"], place / inner["folder"])


def _model_sha256(bundle: Path) -> str:
    files = read_json(bundle / MANIFEST)["files"]
    hashes = {name: files[name]["sha256"] for name in _OF_TRAINING if name in files}
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()


def open_members(
    path: Path, manifest: dict[str, Any], opened: Callable[[Path], "Bundle"]
) -> tuple[Member, ...]:
    """Returns the members of a bundle; none of one that is no ensemble.

    Args:
        path: The bundle.
        manifest: Its own.
        opened: Opens and checks a bundle.

    Raises:
        BundleError: When one is damaged, or decides otherwise than it did.
        KeyError: When the manifest does not say what it should.
        ValueError: When one is missing or another one, or their weights are none.
    """
    members = []
    for number, entry in enumerate(manifest.get("members", ())):
        # Not what it says: no path may lead out of the bundle.
        folder = path / MEMBERS_FOLDER / str(number)
        if not (folder / MANIFEST).is_file():
            raise ValueError(f"{MEMBERS_FOLDER}/{number} is missing")
        bundle = opened(folder)
        model = _model_sha256(folder)
        if entry.get("model_sha256", model) != model:  # early ensembles did not say it
            raise ValueError(f"{MEMBERS_FOLDER}/{number} is another one's bundle")
        if bundle.decision.sha256 != entry["decision_sha256"]:
            raise BundleError(
                f"Expected members that decide as when the ensemble was made, for its "
                f"weights. Received: {str(bundle.path)!r}, which was changed since. "
                f"Bring it back with `kerascls tune {bundle.path} --undo`, and tune "
                f"the ensemble as a whole."
            )
        members.append(Member(str(entry["name"]), bundle, float(entry["weight"])))
    weights = [member.weight for member in members]
    if weights and not (min(weights) >= 0 and abs(sum(weights) - 1) <= 1e-6):
        raise ValueError(f"weights={weights} of members in {MANIFEST} are none")
    return tuple(members)
