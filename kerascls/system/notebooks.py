"""What a notebook shows of a value: small tables in HTML, with all texts escaped."""

import re
from collections.abc import Iterable, Sequence
from html import escape

MAX_TEXT_CHARS = 100
_CELL = "text-align:left;vertical-align:top;white-space:normal"
_NUMBER = "text-align:right"
# Also with its spread, its unit, or a mark: 0.91 ± 0.02, 1.5 M, < 0.001, 0.31 ≈
_NUMBERS = re.compile(r"(< )?[-+]?\d[\d,]*(\.\d+)?( ± [\d.]+| M| … [-+][\d.]+)?( ≈)?")


class Html(str):
    """A cell that is HTML already."""


def html_table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], title: str = ""
) -> str:
    """Returns a table, its first column to the left, numbers to the right.

    Args:
        headings: Of the columns.
        rows: Their cells: texts, or `Html`.
        title: A line above.
    """
    head = "".join(f"<th>{_safe(name)}</th>" for name in headings)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    caption = f"<div><b>{_safe(title)}</b></div>" if title else ""
    return (
        f"{caption}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def html_lines(lines: Iterable[str]) -> str:
    """Returns lines of text, each in a line of its own."""
    return "".join(f"<div>{_safe(line)}</div>" for line in lines)


def html_bar(share: float) -> Html:
    """Returns a bar as long as a share of 1, with the number beside it."""
    width_px = round(100 * min(max(share, 0), 1))
    return Html(
        f'<span style="display:inline-block;height:0.7em;width:{width_px}px;'
        f'background:#4c78a8"></span> {share:.4f}'
    )


def short_text(text: str) -> str:
    """Returns the beginning of a text."""
    is_long = len(text) > MAX_TEXT_CHARS
    return f"{text[:MAX_TEXT_CHARS]}..." if is_long else text


def _cell(cell: str) -> str:
    style = _NUMBER if _NUMBERS.fullmatch(cell) else _CELL
    return f'<td style="{style}">{_safe(cell)}</td>'


def _safe(text: str) -> str:
    # bdi: a text may turn the direction of what is around it.
    return text if isinstance(text, Html) else f"<bdi>{escape(text)}</bdi>"
