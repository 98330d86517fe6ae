"""What speaks for each label, in JSON and Markdown, whatever is in it."""

import json

from kerascls.evaluation.reports.features import Features, shown_ngram
from kerascls.evaluation.reports.language import language_of

HOSTILE = "<script>|`*_[x](y)\n# a\u202e\ud800"


def test_json_gives_them_back_in_their_order():
    features = Features({"体育": {"球 ": 2.00004, HOSTILE: 1.0}, "b": {}})
    stored = json.loads(json.dumps(features.to_dict()))
    assert Features.from_dict(stored).to_dict() == features.to_dict()
    assert list(stored["体育"].items()) == [("球 ", 2.0), (HOSTILE, 1.0)]


def test_no_ngram_is_a_mark_of_markdown():
    *_, line = Features({"a|b": {HOSTILE: 1.0, " a": 0.5}}).markdown()
    assert line.startswith("- a\\|b: \\<script\\>\\|\\`\\*\\_\\[x\\]\\(y\\)\\\\n")
    assert line.endswith("? · \u2423a")
    assert "\n" not in line
    assert "\u202e" not in line
    line.encode()


def test_a_label_without_any_says_so():
    lines = Features({"a": {}}).markdown(language_of("zh"))
    assert lines == ["", "## 各标签的主要依据", "", "- a: 无"]


def test_blanks_are_shown():
    assert shown_ngram(" a b\u3000") == "\u2423a b<U+3000>"
    assert shown_ngram("  ") == "\u2423\u2423"
