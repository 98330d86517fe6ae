"""Words of messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.system.words import as_keywords, count


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 rows"), (1, "1 row"), (1476, "1,476 rows")]
)
def test_a_number_stands_with_its_noun(number, said):
    assert count(number, "row") == said


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("Add `--task multilabel`.", 'Add `task="multilabel"`.'),
        ("`--label a --label 'b c'`", '`label=["a", "b c"]`'),
        ("`--skip-bad-rows` (skip_bad_rows=True)", "`skip_bad_rows=True`"),
        ("Name it with `--text`.", "Name it with `text=...`."),
        (
            "Use `pad_columns`, --text or `it's`.",
            "Use `pad_columns`, --text or `it's`.",
        ),
        ("`--it's`", "`--it's`"),
    ],
)
def test_options_are_told_as_keywords(message, told):
    assert as_keywords(message) == told


@given(st.text("-`'\" ab=()", max_size=20))
def test_any_message_can_be_told_with_keywords(message):
    assert isinstance(as_keywords(message), str)
