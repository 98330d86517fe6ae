"""The page of explanations opens offline, and shows texts as they are."""

import pytest
from explained_models import counting_predictor

from kerascls.evaluation.reports.html.explanation_page import explanation_page
from kerascls.evaluation.reports.language import language_of

SCRIPT = "<script>window.ran = 1</script> 国 <img src=x> \ud800"


@pytest.fixture
def explanation(tmp_path):
    return counting_predictor(tmp_path, max_tokens=12).explain(
        SCRIPT, labels=["a", "c"]
    )


def test_the_page_has_all_labels_and_loads_nothing(explanation):
    page = explanation_page([("news.csv:2", explanation)])
    assert page.count("<h3>") == page.count("<table>") == 2
    assert "news.csv:2" in page and "default-src 'none'" in page
    assert "http://" not in page and "https://" not in page


def test_texts_and_places_are_no_html(explanation):
    page = explanation_page([("<img src=y>", explanation)])
    assert "<script" not in page and "<img" not in page
    assert "&lt;img src=y&gt;" in page
    page.encode()


def test_the_page_speaks_chinese(explanation):
    page = explanation_page([("", explanation)], language_of("zh"))
    assert '<html lang="zh">' in page and "<h1>为什么是这些标签</h1>" in page
    assert "<h2>" not in page


def test_of_an_empty_text_there_is_no_table(tmp_path):
    page = explanation_page([("", counting_predictor(tmp_path).explain(""))])
    assert "<details>" not in page and "nothing in the text" in page
