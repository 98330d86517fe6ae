"""Rows into parts that resemble each other."""

from kerascls.data.splits.stratified import SplitMethod, split_method, stratified_split

__all__ = ["SplitMethod", "split_method", "stratified_split"]
