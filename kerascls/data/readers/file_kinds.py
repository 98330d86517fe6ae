"""What kind of file some bytes begin, where that is certain: the magic numbers."""

from dataclasses import dataclass

HEAD_BYTES = 1024


@dataclass(frozen=True)
class FileKind:
    """Something that is not what was expected.

    Args:
        name: What it is, with its article.
        advice: What to do with it.
        format: The format that reads it, where one does and it is text.
    """

    name: str
    advice: str
    format: str | None = None


_WORKBOOK = FileKind("an Excel workbook", "Read it with `--format xlsx`.")
_ZIP = FileKind("a zip archive", "Unpack it and name one file of it.")
_TAR = FileKind("a tar archive", _ZIP.advice)
_TAR_AT = 257  # bytes, behind the name, mode, owner, size and time of its first file
_COMPRESSED = "Unpack it first."
_OLD_EXCEL = FileKind(
    "an old Excel workbook (.xls) or one with a password",
    "Open it in Excel and save it as .xlsx without a password, or as CSV UTF-8.",
)
_PARQUET = FileKind("a Parquet file", "Read it with `--format parquet`.")
_PICKLE = FileKind(
    "a Python pickle, which is never loaded here, for it can run programs",
    "Save it as CSV or JSON lines where it comes from.",
)
_POINTER = FileKind(
    "a pointer that Git LFS left in place of the file",
    "Fetch the file itself: `git lfs pull`.",
)
_WEB_PAGE = FileKind(
    "a web page, not the file it links to",
    "Download the file again by its direct (raw) address.",
)
_PDF = FileKind("a PDF document", "Save its text as a table first.")

_BEGINNINGS = {
    b"\x1f\x8b": FileKind("gzip-compressed", _COMPRESSED),
    b"BZh": FileKind("bzip2-compressed", _COMPRESSED),
    b"\xfd7zXZ\0": FileKind("xz-compressed", _COMPRESSED),
    b"\x28\xb5\x2f\xfd": FileKind("zstd-compressed", _COMPRESSED),
    b"7z\xbc\xaf\x27\x1c": FileKind("a 7z archive", _ZIP.advice),
    b"Rar!\x1a\x07": FileKind("a RAR archive", _ZIP.advice),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": _OLD_EXCEL,
    b"PAR1": _PARQUET,
    b"ARROW1": FileKind("an Arrow file", "Read it with `--format arrow`."),
    b"version https://git-lfs.github.com/spec/": _POINTER,
    b"%PDF-": _PDF,
    b"SQLite format 3\0": FileKind("an SQLite database", "Export the table as CSV."),
    b"\x89HDF": FileKind("an HDF5 file", "Save its table as CSV first."),
    b"\x93NUMPY": FileKind("a NumPy array", "Save its texts as CSV first."),
}
# The second byte is the protocol; each of these begins a pickle and no text.
_PICKLES = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))
_WORKBOOK_PARTS = (b"[Content_Types].xml", b"xl/", b"_rels/.rels", b"docProps/")
_WEB_PAGES = (b"<!doctype html", b"<html")


def file_kind(head: bytes) -> FileKind | None:
    """Returns what a file is, or None where it may be text.

    Args:
        head: Its first `HEAD_BYTES`, or all of it.
    """
    if head.startswith(b"PK\x03\x04"):
        name = head[30 : 30 + int.from_bytes(head[26:28], "little")]
        return _WORKBOOK if name.startswith(_WORKBOOK_PARTS) else _ZIP
    # In a pickle follows a frame or an opcode, in no text.
    if head.startswith(_PICKLES) and head[2:3] in b"\x95}]c(X\x8c\x8d":
        return _PICKLE
    if head[_TAR_AT:].startswith(b"ustar"):
        return _TAR
    for beginning, kind in _BEGINNINGS.items():
        if head.startswith(beginning):
            return kind
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return _WEB_PAGE if text.startswith(_WEB_PAGES) else None
