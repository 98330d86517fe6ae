"""Makes docs/ERRORS.md: every message that kerascls ends with, and what to do.

python docs/errors.py
"""

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from messages import REASONS, Message, messages

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "ERRORS.md"

_INTRODUCTION = """# Messages

Every message that kerascls ends with, made from its code by `python docs/errors.py`.
Look for the first words of yours. A message says what was **expected**, what was
received, and behind the arrow what to do. ‹value› is what stands there in yours,
{one | another} is one of several, {words} alone are not always there.

Messages name options as the command line has them. In Python the keyword has the same
name: `--label-separator ';'` is `label_separator=";"`, `--skip-bad-rows` is
`skip_bad_rows=True`, and `--set train.epochs=3` is `epochs=3`. What is received is
named as in Python, `text=`, for both. The command line ends with exit code 2 after any
of these, but with 1 after an `ExportError` and after what is nobody's mistake. In
Python each is a `kerascls.errors.KerasclsError`.
"""

# Title, what it is about, and where such errors are made; the first that fits counts.
GROUPS = (
    (
        "Commands, options and the machine",
        "What was typed, what is installed, and the disk.",
        ("__init__.py", "cli/", "system/", "models/backend/"),
    ),
    (
        "Settings",
        "Options of `fit` and `search`, `--set`, settings files.",
        ("settings/",),
    ),
    (
        "Columns",
        "Which columns hold the texts and the labels.",
        (
            "data/readers/columns.py",
            "data/readers/example_columns.py",
            "data/readers/one_hot.py",
            "data/readers/read_options.py",
            "data/readers/tables.py",
        ),
    ),
    (
        "Labels",
        "What stands in the label column, looked at as a whole and cell by cell.",
        (
            "data/label_checks/",
            "data/labelled_text.py",
            "data/labels.py",
            "data/joined.py",
            "data/splits/",
            "data/readers/label_cells.py",
            "data/readers/label_names.py",
            "data/readers/labelled_table.py",
        ),
    ),
    (
        "Tables in memory and KerasTextClassifier",
        "DataFrames, lists, and scikit-learn's tools.",
        ("data/readers/frame", "training/estimator/"),
    ),
    (
        "Files",
        "Formats, encodings, archives, and `kerascls data`.",
        ("data/", "inference/inputs.py", "inference/stream.py"),
    ),
    (
        "Checkpoints and vocabularies",
        "Other people's weights, configurations and vocabularies.",
        ("checkpoints/", "models/", "preprocessing/tokenizers/"),
    ),
    (
        "Training",
        "`fit`, `search`, `find-rate`, `compare`, resuming, and Keras callbacks.",
        ("training/", "experiments/", "preprocessing/"),
    ),
    (
        "Bundles and prediction",
        "What `fit` wrote, and `predict`.",
        ("inference/",),
    ),
    (
        "Scores, thresholds and calibration",
        "`evaluate`, `tune`, `diff`, and the functions behind them.",
        ("evaluation/", "decision/"),
    ),
    ("Audits", "`audit`, `relabel` and `suggest`.", ("auditing/",)),
    ("Exports", "`export` to ONNX, SavedModel and TensorFlow Lite.", ("serving/",)),
)


def main() -> None:
    """Writes the page."""
    PAGE.write_text(page(), "utf-8")


def page() -> str:
    """Returns the page."""
    groups: dict[str, list[Message]] = {title: [] for title, _, _ in GROUPS}
    for message in messages():
        groups[group_of(message.path)].append(message)
    contents = [
        f"- [{title}](#{_anchor(title)}): {about}" for title, about, _ in GROUPS
    ]
    lines = [_INTRODUCTION, *contents]
    for title, found in groups.items():
        entries = _entries(one for one in found if not one.is_reason)
        reasons = _entries(one for one in found if one.is_reason)
        lines += ["", f"## {title}", "", *entries]
        if reasons:
            lines += ["", "Reasons, which other messages quote:", "", *reasons]
    return "\n".join([*lines, ""])


def group_of(path: str) -> str:
    """Returns the title of the group that a file of the package belongs to."""
    return next(title for title, _, starts in GROUPS if path.startswith(starts))


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _entries(found: Iterable[Message]) -> list[str]:
    """Returns a line each; what begins with a value is behind what can be looked up."""
    ordered = sorted(found, key=lambda one: (one.text[0] in "‹`{", one.text.casefold()))
    return list(dict.fromkeys(map(_entry, ordered)))


def _entry(message: Message) -> str:
    expected, received, cure = map(_markdown, message.parts)
    text = f"- **{expected}**" if received else f"- {expected}"
    text += f" {received}" if received else ""
    text += f" → {cure}" if cure else ""
    kind = f"`{message.kind}`, " if message.kind.endswith("Error") else ""
    kind = kind if message.kind not in REASONS else ""
    return f"{text} <sub>{kind}[{message.path}](../kerascls/{message.path})</sub>"


def _markdown(text: str) -> str:
    """Returns a text as it is to be read; what stands in backticks is left alone."""
    parts = re.split(r"(`[^`]*`)", re.sub(r"\s+", " ", text))
    marks = re.compile(r"[*<\\]|(?<!\w)_|_(?!\w)|[\[\]](?=\()")
    return "".join(
        part if part.startswith("`") else marks.sub(lambda one: f"\\{one[0]}", part)
        for part in parts
    )


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
