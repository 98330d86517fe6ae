"""The page in a real browser: sliders, sorting, hostile texts, a phone's width."""

import re
from dataclasses import replace

import numpy as np
import pytest

from kerascls.data.labels import LABEL_TASKS, Task
from kerascls.decision.rule import Rule
from kerascls.evaluation.metrics.scores import pad_columns, score
from kerascls.evaluation.reports.features import Features
from kerascls.evaluation.reports.history import append_history, history_rows
from kerascls.evaluation.reports.html.page import write_report_html
from kerascls.evaluation.reports.label_effects import LabelEffects
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.scored_rows import ScoredRows

# Several seconds to start a browser and to press its keys.
pytestmark = pytest.mark.slow

SCRIPT = "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"
LABELS = (
    "体育",
    "教育/大学-录取 a rather long name for one label",
    SCRIPT,
    "rare",
    "unseen",
)
FALLBACK = Rule("threshold", 0.5, min_labels=1)
AVERAGES = ("macro", "micro", "weighted")


def random_rows(task: Task) -> ScoredRows:
    random = np.random.default_rng(0)
    found = random.random((200, 5)).astype(np.float32) * np.float32([1, 1, 1, 0.1, 0])
    targets = found + random.normal(0, 0.2, found.shape) > [0.5, 0.6, 0.7, 0.09, 0.4]
    chosen = Rule("threshold", 0.5).apply(found)
    if task is Task.MULTICLASS:
        found /= found.sum(axis=1, keepdims=True)
        chosen = Rule("argmax").apply(found)
        targets = np.roll(chosen, 7, axis=0) & (random.random((200, 1)) < 0.2)
        targets = np.where(targets.any(axis=1, keepdims=True), targets, chosen)
    return ScoredRows(
        task=task,
        labels=LABELS,
        targets=targets,
        probabilities=found,
        chosen=chosen,
        known=4,
        rows_sha256="",
        lines=np.arange(2, 202),
        texts=[(f"第{n}行 {SCRIPT}", "长" * n * 3) for n in range(200)],
    )


def with_fallback(rows: ScoredRows) -> ScoredRows:
    chosen = FALLBACK.apply(rows.probabilities[:, : rows.known])
    return replace(rows, chosen=pad_columns(chosen, len(LABELS)))


@pytest.fixture(scope="module")
def rows() -> ScoredRows:
    return random_rows(Task.MULTILABEL)


@pytest.fixture(scope="module")
def addresses(rows, tmp_path_factory) -> dict[str, str]:
    """Addresses of a page of each task, and of one whose rule has a fallback."""
    folder = tmp_path_factory.mktemp("pages")
    pages = {
        "multilabel": (rows, Rule("threshold", 0.5)),
        "fallback": (with_fallback(rows), FALLBACK),
        "multiclass": (random_rows(Task.MULTICLASS), Rule("argmax")),
    }
    for name, (scored, rule) in pages.items():
        scores = score(scored.targets, scored.chosen, LABELS)
        history = folder / f"{name}.csv"
        for epoch in (1, 2, 3):
            append_history(history, history_rows(epoch, scores, loss=1 / epoch))
        report = Report(
            task=scored.task,
            scores=scores,
            baseline=scores,
            baseline_label=SCRIPT,
            rule=rule,
            train_support=dict.fromkeys(LABELS[:4], 9),
            source=SCRIPT,
            at_half=scores if scored.task is Task.MULTILABEL else None,
            label_effects=LabelEffects(
                method="class_weight",
                settings={},
                labels=LABELS[:4],
                rows=np.array([40, 30, 20, 10]),
                effective_rows=np.array([25.0] * 4),
                effects={"weight": np.array([0.625, 0.8333, 1.25, 2.5])},
            ),
            features=Features({label: {SCRIPT: 2.5, " 球": 1} for label in LABELS[:4]}),
        )
        write_report_html(folder / f"{name}.html", report, scored, history)
        file = folder / f"{name}-zh.html"
        write_report_html(file, report, scored, history, language="zh")
    return {path.stem: path.as_uri() for path in folder.glob("*.html")}


@pytest.fixture
def page(browser, addresses):
    """The multi-label page, freshly opened."""
    browser.get(addresses["multilabel"])
    return browser


def find(browser, css: str):
    return browser.find_element("css selector", css)


def find_all(browser, css: str) -> list:
    return browser.find_elements("css selector", css)


def slider_of(browser, label: str):
    (found,) = [
        one
        for one in find_all(browser, "#classes input")
        if one.get_attribute("aria-label") == f"Threshold of {label}"
    ]
    return found


def cells_of(browser, label: int) -> dict[str, float]:
    row = find_all(browser, "#classes tbody tr")[label]
    cells = find_all(row, "td[data-key]:not([data-key=threshold])")
    return {
        cell.get_attribute("data-key"): float(cell.text.split("\n")[0])
        for cell in cells
        if cell.text != "n/a"
    }


