"""An audit on the screen and in Markdown."""

import pytest

import kerascls
from kerascls.auditing.tables import audit_markdown, one_line, render_audit


@pytest.fixture
def found(labelled):
    rows = [("[red]新车[/red]\x1b[2J\n发布", "汽车|[b]")] * 7 + [("<script>", "体育")]
    return kerascls.audit(labelled("train.csv", rows), label_errors="none")


def test_examples_have_their_place_and_what_to_do(found):
    shown = render_audit(found)
    assert f"{found.rows.files[0]}:2  [red]新车[/red]" in shown
    assert "... and 3 rows more of these" in shown
    assert "-> Keep one row of each text" in shown


def test_a_row_without_labels_has_empty_brackets(labelled):
    rows = [("新车", ""), ("新车", ""), ("足球", "体育")]
    shown = render_audit(kerascls.audit(labelled("t.csv", rows), label_errors="none"))
    assert "新车  []  keep" in shown


def test_sections_without_findings_say_so(found):
    section = found.section("leak")
    assert f"{section.title}\n{'-' * len(section.title)}\nnone\n" in render_audit(found)


def test_nothing_of_a_text_reaches_the_terminal_as_a_command(found):
    assert "\x1b" not in render_audit(found)


def test_nothing_of_a_label_reaches_the_terminal_as_a_command(labelled):
    rows = [("新车", "汽车\x1b[2J"), ("新车", "体育\x1b[2J")] * 5
    found = kerascls.audit(labelled("hostile.csv", rows), label_errors="none")
    assert "\x1b" not in render_audit(found) + audit_markdown(found)
    assert "体育 [2J" in render_audit(found)


def test_backslashes_of_labels_are_no_escapes_in_markdown(labelled):
    path = labelled("escaped.csv", [("新车", "a\\b")])
    found = kerascls.audit(path, label_errors="none")
    assert "| a\\\\b | 1 |" in audit_markdown(found)


def test_labels_are_no_markup_in_tables(found):
    assert "[b]" in render_audit(found)
    assert "| \\[b] | 7 |" in audit_markdown(found)


def test_markdown_has_a_heading_for_each_section(found):
    headings = [line for line in audit_markdown(found).splitlines() if "## " in line]
    assert headings == [f"## {section.title}" for section in found.sections]


def test_texts_stand_in_code_blocks_of_markdown(found):
    blocks = audit_markdown(found).split("```")[1::2]
    assert "[red]新车[/red]" in blocks[0]
    assert not any("[red]" in part for part in audit_markdown(found).split("```")[::2])


def test_long_texts_are_cut():
    assert one_line("新" * 50) == "新" * 40 + "..."
    assert one_line(" \n ") == "(empty)"


def test_bad_rows_that_were_left_out_are_counted(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,labels\na,b\na,b,c\n", "utf-8")
    found = kerascls.audit(path, label_errors="none", skip_bad_rows=True)
    assert "a.csv (1 row, 1 bad row left out)." in render_audit(found)
    assert found.to_dict()["skipped_rows"] == {str(path): 1}
