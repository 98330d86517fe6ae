"""Bytes and tables that people brought: read, or refused with the option that helps."""

import pytest

from kerascls.data.readers import ReadOptions, read


def rows(case, file):
    """Returns the rows that an audit found in a file."""
    return case.audit()["files"][file]


def labels(case, file, **options):
    found = read(case.folder / file, ReadOptions(**options)).examples
    return {label for row in found for label in row.labels}


def test_big5_is_told_from_gb18030(case):
    found = case("big5-excel-csv")
    as_utf8, as_gb18030, as_big5 = found.done
    assert as_utf8.refuses("`--encoding big5hkscs`", "label,text", "體育,國足")
    assert as_gb18030.refuses("does not look like", "`--encoding big5hkscs`", "體育,")
    assert as_big5.works("36 rows")
    assert rows(found, "train.csv") == 36
    assert len(labels(found, "train.csv", encoding="big5hkscs")) == 3


def test_gbk_is_read_as_the_message_says(case):
    as_utf8, as_gb18030 = case("gbk-excel-csv").done
    assert as_utf8.refuses("`--encoding gb18030`", "train.csv:2", "体育,国足")
    assert as_gb18030.works("36 rows")


def test_the_euro_byte_of_code_page_936_is_the_euro(case):
    found = case("cp936-euro-sign")
    assert all(done.works("36 rows") for done in found.done)
    examples = read(
        found.folder / "train.csv", ReadOptions(encoding="gb18030")
    ).examples
    assert sum("€" in row.texts[0] for row in examples) == 1


def test_one_broken_byte_is_one_bad_row(case):
    refused, skipped = case("one-broken-byte").done
    assert refused.refuses("1 bad row", "train.csv:20:", "0xe5 at offset 830")
    assert "gb18030" not in refused.said
    assert skipped.works("35 rows, 1 bad row left out")


def test_unicode_text_from_excel_is_read_in_two_steps(case):
    no_format, as_utf8, as_utf16 = case("utf16-text-export").done
    assert no_format.refuses("`--format`")
    assert as_utf8.refuses("`--encoding utf-16`", "体育")
    assert as_utf16.works("36 rows")


def test_compressed_files_are_read(case):
    assert all(done.works("36 rows") for done in case("compressed-files").done)


def test_a_workbook_under_another_name_is_known_by_its_bytes(case):
    (done,) = case("xlsx-named-csv").done
    assert done.refuses("an Excel workbook", "`--format xlsx`")
    assert "--encoding" not in done.said


def test_an_old_workbook_is_named(case):
    assert case("xls-old").done[0].refuses(".xls", "save it as .xlsx")


def test_a_parquet_file_is_known_by_its_bytes_until_it_is_read(case):
    (done,) = case("parquet-file").done
    assert done.code == 0 or done.refuses("Parquet")


def test_a_line_that_names_the_delimiter_is_obeyed(case):
    found = case("excel-sep-line")
    assert found.done[0].works("36 rows")
    assert rows(found, "train.csv") == 36


def test_semicolons_are_recognised_and_read_as_advised(case):
    line = "kerascls audit train.csv --label-errors none --out audit"
    refused, read = case("semicolon-csv", [line, f"{line} --delimiter ';'"]).done
    assert refused.refuses("`--delimiter ';'`", '"label", "text"', "train.csv")
    assert read.works("36 rows")


def test_rows_of_commas_at_the_end_are_passed_over(case):
    single, multi = case("comma-rows-at-the-end").done
    assert single.works("train.csv (36 rows)")
    assert multi.works("multi.csv (36 rows)")


def test_escaped_quotes_are_told_once(case):
    (done,) = case("csv-backslash-escapes").done
    assert done.refuses("36 bad rows", 'write ""', "train.csv:2:")
    assert done.said.count("closes in the middle") == 1


def test_numbers_in_excel_s_dress_are_numbers(case):
    found = case("csv-excel-escaped-numbers")
    assert found.done[0].works("36 rows")
    assert labels(found, "train.csv") == {"00", "01", "02"}


