"""What an audit found: sections, and in them rows to look at."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kerascls.auditing.rows import Rows
from kerascls.system.notebooks import html_lines, html_table
from kerascls.system.tables import known_name

CORRECTED = "corrected"
SHOWN_FINDINGS = 3
SHOWN_ROWS = 4
SHOWN_TABLE_ROWS = 20


@dataclass(frozen=True)
class FoundRow:
    """One row of a finding.

    Args:
        row: Its number among all rows.
        suggestion: What to do with it; for label errors the labels to give.
        score: How sure that is, None where it is certain; see the section.
    """

    row: int
    suggestion: str = ""
    score: float | None = None


@dataclass(frozen=True)
class Section:
    """One kind of finding.

    Args:
        kind: A short name, the first column of findings.csv.
        title: For people.
        counts: Numbers by name, as in audit.json.
        lines: The numbers in sentences.
        advice: What to do about it.
        findings: Rows that belong together, the most important finding first.
        table: A heading and rows of cells, shown with the section; empty for none.
    """

    kind: str
    title: str
    counts: dict[str, Any]
    lines: tuple[str, ...]
    advice: str
    findings: tuple[tuple[FoundRow, ...], ...] = ()
    table: tuple[tuple[str, ...], ...] = ()

    def to_dict(self, rows: Rows) -> dict[str, Any]:
        """Returns the section as plain JSON types; its findings are of `rows`."""
        return {
            "kind": self.kind,
            "title": self.title,
            "counts": self.counts,
            "lines": list(self.lines),
            "advice": self.advice,
            "findings": [
                [row_fields(rows, entry) for entry in finding]
                for finding in self.findings
            ],
        }


@dataclass(frozen=True, eq=False)
class Audit:
    """Everything an audit has to say.

    Args:
        rows: The rows that were looked at.
        sections: One for each kind of finding, also when nothing was found.
    """

    rows: Rows
    sections: tuple[Section, ...] = field(repr=False)

    def _repr_html_(self) -> str:
        shown = [section for section in self.sections if section.lines or section.table]
        parts = []
        for section in shown:
            heading, *rows = section.table or ((),)
            title = html_table(heading, rows[:SHOWN_TABLE_ROWS], section.title)
            parts += [title, html_lines([*section.lines, section.advice])]
        return "".join(parts)

    def section(self, kind: str) -> Section:
        """Returns the section of that kind; a SettingsError where there is none."""
        sections = {section.kind: section for section in self.sections}
        return sections[known_name(sections, kind, "kind")]

    def to_dict(self) -> dict[str, Any]:
        """Returns the audit as plain JSON types, every finding row included."""
        return {
            "files": {name: len(rows) for name, rows in self.rows.by_file().items()},
            "skipped_rows": {
                name: dataset.skipped_rows
                for name, dataset in self.rows.datasets.items()
            },
            "task": self.rows.task.value,
            "sections": [section.to_dict(self.rows) for section in self.sections],
        }


def row_fields(rows: Rows, entry: FoundRow) -> dict[str, Any]:
    """Returns what files say of one row of a finding."""
    return {
        "file": rows.file(entry.row),
        "line": int(rows.lines[entry.row]),
        "text": rows.text(entry.row),
        "labels": list(rows.labels[entry.row]),
        "suggestion": entry.suggestion,
        "score": entry.score,
        "row": rows.key(entry.row),
    }


def short_names(files: Sequence[str]) -> tuple[str, ...]:
    """Returns file names without their folders, unless two would be the same."""
    names = tuple(Path(file).name for file in files)
    return names if len(set(names)) == len(names) else tuple(files)


def listed(names: Sequence[str], limit: int = 10) -> str:
    """Returns names with commas, the first few and how many more there are."""
    more = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {more:,} more" if more > 0 else "")
