"""SogouCA and SogouCS: documents in tags that look like XML and are none.

A document is `<doc>`, `<url>`, `<docno>`, `<contenttitle>`, `<content>`, `</doc>`, in
GB18030, with bare `&` and `<` in its texts, sometimes within `<docs>` or `<doclist>`.
No document names its class: that follows from the beginning of its url.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from kerascls.data.readers.decoding import BrokenLine
from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.rows import BadRow, Note, Record, Row, Unlabelled
from kerascls.data.readers.text_files import decoded_lines, read_lines
from kerascls.errors import DataError

SOGOU_COLUMNS = ["label", "title", "content", "url", "docno"]
SHOWN_HOSTS = 5
_CHANNELS = "sogou_channels.tsv"
_WRAPPER = re.compile(r"</?(docs|doclist)>", re.IGNORECASE)
_DOCUMENT = re.compile(
    r"<doc>\s*<url>(?P<url>.*?)</url>\s*<docno>(?P<docno>.*?)</docno>\s*"
    r"<contenttitle>(?P<title>.*?)</contenttitle>\s*"
    r"<content>(?P<content>.*)</content>\s*</doc>",
    re.DOTALL,
)


def sogou_rows(handle: BinaryIO, source: str, options: FileOptions) -> Iterator[Row]:
    """Yields each document, its texts as they are, and the label of its url.

    Those of no known channel are unlabelled; a note names their hosts.

    Args:
        handle: The file.
        source: The file as the user named it.
        options: Its encoding, and a file with the beginning of a url and a label on
            each line; by default the channels of Sohu and Yahoo that SogouCA and
            SogouCS hold.

    Raises:
        DataError: When it does not begin with a document.
    """
    labels = read_url_labels(options.url_labels)
    hosts: Counter[str] = Counter()
    for line, document, fault in _documents(handle, source, options):
        match = _DOCUMENT.fullmatch(document)
        if fault or match is None:
            yield BadRow(line, fault or _fault(document))
        else:
            label = url_label(match["url"].strip(), labels)
            fields = {"label": label, **match.groupdict()}
            if label:
                yield Record(line, fields)
            else:
                hosts[urlsplit(match["url"].strip()).netloc] += 1
                yield Unlabelled(line, "documents of no known channel", fields)
    if hosts:
        listed = (f"{host} ({rows:,})" for host, rows in hosts.most_common(SHOWN_HOSTS))
        more = f" and {len(hosts) - SHOWN_HOSTS:,} more" * (len(hosts) > SHOWN_HOSTS)
        yield Note(
            f"hosts of no known channel: {', '.join(listed)}{more}; a file for "
            f"`--url-labels` can give them labels"
        )


def sogou_columns(handle: BinaryIO, source: str, options: FileOptions) -> list[str]:
    """Returns the names of the fields that every document has."""
    return SOGOU_COLUMNS


def url_label(url: str, labels: Mapping[str, str]) -> str:
    """Returns the label of the longest beginning of a url, empty where there is none.

    Example:
        >>> url_label("http://sports.sohu.com/1.shtml", {"http://sports.": "体育"})
        '体育'
    """
    matching = [start for start in labels if url.startswith(start)]
    return labels[max(matching, key=len)] if matching else ""


def read_url_labels(path: str | Path | None = None) -> Mapping[str, str]:
    """Returns the label of each beginning of a url, from a file or the known ones.

    Raises:
        DataError: When a line has not both, or gives a beginning another label.
    """
    path = path or Path(str(files("kerascls.data.readers") / _CHANNELS))
    labels: dict[str, str] = {}
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        start, *label = line.strip().split(maxsplit=1)
        if not label or labels.setdefault(start, label[0]) != label[0]:
            raise DataError(
                f"Expected the beginning of a url, a tab and its label on each line, "
                f"no beginning twice. Received: {path}:{number}: {line.strip()!r}. "
                f"Write for example http://sports.sohu.com/, a tab and 体育."
            )
    return labels


def _documents(
    handle: BinaryIO, source: str, options: FileOptions
) -> Iterator[tuple[int, str, str]]:
    """Yields line, text and fault of one document after the other.

    What stands between two documents is yielded like one, but for the wrapper.
    """
    found = False
    lines = decoded_lines(handle, source, options.encoding, newline="\n")
    document = _Document()
    for number, line in enumerate(lines, start=1):
        text = (line if document.lines else _WRAPPER.sub("", line)).strip()
        if not found and text and not text.startswith("<doc>"):
            raise DataError(
                f"Expected documents of SogouCA or SogouCS, the first line <doc>. "
                f"Received: {source}:{number}: {text[:60]!r}. Name the file's own "
                f"format with `--format`."
            )
        found = found or bool(text)
        if text.startswith("<doc>") and document.lines:
            yield document.taken()
        if document.lines or text:
            document.add(number, text, line)
        if text.endswith("</doc>"):
            yield document.taken()
    document.lines = [one for one in document.lines if not _WRAPPER.fullmatch(one)]
    if any(document.lines):
        yield document.taken()


@dataclass
class _Document:
    """The lines of a document so far, the number of its first, and what is wrong."""

    lines: list[str] = field(default_factory=list)
    first: int = 0
    fault: str = ""

    def add(self, number: int, text: str, line: str) -> None:
        self.first = self.first if self.lines else number
        self.lines.append(text)
        if isinstance(line, BrokenLine):
            self.fault = self.fault or line.fault

    def taken(self) -> tuple[int, str, str]:
        """Returns the document and begins a new one."""
        document = (self.first, "\n".join(self.lines), self.fault)
        self.lines, self.fault = [], ""
        return document


def _fault(document: str) -> str:
    if not document.startswith("<doc>"):
        return f"stands between two documents: {document[:40]!r}"
    tags = ("<url>", "<docno>", "<contenttitle>", "<content>", "</doc>")
    missing = [tag for tag in tags if tag not in document]
    if missing:
        return f"a document without {' and '.join(missing)}"
    return "a document whose tags are not closed, or stand in another order"
