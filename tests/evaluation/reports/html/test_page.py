import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.evaluation.reports.history import append_history, history_rows
from kerascls.evaluation.reports.html.page import (
    embedded_json,
    report_html,
    write_report_html,
)

HOSTILE = ("</script><script>alert(1)</script>", "<!--", "{{script}}", "\u2028&\ud800")


class Elements(HTMLParser):
    """Collects elements as (name, attributes, text)."""

    def __init__(self, page: str):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append([tag, dict(attrs), ""])

    def handle_endtag(self, tag):
        self.found.append(["/", {}, ""])

    def handle_data(self, data):
        if self.found:
            self.found[-1][2] += data

    def named(self, name):
        return [(attrs, text) for tag, attrs, text in self.found if tag == name]


def payload_of(page: str) -> dict:
    (text,) = [t for a, t in Elements(page).named("script") if a.get("id") == "payload"]
    return json.loads(text)


@pytest.fixture
def page(report, scored) -> str:
    return report_html(report, scored)


@given(st.recursive(st.text() | st.sampled_from(HOSTILE), st.lists))
def test_any_text_survives_and_ends_no_element(content):
    text = embedded_json(content)
    assert json.loads(text) == content
    assert not set("<>&\u2028\u2029") & set(text)
    text.encode()


def test_hostile_texts_and_labels_come_back_as_they_were(report, make_scored):
    targets = np.array([[True, False], [False, True]])
    rows = [(text, "") for text in HOSTILE[:2]]
    scored = make_scored(targets, ~targets, ~targets, HOSTILE[-2:], texts=rows)
    report = report_of(report, scored)
    found = payload_of(report_html(report, scored))
    assert found["labels"] == list(HOSTILE[-2:])
    assert {one["texts"][0] for one in found["mistakes"]} == set(HOSTILE[:2])


def report_of(report, scored):
    from kerascls.evaluation.metrics.scores import score

    scores = score(scored.targets, scored.chosen, scored.labels)
    return replace(report, scores=scores, source="<i>\udcff.csv", train_support={})


def test_only_the_own_script_and_style_are_allowed(page):
    elements = Elements(page)
    policy = next(
        attrs["content"] for attrs, _ in elements.named("meta") if "http-equiv" in attrs
    )
    assert policy.startswith("default-src 'none'")
    for name in ("script", "style"):
        (text,) = [text for attrs, text in elements.named(name) if not attrs]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_the_page_names_no_other_file_and_has_no_inline_handlers(page):
    for _, attrs, _ in Elements(page).found:
        assert not {"src", "href", "style"} & set(attrs)
        assert not [name for name in attrs if name.startswith("on")]
    assert re.findall(r"https?://[^\"'\s]+", page) == ["http://www.w3.org/2000/svg"]


def test_the_title_is_escaped(report, scored):
    page = report_html(report_of(report, scored), scored)
    assert "<title>Scores on &lt;i&gt;" in page
    page.encode()


def test_a_file_name_cannot_turn_the_title_around(report, scored):
    report = replace(report, source="a\u202evsc.\u2066<exe")
    page = report_html(report, scored)
    assert "<title>Scores on avsc.&lt;exe</title>" in page
    assert "<h1>Scores on <bdi>avsc.&lt;exe</bdi></h1>" in page


def test_the_page_does_not_grow_with_the_rows(report, make_scored):
    sizes = []
    for rows in (500, 2_000):
        found = np.random.default_rng(0).random((rows, 20), np.float32)
        scored = make_scored(
            found > 0.6, found, found > 0.5, tuple(map(str, range(20)))
        )
        page = report_html(report_of(report, scored), scored, max_mistakes=10)
        sizes.append(len(page))
    assert max(sizes) < 130_000
    assert sizes[1] < 1.2 * sizes[0]


def test_the_payload_has_the_scores_and_the_history(tmp_path, report, scored):
    history = tmp_path / "history.csv"
    for epoch in (1, 2):
        append_history(history, history_rows(epoch, report.scores))
    page = write_report_html(tmp_path / "new" / "r.html", report, scored, history)
    found = payload_of(page.read_text(encoding="utf-8"))
    assert found["classes"]["support"] == report.scores.support.tolist()
    assert found["classes"]["given"] == report.scores.predicted.tolist()
    assert found["classes"]["train"] == [7, 3, 0, 0]
    assert found["classes"]["threshold"] == [0.25, 0.25, None, None]
    assert len(found["curves"]) == found["known"] == 2
    assert found["history"]["macro"] == [round(report.scores.macro.f1, 4)] * 2
    assert found["history"]["classes"][1] == [round(report.scores.f1[1], 4)] * 2
    macro = next(one for one in found["headline"] if one["key"] == "macro_f1")
    assert macro["value"] == report.scores.macro.f1


def test_a_page_in_chinese_says_so_and_has_its_words(report, scored):
    page = report_html(report, scored, language="zh")
    assert '<html lang="zh">' in page
    assert '<h2 id="h-mistakes">错得最离谱的文本</h2>' in page
    content = payload_of(page)
    assert content["words"]["Show more"] == "显示更多"
    assert content["notes"][0].startswith("总是给出")
    assert payload_of(report_html(report, scored))["words"] == {}
