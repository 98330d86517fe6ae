"""An audit as files: Markdown, JSON, findings.csv, and JSON lines for doccano."""

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from kerascls.auditing.findings import Audit, row_fields
from kerascls.auditing.rows import label_cell
from kerascls.auditing.tables import audit_markdown
from kerascls.system.files import as_csv, csv_lines, write_all, write_atomically

AUDIT_FILE, FINDINGS_FILE = "audit.json", "findings.csv"
FINDINGS_COLUMNS = (
    *("kind", "finding", "file", "line", "text", "labels"),
    *("suggestion", "score", "corrected", "row"),
)
# What a person can decide by another label.
RELABELLED_KINDS = ("label_error", "conflict", "near_duplicate")


def write_audit(directory: str | Path, audit: Audit) -> list[Path]:
    """Writes `audit.md`, `audit.json` and `findings.csv`; returns their paths."""
    findings = csv_lines(_findings(audit), "\r\n")
    contents: dict[str, bytes | Iterable[bytes]] = {
        "audit.md": _encoded(audit_markdown(audit)),
        AUDIT_FILE: map(_encoded, _json_pieces(audit)),
        FINDINGS_FILE: chain([BOM_UTF8], map(_encoded, findings)),
    }
    return write_all(directory, contents)


def _json_pieces(audit: Audit) -> Iterator[str]:
    """Yields `Audit.to_dict` as JSON, a finding on a line: there may be very many."""
    whole = replace(audit, sections=()).to_dict()
    del whole["sections"]
    yield json.dumps(whole, ensure_ascii=False, indent=2).removesuffix("\n}")
    yield ',\n  "sections": ['
    for number, section in enumerate(audit.sections):
        described = replace(section, findings=()).to_dict(audit.rows)
        del described["findings"]
        text = json.dumps(described, ensure_ascii=False, indent=2)
        yield ("," if number else "") + "\n" + text.removesuffix("\n}")
        yield ',\n  "findings": ['
        for place, finding in enumerate(section.findings):
            fields = [row_fields(audit.rows, entry) for entry in finding]
            yield ("," if place else "") + "\n    "
            yield json.dumps(fields, ensure_ascii=False)
        yield "]\n}"
    yield "\n  ]\n}\n"


def findings_csv(audit: Audit) -> str:
    """Returns a line for each row of each finding, to read and to correct.

    `finding` numbers what belongs together. Into `corrected` go the right labels,
    `[]` for none at all; `relabel` takes them over. Cells are written as they are, for
    they are compared and read again: as with any CSV file, a spreadsheet may take a
    text that begins with = for a formula.
    """
    return as_csv(_findings(audit), "\r\n")


def _findings(audit: Audit) -> Iterator[Iterable[Any]]:
    """Yields the header of `findings_csv` and its rows."""
    yield FINDINGS_COLUMNS
    number = 0
    for section in audit.sections:
        for finding in section.findings:
            number += 1
            for entry in finding:
                fields = row_fields(audit.rows, entry)
                fields |= {"kind": section.kind, "finding": number, "corrected": ""}
                fields["labels"] = label_cell(fields["labels"])
                # The only character that no CSV file can hold.
                fields["text"] = fields["text"].replace("\0", "\ufffd")
                yield [fields[name] for name in FINDINGS_COLUMNS]


def export_doccano(path: str | Path, audit: Audit) -> int:
    """Writes the rows to label again, one JSON object each, for doccano.

    These are the likely label errors, the conflicts and the near duplicates with
    different labels, each row once. `label` holds the labels as they stand, a list;
    the other fields come back from doccano as they are, and tell `relabel` the row.

    Returns:
        The number of rows.
    """
    written: dict[int, str] = {}
    answers: dict[tuple[str, ...], set[frozenset[str]]] = {
        audit.rows.texts[entry.row]: set()
        for kind in RELABELLED_KINDS
        for finding in audit.section(kind).findings
        for entry in finding
    }
    for texts, labels in zip(audit.rows.texts, audit.rows.labels, strict=True):
        if texts in answers:
            answers[texts].add(frozenset(labels))
    for kind in RELABELLED_KINDS:
        for finding in audit.section(kind).findings:
            different = {
                labels
                for entry in finding
                for labels in answers[audit.rows.texts[entry.row]]
            }
            if kind == "near_duplicate" and len(different) == 1:
                continue
            for entry in finding:
                fields = row_fields(audit.rows, entry)
                line = {"text": fields.pop("text"), "label": fields.pop("labels")}
                line |= {"kind": kind, **fields}
                written.setdefault(entry.row, json.dumps(line, ensure_ascii=False))
    content = "".join(f"{line}\n" for line in written.values())
    write_atomically(Path(path), _encoded(content))
    return len(written)


def _encoded(text: str) -> bytes:
    # Half a surrogate pair, which a text may hold, has no bytes in UTF-8.
    return text.encode("utf-8", "replace")
