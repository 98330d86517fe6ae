"""Labelled text from files of the formats in `FORMATS`."""

from kerascls.data.readers.columns import default_text_columns, pick_texts
from kerascls.data.readers.datasets import Dataset, read
from kerascls.data.readers.example_columns import Example
from kerascls.data.readers.file_options import FileKeywords, FileOptions
from kerascls.data.readers.formats import FORMATS
from kerascls.data.readers.label_cells import join_labels, split_labels
from kerascls.data.readers.read_options import ReadKeywords, ReadOptions
from kerascls.data.readers.records import read_columns, read_records
from kerascls.data.readers.rows import BadRow, Record

__all__ = [
    "FORMATS",
    "BadRow",
    "Dataset",
    "Example",
    "FileKeywords",
    "FileOptions",
    "ReadKeywords",
    "ReadOptions",
    "Record",
    "default_text_columns",
    "join_labels",
    "pick_texts",
    "read",
    "read_columns",
    "read_records",
    "split_labels",
]