def average_texts(browser) -> list[float]:
    return [float(find(browser, f"#score-{name}_f1").text) for name in AVERAGES]


def assert_shown(browser, rows, chosen):
    """Checks that all scores on the page are those of these choices."""
    scores = score(rows.targets, chosen, rows.labels)
    expected = [getattr(scores, name).f1 for name in AVERAGES]
    assert average_texts(browser) == pytest.approx(expected, abs=5.1e-5)
    for label in range(len(rows.labels)):
        cells = cells_of(browser, label)
        for name in ("precision", "recall", "f1"):
            expected = getattr(scores, name)[label]
            assert cells[name] == pytest.approx(expected, abs=5.1e-5)
        assert cells["given"] == scores.predicted[label]


def test_the_page_opens_with_the_scores_of_the_rule(page, rows):
    assert_shown(page, rows, rows.chosen)
    assert not find(page, "#reset").is_enabled()


@pytest.mark.parametrize("label", [0, 3])
def test_a_moved_slider_changes_the_scores_to_those_of_its_threshold(page, rows, label):
    before = average_texts(page)
    slider = slider_of(page, LABELS[label])
    slider.send_keys("\ue012" * 45)  # arrow left
    threshold = np.float32(slider.get_attribute("aria-valuetext"))
    assert threshold < 0.5
    chosen = rows.chosen.copy()
    chosen[:, label] = rows.probabilities[:, label] >= threshold
    assert_shown(page, rows, chosen)
    assert average_texts(page) != before
    find(page, "#reset").click()
    assert_shown(page, rows, rows.chosen)


def test_a_rule_with_a_fallback_is_left_and_found_again(browser, addresses, rows):
    browser.get(addresses["fallback"])
    rows = with_fallback(rows)
    assert_shown(browser, rows, rows.chosen)
    slider = slider_of(browser, LABELS[0])
    slider.send_keys("\ue012" * 5)
    threshold = np.float32(slider.get_attribute("aria-valuetext"))
    chosen = rows.chosen.copy()
    chosen[:, 0] = rows.probabilities[:, 0] >= threshold
    assert_shown(browser, rows, chosen)
    slider.send_keys("\ue014" * 5)  # arrow right
    assert_shown(browser, rows, rows.chosen)


def test_one_slider_moves_all_thresholds(page, rows):
    find(page, "#all-thresholds").send_keys("\ue012" * 12)
    chosen = rows.probabilities >= np.float32(0.38)
    chosen[:, rows.known :] = False
    assert_shown(page, rows, chosen)


def test_f1_at_half_has_a_column_where_it_was_scored(browser, addresses):
    browser.get(addresses[Task.MULTILABEL])
    assert find(browser, "th[data-key=at_half]").text == "f1 at 0.5"
    assert cells_of(browser, 0)["at_half"] == cells_of(browser, 0)["f1"]
    browser.get(addresses[Task.MULTICLASS])
    assert not find_all(browser, "th[data-key=at_half]")


def test_a_click_on_a_heading_sorts_the_table(page, rows):
    heading = find(page, "th[data-key=recall] button")
    recall = score(rows.targets, rows.chosen, LABELS).recall
    for state, order in (
        ("descending", np.argsort(-recall, kind="stable")),
        ("ascending", np.argsort(recall, kind="stable")),
    ):
        heading.click()
        shown = find_all(page, "#classes tbody th")
        assert [one.text for one in shown] == [LABELS[place] for place in order]
        assert find(page, f"th[aria-sort={state}]").text == "recall"


@pytest.mark.parametrize("task", LABEL_TASKS)
def test_scripts_in_texts_and_labels_are_shown_and_do_not_run(browser, addresses, task):
    browser.get(addresses[task])
    assert SCRIPT in find(browser, ".mistake .text").text
    assert SCRIPT in find(browser, "h1").text
    assert browser.execute_script("return window.ran") is None
    assert browser.get_log("browser") == []
    loaded = "return performance.getEntriesByType('resource').length"
    assert browser.execute_script(loaded) == 0


def test_even_an_element_that_gets_in_runs_nothing(page):
    run = """
        const [html, done] = arguments;
        document.body.insertAdjacentHTML("beforeend", html);
        const late = document.createElement("script");
        late.textContent = "window.ran = 1";
        document.body.append(late);
        setTimeout(() => done(String(window.ran)), 100);
    """
    assert page.execute_async_script(run, SCRIPT) == "undefined"


@pytest.mark.parametrize("task", LABEL_TASKS)
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_is_as_wide_as_the_window(browser, addresses, task, width):
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(addresses[task])
    wide = browser.execute_script("return document.documentElement.scrollWidth")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert wide == width


