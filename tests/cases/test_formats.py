"""Files of other tools and habits are read, or refused with what reads them."""

import json
import shutil

import pytest

NO_JUDGE = "--label-errors none --out audit"


def labels(case) -> set[str]:
    """Returns the labels that an audit counted."""
    text = (case.folder / "audit" / "audit.md").read_text("utf-8")
    section = text.partition("## Labels\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1].strip() for line in section.splitlines() if "|" in line]
    return {row for row in rows if row and row != "label" and "---" not in row}


def test_fasttext_lines_are_named_and_read(case):
    lines = [
        f"kerascls audit train.txt {NO_JUDGE} --format tsv",
        f"kerascls audit train.txt {NO_JUDGE}",
        f"kerascls audit train.txt {NO_JUDGE} --format fasttext --task multilabel",
    ]
    found = case("label-prefix-fasttext", lines)
    assert found.done[0].refuses("fastText", "--format fasttext")
    assert found.done[1].refuses("fastText", "--format fasttext")
    assert found.done[2].works("36 rows")
    assert labels(found) == {"体育", "汽车", "健康"}


def test_json_arrays_are_read_and_told_from_json_lines(case):
    found = case("json-array")
    assert found.done[0].works("36 rows")
    assert labels(found) == {"体育", "汽车", "健康"}
    assert found.done[1].refuses("JSON array", "--format json")
    assert found.done[2].refuses("JSON array", "--format json")
    assert "bad row" not in found.done[2].said


def test_a_pretty_printed_array_is_read(case):
    line = f"kerascls audit pretty.json {NO_JUDGE}"
    assert case("json-array", [line]).done[0].works("6 rows")


def test_a_folder_for_each_class_is_read(case):
    line = f"kerascls audit thucnews {NO_JUDGE}"
    found = case("folder-per-class", [line])
    assert found.done[0].works("36 rows")
    assert labels(found) == {"体育", "汽车", "健康"}


@pytest.mark.slow
def test_a_folder_for_each_class_is_trained_on(case):
    line = "kerascls fit --train thucnews --from-scratch --epochs 1 --out run"
    found = case("folder-per-class", [line])
    assert found.done[0].works("train 25, valid 6, test 5")


def test_a_one_hot_table_is_refused_with_its_columns_and_read_with_them(case):
    found = case("wide-one-hot")
    options = "--label toxic --label obscene --label insult"
    assert found.done[0].refuses(options)
    assert found.done[1].works("multilabel", "36 rows")
    assert labels(found) == {"toxic", "obscene", "insult"}


def test_a_parquet_file_that_is_none_is_refused(case):
    pytest.importorskip("pyarrow")
    assert case("parquet-file").done[0].refuses("Parquet", "cannot be read")


def test_json_lines_of_doccano_are_read(case):
    found = case("doccano-jsonl")
    assert found.done[0].refuses("--task multilabel")
    assert found.done[1].works("36 rows")
    assert labels(found) == {"体育", "汽车", "健康"}


def test_csv_of_doccano_is_read(case):
    lines = [
        f"kerascls audit train.csv {NO_JUDGE} --task multilabel {one}"
        for one in ("--label-separator '#'", "--format doccano-csv")
    ]
    for line in lines:
        found = case("doccano-csv-hash", [line])
        assert found.done[0].works("36 rows")
        assert labels(found) == {"体育", "汽车", "健康"}
        shutil.rmtree(found.folder)


def test_choices_of_label_studio_are_read(case):
    found = case("label-studio-csv-choices")
    assert found.done[0].works("36 rows")
    assert labels(found) == {"体育", "汽车", "健康"}


def test_categories_of_spacy_are_read(case):
    found = case("jsonl-spacy-cats")
    assert found.done[0].works("36 rows")
    assert labels(found) == {"体育", "汽车", "健康"}


def test_what_was_converted_is_what_was_read(case):
    lines = [
        "kerascls data convert train.jsonl out.json --task multilabel",
        "kerascls data stats out.json --json",
    ]
    found = case("doccano-jsonl", lines)
    counts = json.loads(found.done[1].out)
    assert counts["labels"] == {"健康": 17, "体育": 12, "汽车": 11}
    assert counts["rows_without_label"] == 1


def test_numbers_of_classes_get_their_names(case):
    options = "--format tsv --no-header --columns text,label --label-names class.txt"
    line = f"kerascls audit train.txt {NO_JUDGE} {options}"
    found = case("class-index-file", [line])
    assert found.done[0].works("36 rows")
    assert labels(found) == {"体育", "汽车", "健康"}
