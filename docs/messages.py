"""Every message that kerascls ends with: what it says, and where it is made."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, pairwise

from words import PACKAGE, Module, Words, module

# Called so, it makes what a user reads; which arguments are the message.
ERRORS = dict.fromkeys(
    (
        "BundleError",
        "CheckpointError",
        "DataError",
        "DiskFullError",
        "ExportError",
        "KeywordError",
        "MissingPackageError",
        "NotFiniteError",
        "SettingsError",
        "UsageError",
    ),
    "{0}",
)
ERRORS |= {"ColumnsError": "{0} {1}", "FormatError": "{0}", "NoSuchOption": "{1}"}
ERRORS |= {"Finding": "Expected {0}. Received: {1}. {2}"}
# These are reasons, which other messages quote.
REASONS = {"ValueError": "{0}", "TypeError": "{0}", "KeyError": "{0}"}
REASONS |= {"FileKind": "{0}. {1}", "CurableError": "{0}. {1}"}
# Functions whose results are shown as they are.
TELLERS = {
    "cli/exit_codes.py": ("_describe", ""),
    "settings/run_settings.py": ("_explain", "SettingsError"),
}

# A sentence ends, or a line does and no row of a list is next.
_END_OF_RECEIVED = re.compile(r"(?:[.?)]\s+|\n)(?=[A-Z¤])|(?<=¤)\s+(?=[A-Z][a-z])")
_VALUES = (r"‹[^‹›]*›", *[r"\{[^{}]*\}"] * 4)
_BRACKETS = (*_VALUES, r"`[^`]*`", *[r"\([^()]*\)"] * 2)


@dataclass(frozen=True, order=True)
class Message:
    """What one place in the code says.

    Args:
        text: With what stands for values.
        kind: Of the error.
        path: The file, relative to the package.
        first_line: Where it is made; `last_line` where that ends.
    """

    text: str
    kind: str
    path: str
    first_line: int
    last_line: int

    @property
    def is_reason(self) -> bool:
        """Whether other messages quote it."""
        return self.kind in REASONS or (
            "Received" not in self.text and self.kind == "DataError"
        )

    def may_be_made_at(self, place: tuple[str, int] | None) -> bool:
        """Returns whether it may be made in a file and line; reasons show anywhere."""
        if self.kind in REASONS or self.path in TELLERS:
            return True
        path, line = place or ("", 0)
        return path == self.path and self.first_line <= line <= self.last_line

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds the message, with whatever stands for values, in a text."""
        pieces = re.split("¤+", _masked(self.text, _VALUES))
        words = [r"\s+".join(map(re.escape, piece.split())) for piece in pieces]
        return re.compile(".*".join(words), re.DOTALL)

    @property
    def parts(self) -> tuple[str, str, str]:
        """What was expected, what was received, what to do; the latter may be empty."""
        expected, mark, rest = self.text.partition("Received")
        if not mark:
            return self.text, "", ""
        behind = re.match(r"[\w ]*:", rest)
        start = behind.end() if behind else 0
        ends = _END_OF_RECEIVED.search(_masked(rest, _BRACKETS), start)
        if ends is None:
            return expected.strip(), mark + rest, ""
        received, cure = mark + rest[: ends.end()], rest[ends.end() :]
        return expected.strip(), received.strip(), cure.strip()


def _masked(text: str, patterns: Sequence[str]) -> str:
    """Returns a text of the same length where something else stands for a pattern."""
    for pattern in patterns:
        text = re.sub(pattern, lambda found: "¤" * len(found[0]), text)
    return text


@cache
def messages() -> list[Message]:
    """Returns all that is said, by path and line."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        found += _messages_in(module(path.relative_to(PACKAGE)))
    return found


def _messages_in(home: Module) -> Iterator[Message]:
    raised = {node.exc for node in home.nodes if isinstance(node, ast.Raise)}
    teller, kind = TELLERS.get(home.path.as_posix(), ("", ""))
    for node in home.nodes:
        if teller and isinstance(node, ast.Return):
            if home.owners[node].name == teller:
                yield from _message(home, node, kind, "{0}", [node.value])
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        form = ERRORS.get(name)
        if form is None and (node in raised or name == "FileKind"):
            form = REASONS.get(name)
        if name == "Finding" and not _may_be_certain(node):
            continue
        if form is not None:
            yield from _message(home, node, name, form, node.args)


def _message(
    home: Module, node: ast.expr | ast.Return, kind: str, form: str, args: Sequence
) -> Iterator[Message]:
    words = Words(home, home.owners.get(node))
    texts = [words.of(arg) or words.shown(arg) for arg in args]
    place = home.path.as_posix(), node.lineno, node.end_lineno or node.lineno
    for text in _alternatives(re.sub(r"[ \t]+", " ", form.format(*texts)).strip()):
        if re.search(r"\w{3,} \w+", re.sub("‹[^›]*›", "", text)):  # not handed on only
            yield Message(text, kind, *place)


def _alternatives(text: str) -> list[str]:
    """Returns the messages that a text in braces may be, else the text itself."""
    depths = list(accumulate((char == "{") - (char == "}") for char in text))
    if not text.startswith("{") or 0 in depths[:-1]:
        return [text]
    marks = [n for n, char in enumerate(text) if char == "|" and depths[n] == 1]
    ends = pairwise([0, *marks, len(text) - 1])
    return [text[start + 1 : end].strip() for start, end in ends]


def _may_be_certain(call: ast.Call) -> bool:
    certain = [one.value for one in call.keywords if one.arg == "is_certain"]
    certain += call.args[3:4]
    return bool(certain) and getattr(certain[0], "value", True) is not False
