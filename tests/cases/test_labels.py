"""Label columns as people bring them: read, told of, or refused with the cure."""

import csv

import pytest

SPORT, CARS, HEALTH = "体育", "汽车", "健康"
FIT = (
    "kerascls fit --train train.csv --from-scratch --set model.num_layers=1 --epochs 1 "
    "--max-tokens 32 --out run"
)


def section(case, kind, folder="audit"):
    """Returns what the last audit of a case says of one kind."""
    sections = case.audit(folder)["sections"]
    return next(one for one in sections if one["kind"] == kind)


def labels(case, file="train.csv"):
    """Returns the labels that the last audit of a case saw."""
    return set(section(case, "label_count")["counts"]["rows"][file])


def notes(case):
    """Returns what the last audit of a case says of the label column."""
    return " ".join(section(case, "label_column")["lines"])


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("separator-comma", "--label-separator ,"),
        ("separator-semicolon", "--label-separator ';'"),
        ("separator-space", "--label-separator ' '"),
    ],
)
def test_names_joined_by_another_mark_are_told_with_the_option(case, name, option):
    with_and_without = case(name)
    assert with_and_without.done[0].works(option, "12 rows")
    assert with_and_without.done[1].works()
    assert labels(with_and_without) == {SPORT, CARS, HEALTH}


def test_two_commas_are_two_separators(case):
    mixed = case("separator-mixed")
    assert mixed.done[0].works("'体育，健康' (6 rows)", "--label-separator ',，'")
    assert mixed.done[1].works()
    assert labels(mixed) == {SPORT, CARS, HEALTH}


@pytest.mark.parametrize("separator", [r"'\n'", "'\n'"])
def test_a_line_break_can_be_written_in_two_ways(case, separator):
    line = "kerascls audit train.xlsx --label-errors none --out audit "
    read = case("separator-newline", [f"{line} --label-separator {separator}"])
    assert read.done[0].works()
    assert labels(read, "train.xlsx") == {SPORT, CARS, HEALTH}


def test_a_separator_without_effect_is_refused(case):
    assert case("separator-given-but-multiclass").done[0].refuses("--task multilabel")


def test_a_separator_at_the_end_is_a_bad_row(case):
    assert case("trailing-separator").done[0].refuses("label 2 of 2 is empty")


def test_a_label_twice_in_a_cell_counts_once(case):
    done = case("labels-double-and-empty").done[0]
    assert done.refuses("label 2 of 3 is empty")


def test_multi_hot_vectors_are_no_labels(case):
    for done in case("multi-hot-list").done:
        assert done.refuses("36 of 36 rows", "multi-hot vectors", "names of the labels")


def test_words_for_a_missing_label_are_told(case):
    line = "kerascls audit train.csv --label-errors none --out audit"
    missing = case("nan-strings", [line, f"{line} --skip-bad-rows"])
    refused, skipped = missing.done
    assert refused.refuses("6 bad rows", "the error value #N/A", "train.csv:5:")
    assert skipped.works("6 bad rows left out", "'nan' (")
    assert "3 labels in 18 rows" in notes(missing)


def test_spellings_of_one_label_are_paired_and_made_visible(case):
    alike = case("label-lookalikes")
    assert alike.done[0].works("'体育<U+200B>' (3 rows)", "'<U+FEFF>体育' (3 rows)")
    found = notes(alike)
    assert "'NBA' (3 rows) / 'ＮＢＡ' (3 rows)" in found
    assert "'Sports' (3 rows) / 'sports' (3 rows)" in found
    assert "'cafe<U+0301>' (3 rows)" in found


@pytest.mark.slow
def test_it_is_said_where_a_label_of_one_row_went(case):
    once = case("label-once")
    words = "labels that are not in every part (1)", "'军事' (train 1)"
    assert once.done[0].works(*words)
    for said in (once.json("run/run.json"), once.json("run/report.json")):
        assert any(words[1] in line for line in said["notes"])
    assert words[1] in (once.folder / "run/report.md").read_text("utf-8")
    assert "军事' (train 1)" in (once.folder / "run/report.html").read_text("utf-8")


def test_texts_for_labels_are_refused_before_training(case):
    done = case("text-and-label-swapped").done[0]
    assert done.refuses(
        "swapped? `--text text --label label --task multiclass`", "3 different texts"
    )


def test_choices_of_label_studio_are_lists(case):
    choices = case("label-studio-csv-choices")
    assert choices.done[0].works()
    assert labels(choices) == {SPORT, CARS, HEALTH}


def test_names_that_doccano_joined_are_told_with_the_option(case):
    joined = case("doccano-csv-hash")
    assert joined.done[0].works("--task multilabel --label-separator '#'", "5 rows")
    assert joined.done[1].works()
    assert labels(joined) == {SPORT, CARS, HEALTH}


def test_lists_where_one_label_is_allowed_name_the_task_once(case):
    lists = case("doccano-jsonl")
    assert lists.done[0].refuses("5 rows with several labels", "`--task multilabel`")
    assert lists.done[0].said.count("multilabel`") == 1
    assert lists.done[1].works("1 row without any label")
    assert labels(lists, "train.jsonl") == {SPORT, CARS, HEALTH}


