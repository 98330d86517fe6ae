"""An audit as text for the screen and as Markdown."""

from collections.abc import Iterator

from rich import box
from rich.table import Table
from rich.text import Text

from kerascls.auditing.findings import (
    SHOWN_FINDINGS,
    SHOWN_ROWS,
    Audit,
    FoundRow,
    Section,
)
from kerascls.data.readers import join_labels
from kerascls.evaluation.reports.tables import MAX_NAME_WIDTH
from kerascls.system.console import drawn_lines
from kerascls.system.words import count

MAX_TEXT_CHARS = 40
MAX_TABLE_ROWS = 20


def render_audit(audit: Audit, *, width: int = 100) -> str:
    """Draws an audit: a heading, numbers, examples and advice for each section."""
    lines = [_files_line(audit)]
    for section in audit.sections:
        lines += ["", section.title, "-" * len(section.title)]
        lines += map(printable, section.lines or ("none",))
        lines += _drawn_table(section, width)
        lines += [f"  {line}" for line in example_lines(audit, section)]
        if section.advice and (section.lines or section.table):
            lines.append(f"-> {printable(section.advice)}")
    return "\n".join(lines)


def audit_markdown(audit: Audit) -> str:
    """Returns an audit as Markdown, with the same numbers and examples."""
    lines = ["# Audit", "", _files_line(audit)]
    for section in audit.sections:
        lines += ["", f"## {section.title}", ""]
        lines += [f"- {_escaped(line)}" for line in section.lines or ("none",)]
        lines += _markdown_table(section.table)
        examples = list(example_lines(audit, section))
        if examples:
            lines += ["", "```text", *examples, "```"]
        if section.advice and (section.lines or section.table):
            lines += ["", section.advice]
    return "\n".join(lines) + "\n"


def example_lines(audit: Audit, section: Section) -> Iterator[str]:
    """Yields the first findings, a line for each of their first rows."""
    rows = audit.rows
    for finding in section.findings[:SHOWN_FINDINGS]:
        for entry in finding[:SHOWN_ROWS]:
            yield (
                f"{printable(rows.place(entry.row))}  "
                f"{one_line(rows.text(entry.row))}  "
                f"[{printable(join_labels(rows.labels[entry.row]))}]"
                f"{printable(_remark(section, entry))}"
            )
        if len(finding) > SHOWN_ROWS:
            yield f"... and {count(len(finding) - SHOWN_ROWS, 'row')} more of these"
    more = len(section.findings) - SHOWN_FINDINGS
    if more > 0:
        yield f"... and {count(more, 'more finding')} in findings.csv (--out DIR)"


def printable(text: str) -> str:
    """Returns a text with a space for each control character or line break."""
    return "".join(one if one.isprintable() else " " for one in text)


def one_line(text: str) -> str:
    """Returns the start of a text without line breaks or control characters."""
    plain = " ".join(printable(text[: 2 * MAX_TEXT_CHARS]).split())
    short = plain[:MAX_TEXT_CHARS]
    return f"{short}..." if len(plain) > len(short) else short or "(empty)"


def _files_line(audit: Audit) -> str:
    files = []
    for name, rows in audit.rows.by_file().items():
        skipped = audit.rows.datasets[name].skipped_rows
        without = f", {count(skipped, 'bad row')} left out" if skipped else ""
        files.append(f"{name} ({count(len(rows), 'row')}{without})")
    return printable(f"Task: {audit.rows.task.value}. Files: {', '.join(files)}.")


def _remark(section: Section, entry: FoundRow) -> str:
    score = "" if entry.score is None else f" {entry.score:g}"
    if section.kind == "length":
        score = ""
    return f"  {entry.suggestion}{score}" if entry.suggestion or score else ""


def _drawn_table(section: Section, width: int) -> list[str]:
    if not section.table:
        return []
    heading, *rows = section.table
    heading = tuple(map(printable, heading))
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column, name in enumerate(heading):
        if name in ("label", "file") and column < len(heading) - 1:
            table.add_column(Text(name), max_width=MAX_NAME_WIDTH, overflow="fold")
        else:
            table.add_column(Text(name), justify="right", overflow="fold")
    for row in rows[:MAX_TABLE_ROWS]:
        table.add_row(*(Text(printable(cell)) for cell in row))
    if len(rows) > MAX_TABLE_ROWS:
        table.add_row(f"... {len(rows) - MAX_TABLE_ROWS} more in audit.md (--out DIR)")
    return drawn_lines(table, width)


def _markdown_table(table: tuple[tuple[str, ...], ...]) -> list[str]:
    if not table:
        return []
    heading, *rows = ([_escaped(cell) for cell in row] for row in table)
    lines = [f"| {' | '.join(heading)} |", "|---" * len(heading) + "|"]
    return ["", *lines, *(f"| {' | '.join(row)} |" for row in rows)]


def _escaped(text: str) -> str:
    plain = printable(text).replace("\\", "\\\\").replace("|", "\\|")
    return plain.replace("<", "&lt;").replace("[", "\\[")
