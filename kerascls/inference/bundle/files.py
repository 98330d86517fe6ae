"""The files of a bundle: their names, their hashes, what the manifest says of them."""

import hashlib
import json
from pathlib import Path
from typing import Any

from kerascls.errors import BundleError
from kerascls.system.runs import BUNDLE_FOLDER as BUNDLE_FOLDER
from kerascls.system.runs import MANIFEST as MANIFEST
from kerascls.system.runs import RUN_FILE as RUN_FILE

SETTINGS = "settings.json"
LABELS = "labels.json"
TEXT = "text.json"
DECISION = "decision.json"
ENCODER = "encoder.json"
VOCAB = "vocab.txt"
_TOKENIZERS = "kerascls.preprocessing.tokenizers"
# Of these files one, and which `TextTokenizer` opens it; the first that is there.
TOKENIZERS = {
    VOCAB: f"{_TOKENIZERS}.wordpiece:Tokenizer",
    "tokenizer.json": f"{_TOKENIZERS}.rust_tokenizer:RustTokenizer",
    "words.json": f"{_TOKENIZERS}.words:WordTokenizer",
}
NGRAMS = "ngrams.json"  # of a linear model, in place of the vocabulary
WEIGHTS = "model.safetensors"
MEMBERS_FOLDER = "members"  # of an ensemble, in place of vocabulary and weights
# All that bundles of format 1 have for a decision.
FIRST_RULE = "rule.json"


def exports_of(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Returns the exported files that a manifest names, by format.

    Raises:
        KeyError: When one is not in its list of files.
    """
    exports = manifest.get("exports", {})
    for name, export in exports.items():
        if export["file"] not in manifest["files"]:
            raise KeyError(f"{export['file']} of exports[{name!r}]")
    return exports


def check_files(
    bundle: Path,
    files: dict[str, dict[str, Any]],
    decision: str,
    has_members: bool = False,
) -> None:
    """Checks that files are there, whole and unchanged, and that none is missing.

    Args:
        bundle: Its path.
        files: What the manifest says of each.
        decision: Name of the file that holds the decision.
        has_members: Whether it is an ensemble's, whose members know words.

    Raises:
        BundleError: When some are not; it names all of them.
    """
    damaged = []
    for name, expected in files.items():
        item = bundle / name
        if Path(name).name != name or not item.is_file():
            damaged.append(f"{name} is missing")
            continue
        num_bytes = item.stat().st_size
        if num_bytes != expected["bytes"]:
            damaged.append(f"{name} has {num_bytes} bytes, not {expected['bytes']}")
        elif describe(item) != expected:
            damaged.append(f"{name} differs from its SHA-256")
    missing = {SETTINGS, LABELS, TEXT, decision} - set(files)
    knows_words = has_members or files.keys() & {NGRAMS, *TOKENIZERS}
    if not knows_words:
        missing.add(VOCAB)
    damaged += [f"{name} is not in the manifest" for name in sorted(missing)]
    if damaged:
        raise BundleError(
            f"Expected the files of the manifest, unchanged. Received: "
            f"{str(bundle)!r} where {'; '.join(damaged)}. Copy the bundle again from "
            f"where it was made."
        )


def describe(item: Path) -> dict[str, Any]:
    """Returns what a manifest says of a file: `sha256` and `bytes`."""
    with open(item, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": digest, "bytes": item.stat().st_size}


def read_json(path: Path) -> dict[str, Any]:
    """Returns the object in a JSON file.

    Raises:
        BundleError: When the file cannot be read or holds no object.
    """
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
