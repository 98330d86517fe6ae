"""A leaderboard as one HTML file that a browser opens without a network."""

import base64
from html import escape

from kerascls.evaluation.leaderboard import Leaderboard
from kerascls.evaluation.reports.html.page import template
from kerascls.evaluation.reports.language import ENGLISH, Language
from kerascls.evaluation.reports.leaderboards import (
    leaderboard_lines,
    pair_table,
    standing_table,
)
from kerascls.system.notebooks import html_lines, html_table

# It has no script and loads nothing; tables style their cells.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)


def leaderboard_page(
    board: Leaderboard, plot: bytes | None = None, say: Language = ENGLISH
) -> str:
    """Returns a leaderboard as a page; write it as UTF-8.

    Args:
        board: What to show. Names are shown as they are, never read as HTML.
        plot: Its plot as PNG.
        say: Its language.
    """
    title = escape(say("Leaderboard"))
    sections = [
        html_table(*standing_table(board, say))
        + html_lines(leaderboard_lines(board, say))
    ]
    if plot is not None:
        source = f"data:image/png;base64,{base64.b64encode(plot).decode()}"
        about = escape(say("quality and speed"))
        sections.append(f'<img src="{source}" alt="{about}" style="max-width:100%">')
    if board.pairs:
        heading = escape(say("Which differences are real"))
        table = html_table(*pair_table(board, say))
        sections.append(f"<h2>{heading}</h2>{table}")
    body = "".join(
        f'<section style="overflow-x:auto">{section}</section>' for section in sections
    )
    page = (
        f'<!doctype html>\n<html lang="{say.code}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{template('page.css')}</style></head>"
        f"<body><header><h1>{title}</h1></header><main>{body}</main></body></html>\n"
    )
    # A directory's name may hold bytes that are no UTF-8.
    return page.encode("utf-8", "xmlcharrefreplace").decode()
