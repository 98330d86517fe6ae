"""What text a file holds, where its first bytes tell another format than its name."""

import re

from kerascls.data.readers.file_kinds import FileKind, file_kind

_MARK = b"\xef\xbb\xbf"
_ARRAY = re.compile(rb"\[\s*\{")
_OBJECT = re.compile(rb'\{\s*"(?:[^"\\]|\\.)*"\s*:')
_JSON_ARRAY = FileKind("a JSON array", "Read it with `--format json`.", "json")
_JSON_LINES = FileKind("JSON lines", "Read them with `--format jsonl`.", "jsonl")
_CSV = FileKind("a table as text", "Read it with `--format csv`.", "csv")
_TSV = FileKind(_CSV.name, "Read it with `--format tsv`.", "tsv")
_TEXT = FileKind("plain text", "Say with `--format` what it is.")


def json_kind(head: bytes) -> FileKind | None:
    """Returns which JSON begins with some bytes, or None where none does."""
    text = _text(head)
    if _ARRAY.match(text):
        return _JSON_ARRAY
    return _JSON_LINES if _OBJECT.match(text) else None


def table_kind(head: bytes) -> FileKind | None:
    """Returns which text some bytes are, or None where they may be JSON, or no text."""
    text = _text(head)
    # Also where a line of JSON comes later: others of its lines may be bad.
    if not text or b"\0" in head or b"{" in text or text.startswith(b"["):
        return None
    first = text.splitlines()[0]
    tabs, commas = first.count(b"\t"), first.count(b",")
    return _TSV if tabs > commas else _CSV if commas or b";" in first else _TEXT


def text_kind(head: bytes) -> FileKind | None:
    """Returns which text some bytes begin, or None where they are none."""
    return json_kind(head) or table_kind(head)


def any_other_kind(head: bytes, expected: str) -> FileKind | None:
    """Returns what some bytes begin, unless it is the kind of this name or unknown."""
    kind = file_kind(head) or text_kind(head)
    return None if kind is None or kind.name == expected else kind


def _text(head: bytes) -> bytes:
    return head.removeprefix(_MARK).lstrip()
