"""One file that a browser opens without a network: template, payload, policy."""

import base64
import hashlib
import json
import re
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from kerascls.evaluation.reports.html.payload import payload
from kerascls.evaluation.reports.language import Language, language_of
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.scored_rows import ScoredRows
from kerascls.system.files import write_all

HTML_FILE = "report.html"
_SCRIPTS = (
    *("dom.js", "charts.js", "table.js", "sections.js", "effects.js"),
    "distribution.js",
    "page.js",  # calls the others
)

# In the template: the name of what goes there, or words in English.
_IN_BRACES = re.compile(r"\{\{([^{}]+)\}\}")

# Texts and labels come from anyone. Without these characters no text can end the
# element that holds the JSON, and lone surrogates cannot be written as UTF-8.
_UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")

# Marks, embeddings, overrides and isolates of bidirectional text.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def report_html(
    report: Report,
    scored: ScoredRows,
    history_csv: str | Path | None = None,
    *,
    max_mistakes: int = 200,
    language: str = "en",
) -> str:
    """Returns a report as one HTML page that opens offline.

    The page loads nothing, and its content security policy lets no script run but
    its own. Texts and labels are shown as they are, never read as HTML.

    Args:
        report: Scores of the rows.
        scored: The rows themselves, with their texts if these are to be shown.
        history_csv: The history of the training; adds F1 over the epochs.
        max_mistakes: How many mistakes to list, the most surprising ones.
        language: Of `LANGUAGES`.

    Returns:
        The page; write it as UTF-8.

    Raises:
        SettingsError: When `history_csv` is no history file, or there is no such
            language.
    """
    say = language_of(language)
    content = payload(report, scored, history_csv, max_mistakes=max_mistakes, say=say)
    style = template("page.css")
    script = "\n".join(map(template, _SCRIPTS))
    title, heading = _titles(report, say)
    contents = {
        "language": say.code,
        "policy": _policy(style, script),
        "title": title,
        "heading": heading,
        "style": style,
        "script": script,
        "payload": embedded_json(content),
    }
    # In one pass, so that no content is taken for the name of another.
    return _IN_BRACES.sub(
        lambda found: contents.get(found[1]) or escape(say(found[1])),
        template("page.html"),
    )


def write_report_html(
    path: str | Path,
    report: Report,
    scored: ScoredRows,
    history_csv: str | Path | None = None,
    *,
    language: str = "en",
) -> Path:
    """Writes what `report_html` returns, in one step, and returns the path.

    Args:
        path: The file; its directory is made if it does not exist.
        report: See `report_html`, like all that follow.
        scored: See there.
        history_csv: See there.
        language: See there.
    """
    page = report_html(report, scored, history_csv, language=language).encode()
    return write_all(Path(path).parent, {Path(path).name: page})[0]


def embedded_json(content: Any) -> str:
    """Returns JSON that is safe inside an HTML element, equal when it is parsed."""
    text = json.dumps(
        content, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _titles(report: Report, say: Language) -> tuple[str, str]:
    """Returns the title as text, and as a heading with the source set apart."""
    if not report.source:
        return say("Scores"), say("Scores")
    # A file name may hold bytes that are no UTF-8, and turn the text around it.
    source = escape(_BIDI.sub("", report.source_in(say)))
    source = source.encode("ascii", "xmlcharrefreplace").decode()
    heading = say("Scores on {source}", source=f"<bdi>{source}</bdi>")
    return say("Scores on {source}", source=source), heading


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'"
        "; base-uri 'none'; form-action 'none'"
    )


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def template(name: str) -> str:
    """Returns the content of a file of the page, such as `page.css`."""
    return (files("kerascls.evaluation.reports.html") / name).read_text(
        encoding="utf-8"
    )
