"""The shipped directory: plain files, each with its hash, no code and no pickle."""

from kerascls.inference.bundle.bundle import (
    Bundle,
    is_bundle,
    open_bundle,
    write_bundle,
)
from kerascls.inference.bundle.changes import (
    add_export,
    rewrite_decision,
    undo_decision,
)
from kerascls.inference.bundle.files import ENCODER, MANIFEST, VOCAB, WEIGHTS
from kerascls.inference.bundle.members import Member

__all__ = [
    "ENCODER",
    "MANIFEST",
    "VOCAB",
    "WEIGHTS",
    "Bundle",
    "Member",
    "add_export",
    "is_bundle",
    "open_bundle",
    "rewrite_decision",
    "undo_decision",
    "write_bundle",
]
