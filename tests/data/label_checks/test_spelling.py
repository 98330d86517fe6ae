"""Invisible characters made visible, and what names that look alike share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.label_checks.spelling import folded, quoted, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("体育", "体育"),
        ("体育\u200b", "体育<U+200B>"),
        ("\ufeff体育", "<U+FEFF>体育"),
        ("a\u00adb", "a<U+00AD>b"),
        ("a\xa0b\u3000c d", "a<U+00A0>b<U+3000>c d"),
        ("cafe\u0301", "cafe<U+0301>"),
        ("हिन्दी", "हिन्दी"),
        ("❤\ufe0f", "❤<U+FE0F>"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\u3164", "<U+3164>"),
    ],
)
def test_what_nobody_sees_is_written_out(text, shown):
    assert visible(text) == shown


def test_a_long_name_is_cut_in_messages():
    assert quoted("体" * 61) == f"'{'体' * 60}...'"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NBA", "ＮＢＡ"),
        ("Sports", "sPORTS"),
        ("café", "cafe\u0301"),
        ("体育", "体\u200d育\ufeff"),
        ("sci-fi", "sci\u2011fi"),
        ("1", "1.0"),
        ("12", "１２.００"),
        ("体育", "体 育"),
        ("❤", "❤\ufe0f"),
        ("straße", "STRASSE"),
    ],
)
def test_names_that_look_alike_have_one_form(one, other):
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("1", "01"), ("1", "1."), ("1.0", "1.5"), ("v1.0", "v1")]
)
def test_names_that_may_differ_keep_their_forms(one, other):
    assert folded(one) != folded(other)


@given(st.text())
def test_blanks_and_invisible_characters_never_count(text):
    assert folded(f" {text}\u200b") == folded(text)
