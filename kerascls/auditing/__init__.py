"""What is wrong with labelled text, and a file with corrected labels."""

from kerascls.auditing.auditing import JUDGES, audit
from kerascls.auditing.findings import Audit, FoundRow, Section
from kerascls.auditing.relabelling import Relabelled, relabel
from kerascls.auditing.tables import render_audit

__all__ = [
    "JUDGES",
    "Audit",
    "FoundRow",
    "Relabelled",
    "Section",
    "audit",
    "relabel",
    "render_audit",
]