def test_lists_of_objects_are_no_labels(case):
    for done in case("doccano-old-ids").done[1:]:
        assert done.refuses('"annotations"', "36 JSON lists of objects")


def test_lists_as_python_prints_them_are_read(case):
    lists = case("python-list-repr")
    assert lists.done[0].works()
    assert labels(lists) == {SPORT, CARS, HEALTH}


def test_floats_in_one_file_and_whole_numbers_in_the_other_are_told(case):
    audit, fit = case("float-labels-csv").done
    assert audit.works("'1' (4 rows) looks like '1.0'")
    assert fit.refuses("test.csv", "'1' (4 rows) looks like '1.0'")


def test_whole_floats_of_jsonl_are_whole_numbers(case):
    floats = case("float-labels-jsonl")
    assert floats.done[0].works()
    assert labels(floats, "train.jsonl") == {"0", "1", "2"}


@pytest.mark.slow
def test_numbers_are_listed_in_their_order(case):
    numbers = case("numeric-order", ["kerascls audit train.csv --out audit", FIT])
    assert numbers.done[1].works()
    expected = [str(number) for number in range(12)]
    rows = section(numbers, "label_count")["counts"]["rows"]["train.csv"]
    assert list(rows) == expected
    report = csv.DictReader(
        (numbers.folder / "run/report.csv").read_text("utf-8-sig").splitlines()
    )
    assert [row["class"] for row in report if row["kind"] == "class"] == expected


@pytest.mark.slow
def test_one_label_or_none_is_a_task(case):
    lines = [
        FIT,
        "kerascls evaluate run --test train.csv --json",
        "kerascls export run --format onnx",
        "kerascls predict run --input train.csv --output out.csv",
        "kerascls tune run train.csv --objective f1",
        "kerascls tune run train.csv --objective precision@0.5",
    ]
    one = case("one-label-multilabel", lines)
    assert one.done[0].works("toxic", "24 of 36 rows without a label")
    assert all(done.works() for done in one.done[1:])
    assert one.json("run/bundle/labels.json") is not None
    assert '"toxic"' in one.done[1].out
    rows = (one.folder / "out.csv").read_text("utf-8-sig").splitlines()
    assert len(rows) == 37


@pytest.mark.slow
def test_labels_named_like_averages_are_told_from_them(case):
    words = case("report-words-as-labels", [FIT])
    assert words.done[0].works()
    for file in ("report.csv", "history.csv"):
        lines = (words.folder / "run" / file).read_text("utf-8-sig").splitlines()
        rows = [(row["class"], row["kind"]) for row in csv.DictReader(lines)]
        assert len(set(rows)) == len(rows)
        assert {("accuracy", "class"), ("accuracy", "average")} <= set(rows)
    scores = words.json("run/report.json")["scores"]
    assert "accuracy" in scores["classes"]
    assert isinstance(scores["accuracy"], float)


@pytest.mark.slow
def test_rows_without_a_label_are_named_or_left_out(case):
    refused, skipped = case("rows-without-label").done
    assert refused.refuses("train.csv:", "is empty", "--skip-bad-rows")
    assert skipped.works("bad rows left out")


@pytest.mark.parametrize("name", ["no-labels-at-all", "one-class", "two-rows"])
def test_too_little_to_learn_from_is_refused(case, name):
    assert case(name).done[0].refuses("train.csv")


def test_texts_with_several_labels_on_as_many_rows_are_named(case):
    rows = case("one-row-per-label")
    assert rows.done[0].works("The same text with different labels")
    assert section(rows, "conflict")["findings"]


@pytest.mark.slow
def test_numbers_that_are_written_differently_stay_apart(case):
    kept = case("label-names-numbers-with-zeros", [FIT])
    assert kept.done[0].works()
    assert {"01", "1", "1."} <= set(kept.json("run/run.json")["labels"])


def test_blanks_around_a_label_do_not_count(case):
    blanks = case("label-trailing-spaces")
    assert blanks.done[0].works()
    assert len(labels(blanks)) == 3


@pytest.mark.slow
def test_a_label_with_a_line_break_comes_back_from_files(case):
    for done in case("label-with-newline").done:
        assert done.works()


@pytest.mark.slow
def test_labels_that_training_lacked_are_left_out_of_tune(case):
    _, more, others = case("tune-with-unknown-labels").done
    assert more.works("training lacked them")
    assert others.refuses("labels")


@pytest.mark.slow
def test_the_best_epoch_can_be_chosen_by_a_label_with_a_colon(case):
    assert case("best-by-odd-label").done[0].works()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("all-texts-empty", "empty texts kept"),
        ("all-texts-equal", "repeat"),
        ("text-is-id", ""),
        ("six-rows", ""),
    ],
)
def test_texts_of_little_use_train_and_are_told_of(case, name, words):
    assert case(name).done[0].works(words)