def test_commas_without_quotes_are_named(case):
    (done,) = case("unquoted-commas").done
    assert done.refuses("train.csv:3:", "3 columns where the header has 2")


@pytest.mark.parametrize("name", ["tsv-leading-quotes", "tsv-quotes-swallow-rows"])
def test_quotation_marks_in_a_tsv_are_part_of_its_texts(case, name):
    found = case(name)
    assert found.done[0].works("36 rows")
    dataset = read(found.folder / "train.tsv")
    assert len(dataset.examples) == 36
    assert any('"' in row.texts[0] for row in dataset.examples)
    assert "--quoting none" in "".join(dataset.notes)


def test_names_in_capitals_are_offered(case):
    line = "kerascls audit train.csv --label-errors none --out audit --text Text"
    first, second, third = case(
        "header-case",
        [
            "kerascls audit train.csv --label-errors none --out audit",
            line,
            f"{line} --label Label --task multiclass",
        ],
    ).done
    assert first.refuses("`--text Text`")
    assert second.refuses("`--label Label --task multiclass`")
    assert third.works("36 rows")


def test_chinese_names_are_asked_for_step_by_step(case):
    first, second, third = case("header-chinese").done
    assert first.refuses("train.csv", "--text", "类别", "内容")
    assert second.refuses("--task multiclass")
    assert third.works("36 rows")


def test_a_mistyped_column_names_file_and_nearest(case):
    assert case("mistyped-column").done[0].refuses("train.csv", 'mean "text"')


@pytest.mark.parametrize("name", ["pandas-index-column", "jsonl-bom-crlf"])
def test_what_other_programs_write_is_read(case, name):
    assert case(name).done[0].works("36 rows")


def test_files_with_other_columns_are_named(case):
    other, no_label, multi = case("files-with-other-columns").done
    assert other.refuses("test.csv", "类别", "--text")
    assert no_label.refuses("nolabel.csv", "--label")
    assert multi.refuses("multi.csv", "multilabel")


def test_null_is_an_empty_text(case):
    found = case("jsonl-null-text")
    assert found.done[0].works("36 rows")
    assert read(found.folder / "train.jsonl").empty_texts > 0


def test_formulas_without_results_are_told_once(case):
    (done,) = case("xlsx-formula-no-value").done
    assert done.refuses("formula whose result is not stored", "save it", "36 bad rows")
    assert done.said.count("formula") == 1


@pytest.mark.parametrize("file", ["single.xlsx", "multi.xlsx"])
def test_a_merged_label_counts_for_its_block(case, file):
    found = case("xlsx-merged-label-cells")
    assert all(done.works("36 rows") for done in found.done)
    dataset = read(found.folder / file)
    assert all(row.labels for row in dataset.examples)
    assert len(labels(found, file)) == 3
    assert "merged" in "".join(dataset.notes)


def test_remarks_below_a_table_are_not_silent(case):
    found = case("xlsx-note-below-table")
    assert found.done[0].works("合计", "36")
    dataset = read(found.folder / "train.xlsx")
    assert "empty rows passed over: 1, the first in line 38" in dataset.notes[0]


def test_another_sheet_is_found_and_read_as_advised(case):
    line = "kerascls audit train.xlsx --label-errors none --out audit"
    refused, named, numbered = case(
        "xlsx-second-sheet", [line, f"{line} --sheet 数据", f"{line} --sheet 2"]
    ).done
    assert refused.refuses("--sheet '数据'", "train.xlsx")
    assert named.works("36 rows")
    assert numbered.works("36 rows")


def test_a_table_may_begin_anywhere(case):
    assert case("xlsx-table-not-at-a1").done[0].works("36 rows")


def test_a_title_is_told_from_a_header_and_read_as_advised(case):
    line = "kerascls audit train.xlsx --label-errors none --out audit"
    refused, read = case("xlsx-title-row", [line, f"{line} --header-row 2"]).done
    assert refused.refuses("taken for the names", "`--header-row 2`")
    assert refused.said.count("train.xlsx:") == 1
    assert read.works("36 rows")
