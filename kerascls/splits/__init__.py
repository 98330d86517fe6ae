"""Rows into parts that resemble each other, and texts that are there twice."""

from kerascls.splits.duplicates import (
    DuplicateCounts,
    Overlap,
    count_duplicates,
    group_duplicates,
)
from kerascls.splits.stratified import SplitMethod, split_method, stratified_split

__all__ = [
    "DuplicateCounts",
    "Overlap",
    "SplitMethod",
    "count_duplicates",
    "group_duplicates",
    "split_method",
    "stratified_split",
]
