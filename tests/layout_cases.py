"""Stores of given ids, and hypothesis strategies for them."""

import numpy as np
from hypothesis import strategies as st

from kerascls.preprocessing.token_store import TokenStore

PAD, CLS, SEP = 0, 2, 3
IDS = {"pad_id": PAD, "cls_id": CLS, "sep_id": SEP}


def make_store(rows):
    """A store of given ids: rows of fields of ids."""
    fields = [field for row in rows for field in row]
    return TokenStore(
        token_ids=np.array([i for field in fields for i in field], np.uint16),
        offsets=np.cumsum([0, *map(len, fields)]),
        lines=np.arange(len(rows)),
        num_fields=len(rows[0]),
    )


def rows_of_ids(num_fields):
    field = st.lists(st.integers(5, 60_000), max_size=14)
    return st.lists(st.tuples(*[field] * num_fields), min_size=1, max_size=6)


cases = st.integers(1, 4).flatmap(rows_of_ids)
