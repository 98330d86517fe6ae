"""Small bundles, and ways to damage or age them."""

import hashlib
import json

from tiny_models import tiny_input_spec

from kerascls.data.labels import LabelSet, Task
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.inference.bundle import MANIFEST, write_bundle
from kerascls.inference.bundle.files import describe

INPUT_SPEC = tiny_input_spec(max_tokens=16)
SUPPORT = {"体育": 3, "[red]x[/red]": 1}


def write_model(folder):
    (folder / "vocab.txt").write_text("[PAD]\n")
    (folder / "model.safetensors").write_bytes(bytes(range(100)))


def write(path, write_model=write_model, **changes):
    facts = {
        "runtime": "keras",
        "task": Task.MULTILABEL,
        "label_set": LabelSet(tuple(SUPPORT)),
        "decision": Decision(Rule("threshold", 0.25)),
        "input_spec": INPUT_SPEC,
        "train_support": SUPPORT,
        "settings": {"data": {"label_separator": "|"}},
    }
    return write_bundle(path, write_model=write_model, **facts | changes)


def manifest_of(bundle):
    return json.loads((bundle / MANIFEST).read_text("utf-8"))


def change_manifest(bundle, **changes):
    (bundle / MANIFEST).write_text(json.dumps(manifest_of(bundle) | changes))


def change_file(bundle, name, content):
    """Writes other bytes, and into the manifest that this is as it should be."""
    (bundle / name).write_bytes(content)
    files = manifest_of(bundle)["files"] | {name: describe(bundle / name)}
    change_manifest(bundle, files=files)


def to_first_format(bundle):
    """Makes of a bundle what version 1 wrote: a rule, nothing about calibration."""
    manifest = manifest_of(bundle)
    (bundle / "decision.json").unlink()
    (bundle / "rule.json").write_text('{"kind": "threshold", "threshold": 0.25}')
    content = (bundle / "rule.json").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    del manifest["files"]["decision.json"], manifest["decision"]
    manifest["files"]["rule.json"] = {"sha256": digest, "bytes": len(content)}
    manifest["format_version"] = 1
    (bundle / MANIFEST).write_text(json.dumps(manifest))
