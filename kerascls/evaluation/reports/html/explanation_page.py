"""Explanations as one HTML file that a browser opens without a network."""

from collections.abc import Iterable
from html import escape

from kerascls.evaluation.reports.explanations import (
    explanation_lines,
    label_line,
    part_rows,
)
from kerascls.evaluation.reports.html.page import template
from kerascls.evaluation.reports.language import ENGLISH, Language
from kerascls.inference.explanation.explanation import Explanation
from kerascls.inference.explanation.marking import (
    AGAINST_COLOUR,
    FOR_COLOUR,
    STRONGEST,
    marked_texts,
)
from kerascls.system.notebooks import html_table

# It has no script and loads nothing; parts of texts have styles of their own.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)


def explanation_page(
    explanations: Iterable[tuple[str, Explanation]], say: Language = ENGLISH
) -> str:
    """Returns explanations as a page; write it as UTF-8.

    Args:
        explanations: Where each row stands, and why it gets its labels. Texts and
            labels are shown as they are, never read as HTML.
        say: Its language.
    """
    title = escape(say("Why these labels"))
    body = "".join(_section(place, one, say) for place, one in explanations)
    page = (
        f'<!doctype html>\n<html lang="{say.code}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{template('page.css')}</style></head>"
        f"<body><header><h1>{title}</h1>{_legend(say)}</header><main>{body}</main>"
        f"</body></html>\n"
    )
    # Half of a surrogate pair, legal in JSON, is no UTF-8.
    return page.encode("utf-8", "replace").decode()


def _legend(say: Language) -> str:
    def mark(colour: str, words: str) -> str:
        style = f"background:rgba({colour},{STRONGEST});color:var(--text);padding:0 4px"
        return f'<span style="{style}">{escape(words)}</span>'

    return (
        f'<p class="facts">{mark(FOR_COLOUR, say("speaks for the label"))} '
        f"{mark(AGAINST_COLOUR, say('speaks against it'))} "
        f"<s>{escape(say('not read'))}</s></p>"
    )


def _section(place: str, explanation: Explanation, say: Language) -> str:
    notes = "".join(
        f"<li>{escape(line)}</li>" for line in explanation_lines(explanation, say)
    )
    labels = "".join(
        _label(explanation, row, say) for row in range(len(explanation.labels))
    )
    heading = f"<h2><bdi>{escape(place)}</bdi></h2>" if place else ""
    return f'<section>{heading}<ul class="notes">{notes}</ul>{labels}</section>'


def _label(explanation: Explanation, row: int, say: Language) -> str:
    name = f'<bdi class="label">{escape(explanation.labels[row])}</bdi>'
    facts = f'<p class="help">{escape(label_line(explanation, row, say))}</p>'
    text = f'<div class="text">{marked_texts(explanation, row)}</div>'
    shown = f"<h3>{name}</h3>{facts}{text}"
    if not (rows := part_rows(explanation, row, say)):
        return shown
    table = html_table((say("attribution"), say("place"), say("part")), rows)
    summary = f"<summary>{escape(say('Strongest parts'))}</summary>"
    return f"{shown}<details>{summary}{table}</details>"