def test_texts_and_labels_are_found(page):
    find(page, "#mistakes input").send_keys("第17行")
    assert "1 found" in find(page, "#mistakes [role=status]").text
    assert find(page, ".mistake .place").text.startswith("line 19 ")


@pytest.mark.parametrize(("text", "toggles"), [("1\n2\n3\n4\n5", 1), ("1\n2", 0)])
def test_a_text_with_hidden_lines_can_be_shown_whole(page, text, toggles):
    one = "mistake({...data.mistakes[0], texts: [arguments[0]]})"
    page.execute_script(f"byId('mistakes').replaceChildren({one})", text)
    settled = "requestAnimationFrame(() => setTimeout(arguments[0], 50))"
    page.execute_async_script(settled)
    buttons = find_all(page, ".mistake .link:not([hidden])")
    assert len(buttons) == toggles
    for button in buttons:
        before = find(page, ".mistake .text").size["height"]
        button.click()
        assert find(page, ".mistake .text").size["height"] > before
        assert button.text == "Show less"


def focused(browser, script: str):
    return browser.execute_script(f"return document.activeElement.{script}")


def test_the_focus_stays_where_a_label_was_taken_from_a_chart(page):
    find(page, "#curves button.chip").click()
    assert focused(page, "closest('#curves .chips') !== null")
    assert focused(page, "getAttribute('aria-label')").startswith("Remove ")
    page.execute_script("document.querySelector('#curves select').focus()")
    focused_select = find(page, "#curves select")
    focused_select.send_keys("\ue015")  # arrow down
    assert focused(page, "tagName") == "SELECT"


def test_back_to_the_rule_sets_the_slider_of_all_back_and_keeps_the_focus(page):
    slider = find(page, "#all-thresholds")
    slider.send_keys("\ue012" * 12)
    find(page, "#reset").click()
    assert slider.get_attribute("value") == "50"
    assert focused(page, "id") == "all-thresholds"


def test_the_limit_of_the_coverage_is_said_as_a_probability(page):
    slider = find(page, "#coverage input")
    slider.send_keys("\ue014")
    said = slider.get_attribute("aria-valuetext")
    assert find(page, "#coverage-now").text.startswith(f"{said}: ")
    assert float(said) < 1


def test_new_scores_are_said_once_the_slider_rests(page):
    count = """
        const [done] = arguments;
        let said = 0;
        new MutationObserver(() => said++).observe(byId("said"), {childList: true});
        for (const value of [30, 31, 32]) {
            byId("all-thresholds").value = value;
            byId("all-thresholds").dispatchEvent(new Event("input"));
        }
        setTimeout(() => done(said), 1000);
    """
    assert page.execute_async_script(count) == 1
    said = find(page, "#said").get_attribute("textContent")
    assert said == find(page, ".averages").text
    assert find_all(page, "#headline[aria-live]") == []


def test_the_history_has_the_line_of_macro_f1(page):
    assert len(find_all(page, "#history path.guide")) == 1


@pytest.mark.parametrize("task", ["multilabel", "fallback", "multiclass"])
def test_a_chinese_page_has_english_names_only(browser, addresses, task):
    browser.get(addresses[f"{task}-zh"])
    find(browser, "summary").click()
    said = find(browser, "body").text
    hints = browser.execute_script(
        "return [...document.querySelectorAll('[aria-label], [placeholder], title')]"
        ".map((one) => one.ariaLabel || one.placeholder || one.textContent).join('\\n')"
    )
    assert "错得最离谱的文本" in said
    names = "kerascls tune", "class_weight", "ROC AUC"
    for own in (SCRIPT, *LABELS, f"{SCRIPT[:13]}…", *names):
        said, hints = said.replace(own, ""), hints.replace(own, "")
    scores = {"Brier", "Hamming", "ROC", "AUC", "nDCG"}
    assert set(re.findall("[A-Za-z]{3,}", said + hints)) <= scores


def test_what_speaks_for_a_label_is_text(page):
    lines = find_all(page, "#features tr")
    assert len(lines) == 4
    chips = [li.get_attribute("textContent") for li in find_all(lines[0], "li")]
    assert chips == [f"{SCRIPT} 2.50", "\u2423球 1.00"]
    assert page.execute_script("return window.ran") is None


def test_rows_before_and_after_have_bars_of_one_scale(page):
    heads = [one.text for one in find_all(page, "#effects thead th")]
    assert heads == ["label", "in training", "effective rows", "weight"]
    first, *_, last = find_all(page, "#effects tbody tr")
    assert find(first, "th").text == LABELS[0]

    def shares(line):
        script = "return [...arguments[0].querySelectorAll('td')].map(cell => "
        script += "Number(cell.style.getPropertyValue('--share')))"
        return page.execute_script(script, line)

    assert shares(first) == pytest.approx([0.92, 0.575, 0])
    assert shares(last) == pytest.approx([0.23, 0.575, 0])
