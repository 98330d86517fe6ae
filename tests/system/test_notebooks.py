"""Tables in HTML, in which a text is never read as HTML."""

import pytest

from kerascls.system.notebooks import html_bar, html_lines, html_table, short_text

EVIL = '<script>alert("1")</script>&'
SAFE = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;"


def test_texts_are_escaped_wherever_they_stand():
    table = html_table((EVIL,), [(EVIL,)], EVIL) + html_lines([EVIL])
    assert "<script" not in table
    assert table.count(SAFE) == 4


def test_bars_are_as_long_as_their_share():
    assert "width:25px" in html_bar(0.25) and "0.2500" in html_bar(0.25)
    assert "width:100px" in html_bar(1.5)
    assert "<td" in html_table(("a",), [(html_bar(0.5),)])
    assert "&lt;span" not in html_table(("a",), [(html_bar(0.5),)])


def test_long_texts_are_cut():
    assert short_text("a" * 200) == "a" * 100 + "..."
    assert short_text("a" * 100) == "a" * 100


@pytest.mark.parametrize(
    ("cell", "side"),
    [
        *((cell, "right") for cell in ("12", "1,234", "0.5", "0.91 ± 0.02", "1.5 M")),
        *((cell, "right") for cell in ("< 0.001", "0.310 ≈", "-0.01 … +0.02")),
        *((cell, "left") for cell in ("", "best", "n/a", "2026-11-30", "1.2.3")),
    ],
)
def test_numbers_stand_to_the_right(cell, side):
    assert f"text-align:{side}" in html_table(("a",), [(cell,)])
