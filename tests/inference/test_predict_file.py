"""Files in, files out: every row, in order, or nothing at all."""

import csv
import io
import json
import sys
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from tiny_models import tiny_input_spec

from kerascls.data.labels import Task
from kerascls.data.readers import read_records, split_labels
from kerascls.decision.rule import Rule
from kerascls.errors import BundleError, DataError, KerasclsError, SettingsError
from kerascls.inference.bundle import open_bundle
from kerascls.inference.predict_file import predict_file
from kerascls.inference.predictor import Predictor


@dataclass
class FakePredictor:
    """Predicts by rule and remembers how many texts came together."""

    text_columns: tuple[str, ...] = ("text",)
    calls: list[int] = field(default_factory=list)

    @property
    def bundle(self):
        return SimpleNamespace(
            task=Task.MULTICLASS,
            input_spec=tiny_input_spec(text_columns=self.text_columns),
            rule=Rule("argmax"),
        )

    def predict(self, texts):
        self.calls.append(len(texts))
        return [self._prediction(text) for text in texts]

    def _prediction(self, text):
        labels = tuple(
            dict.fromkeys("+".join([text] if isinstance(text, str) else text))
        )
        scores = {label: 0.25 for label in (*labels, "other")}
        return SimpleNamespace(labels=labels[:2], scores=scores)


@pytest.fixture
def predictor() -> FakePredictor:
    return FakePredictor()


@pytest.fixture
def pair_predictor() -> FakePredictor:
    return FakePredictor(("title", "content"))


@pytest.fixture
def stdin(monkeypatch):
    def give(content: bytes):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))

    return give


def jsonl(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def write(path, content):
    path.write_text(content, encoding="utf-8")
    return path


def test_json_lines_keep_their_fields_and_gain_labels_and_scores(tmp_path, predictor):
    source = write(tmp_path / "in.jsonl", '{"id": 7, "text": "球a", "tags": ["x"]}\n')
    assert predict_file(predictor, source, tmp_path / "out.jsonl") == 1
    assert jsonl(tmp_path / "out.jsonl") == [
        {
            "id": 7,
            "text": "球a",
            "tags": ["x"],
            "labels": ["球", "a"],
            "scores": {"球": 0.25, "a": 0.25, "other": 0.25},
        }
    ]


def test_csv_keeps_its_columns_and_gains_predicted_and_score(tmp_path, predictor):
    source = write(tmp_path / "in.csv", "id,text\n1,球|\n2,\n")
    assert predict_file(predictor, source, tmp_path / "out.csv") == 2
    with open(tmp_path / "out.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["id", "text", "predicted", "score"],
        ["1", "球|", r"球|\|", "0.250000|0.250000"],
        ["2", "", "", "0.250000"],
    ]


def test_csv_begins_with_a_bom_for_excel(tmp_path, predictor):
    source = write(tmp_path / "in.csv", "text\na\n")
    predict_file(predictor, source, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_columns_named_like_the_output_s_are_kept(tmp_path, predictor):
    source = write(tmp_path / "in.jsonl", '{"text": "a", "labels": ["b"]}\n')
    predict_file(predictor, source, tmp_path / "out.jsonl")
    (row,) = jsonl(tmp_path / "out.jsonl")
    assert (row["input_labels"], row["labels"]) == (["b"], ["a"])


def test_nothing_is_dropped_and_order_is_kept_across_chunks(tmp_path, predictor):
    lines = [f'{{"text": "{number}"}}\n' for number in range(10)]
    source = write(tmp_path / "in.jsonl", "".join(lines))
    predict_file(predictor, source, tmp_path / "out.jsonl", chunk_rows=4)
    assert [row["text"] for row in jsonl(tmp_path / "out.jsonl")] == list("0123456789")
    assert predictor.calls == [4, 4, 2]


def test_several_columns_are_passed_as_tuples(tmp_path, pair_predictor):
    source = write(tmp_path / "in.csv", "content,title\nb,a\n")
    predict_file(pair_predictor, source, tmp_path / "out.jsonl")
    (row,) = jsonl(tmp_path / "out.jsonl")
    assert row["labels"] == ["a", "+"]


def test_stated_columns_stand_for_those_of_training(tmp_path, predictor):
    source = write(tmp_path / "in.csv", "other,body\nx,y\n")
    predict_file(predictor, source, tmp_path / "out.jsonl", text="body")
    assert jsonl(tmp_path / "out.jsonl")[0]["labels"] == ["y"]


def test_as_many_columns_as_in_training_are_needed(tmp_path, pair_predictor):
    source = write(tmp_path / "in.csv", "text\na\n")
    with pytest.raises(SettingsError, match="title, content"):
        predict_file(pair_predictor, source, tmp_path / "out.csv", text="text")


def test_a_missing_column_is_refused_with_those_there_are(tmp_path, predictor):
    source = write(tmp_path / "in.csv", "body,id\na,1\n")
    with pytest.raises(DataError, match='"body", "id"'):
        predict_file(predictor, source, tmp_path / "out.csv")


def test_bad_rows_are_told_with_their_lines_before_anything_is_predicted(
    tmp_path, predictor
):
    source = write(tmp_path / "in.jsonl", '{"text": "a"}\n{"text"\n{"text": []}\n')
    with pytest.raises(DataError, match=r"(?s)in.jsonl:2: .*in.jsonl:3: .*a list"):
        predict_file(predictor, source, tmp_path / "out.jsonl")
    assert predictor.calls == []
    assert not (tmp_path / "out.jsonl").exists()


def test_a_failure_leaves_the_older_file_and_nothing_else(tmp_path):
    def fail(texts):
        raise RuntimeError

    bundle = FakePredictor().bundle
    broken = SimpleNamespace(predict=fail, bundle=bundle)
    source = write(tmp_path / "in.csv", "text\na\n")
    older = write(tmp_path / "out.csv", "older")
    with pytest.raises(RuntimeError):
        predict_file(broken, source, older, overwrite=True)
    assert older.read_text() == "older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl"])
def test_a_file_that_exists_is_replaced_only_when_that_is_said(
    tmp_path, predictor, name
):
    source = write(tmp_path / "in.csv", "text\na\n")
    older = write(tmp_path / name, "corrected by hand")
    with pytest.raises(SettingsError, match=f"{name}', which exists.*--overwrite"):
        predict_file(predictor, source, older)
    assert older.read_text() == "corrected by hand"
    assert predictor.calls == []
    assert predict_file(predictor, source, older, overwrite=True) == 1


def test_the_output_may_not_be_the_input(tmp_path, predictor):
    source = write(tmp_path / "in.csv", "text\na\n")
    with pytest.raises(SettingsError, match="another file"):
        predict_file(predictor, source, source)


def test_the_output_s_ending_says_its_format(tmp_path, predictor):
    source = write(tmp_path / "in.csv", "text\na\n")
    with pytest.raises(SettingsError, match="out.xlsx"):
        predict_file(predictor, source, tmp_path / "out.xlsx")


def test_the_folder_of_the_output_must_exist(tmp_path, predictor):
    source = write(tmp_path / "in.csv", "text\na\n")
    with pytest.raises(SettingsError, match="nowhere"):
        predict_file(predictor, source, tmp_path / "nowhere" / "out.csv")


def test_a_new_field_has_no_place_in_csv(tmp_path, predictor):
    source = write(tmp_path / "in.jsonl", '{"text": "a"}\n{"text": "b", "new": 1}\n')
    with pytest.raises(DataError, match=r"line 2 with new"):
        predict_file(predictor, source, tmp_path / "out.csv")


def test_values_that_are_no_text_are_json_in_csv(tmp_path, predictor):
    source = write(tmp_path / "in.jsonl", '{"text": "a", "n": null, "l": ["球", 1]}\n')
    predict_file(predictor, source, tmp_path / "out.csv")
    (record,) = read_records(tmp_path / "out.csv")
    assert (record.fields["n"], record.fields["l"]) == ("", '["球", 1]')


def test_lines_of_standard_input_are_texts(stdin, capsys, predictor):
    stdin("球\r\n\n\ufeffb".encode())
    assert predict_file(predictor, "-", "-") == 3
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["text"] for row in rows] == ["球", "", "\ufeffb"]


def test_standard_input_may_be_a_table(stdin, capsys, predictor):
    stdin("text,id\n球,1\n".encode("gb18030"))
    predict_file(predictor, "-", "-", format="csv", encoding="gb18030")
    assert capsys.readouterr().out.splitlines() == [
        "text,id,predicted,score",
        "球,1,球,0.250000",
    ]


@pytest.mark.parametrize("padding", [0, 40_000])
def test_a_wrong_encoding_of_lines_is_placed(tmp_path, stdin, predictor, padding):
    content = b"a\n" * padding + "球\n".encode("gb18030")
    source = tmp_path / "in.txt"
    source.write_bytes(content)
    message = rf"utf-8 text. .*byte 0xc7 at offset {2 * padding} .*--encoding gb18030"
    with pytest.raises(DataError, match=f"in.txt to be {message}"):
        predict_file(predictor, source, tmp_path / "out.jsonl")
    stdin(content)
    with pytest.raises(DataError, match=f"standard input to be {message}"):
        predict_file(predictor, "-", "-")


def test_lines_in_utf_16_need_a_mark_or_their_byte_order(stdin, predictor):
    stdin("球\n".encode("utf-16-le"))
    with pytest.raises(DataError, match="`--encoding utf-16-le`"):
        predict_file(predictor, "-", "-", encoding="utf-16")


def test_standard_input_stays_open(stdin, predictor):
    stdin(b"a\n")
    predict_file(predictor, "-", "-")
    assert not sys.stdin.buffer.closed


def test_txt_files_are_lines(tmp_path, predictor):
    source = write(tmp_path / "in.txt", "a\nb\n")
    assert predict_file(predictor, source, tmp_path / "out.jsonl") == 2


def test_lines_are_not_enough_for_several_columns(tmp_path, pair_predictor):
    source = write(tmp_path / "in.txt", "a\n")
    with pytest.raises(SettingsError, match="has columns"):
        predict_file(pair_predictor, source, tmp_path / "out.jsonl")


@pytest.mark.parametrize(("name", "format"), [("in.csv", "xml"), ("in.xml", None)])
def test_an_unknown_format_is_refused(tmp_path, predictor, name, format):
    source = write(tmp_path / name, "text\na\n")
    with pytest.raises(KerasclsError, match="csv, tsv, xlsx, jsonl"):
        predict_file(predictor, source, tmp_path / "out.csv", format=format)


def test_a_missing_input_is_refused(tmp_path, predictor):
    with pytest.raises(DataError, match="does not exist"):
        predict_file(predictor, tmp_path / "none.csv", tmp_path / "out.csv")


def test_a_directory_without_bundle_is_refused(tmp_path):
    with pytest.raises(BundleError):
        predict_file(tmp_path, tmp_path / "in.csv", tmp_path / "out.csv")


def test_progress_counts_rows_of_all(tmp_path, predictor):
    seen = []
    source = write(tmp_path / "in.csv", "text\na\nb\n")
    predict_file(
        predictor,
        source,
        tmp_path / "out.csv",
        on_progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(1, 2), (2, 2)]


def test_a_table_without_rows_gives_none(tmp_path, predictor):
    source = write(tmp_path / "in.jsonl", "")
    assert predict_file(predictor, source, tmp_path / "out.jsonl") == 0
    assert jsonl(tmp_path / "out.jsonl") == []


@pytest.mark.parametrize(
    ("name", "content", "header"),
    [
        ("in.csv", "id,text,score\n", "id,text,input_score,predicted,score"),
        ("in.jsonl", "", "text,predicted,score"),
        ("in.txt", "", "text,predicted,score"),
    ],
)
def test_csv_has_its_header_without_rows_too(
    tmp_path, predictor, name, content, header
):
    source = write(tmp_path / name, content)
    assert predict_file(predictor, source, tmp_path / "out.csv") == 0
    assert (tmp_path / "out.csv").read_text("utf-8-sig").splitlines() == [header]


def test_a_header_alone_needs_the_text_column(tmp_path, predictor):
    source = write(tmp_path / "in.csv", "id\n")
    with pytest.raises(DataError, match='text column "text"'):
        predict_file(predictor, source, tmp_path / "out.csv")


def test_nan_is_written_as_null(tmp_path, predictor):
    source = write(tmp_path / "in.jsonl", '{"text": "a", "price": NaN}\n')
    predict_file(predictor, source, tmp_path / "out.jsonl")
    assert '"price": null' in (tmp_path / "out.jsonl").read_text()


def test_chunks_begin_small_and_grow(tmp_path, predictor):
    source = write(tmp_path / "in.txt", "a\n" * 300)
    predict_file(predictor, source, tmp_path / "out.jsonl", chunk_rows=100)
    assert predictor.calls == [32, 64, 100, 100, 4]


def test_first_answers_come_before_the_last_lines(monkeypatch, predictor):
    class Output(io.StringIO):
        def flush(self):
            flushed.append(len(self.getvalue().splitlines()))

    def lines():
        for number in range(40):
            told.append(list(flushed))
            yield f"{number}\n".encode()

    flushed, told, chunks = [], [], lines()
    buffer = SimpleNamespace(
        read1=lambda size: next(chunks, b""), seekable=lambda: False
    )
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=buffer))
    monkeypatch.setattr(sys, "stdout", Output())
    assert predict_file(predictor, "-", "-") == 40
    assert told[-1] == [32]


# Of which no cell can be, such as "#SPILL!", that a spreadsheet could not compute.
NO_ERROR_VALUE = st.characters(exclude_categories=["Cs"], exclude_characters="#")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(NO_ERROR_VALUE), max_size=5))
def test_any_text_comes_through_json_and_csv_unchanged(tmp_path, predictor, texts):
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    source = write(tmp_path / "in.jsonl", lines)
    predict_file(predictor, source, tmp_path / "out.jsonl", overwrite=True)
    written = [record.fields for record in read_records(tmp_path / "out.jsonl")]
    assert [fields["text"] for fields in written] == texts

    predict_file(predictor, source, tmp_path / "out.csv", overwrite=True)
    with open(tmp_path / "out.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == texts


TEXTS = st.lists(st.text(st.sampled_from('甲a ",\n'), max_size=3), max_size=6)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["csv", "tsv", "jsonl", "txt"]), TEXTS)
def test_there_are_as_many_predictions_as_rows(tmp_path, predictor, ending, texts):
    path = tmp_path / f"in.{ending}"
    if ending == "jsonl":
        write(path, "".join(json.dumps({"text": text}) + "\n" for text in texts))
    elif ending == "txt":
        texts = [text.replace("\n", "") for text in texts]
        write(path, "".join(f"{text}\n" for text in texts))
    else:
        with path.open("w", encoding="utf-8", newline="") as target:
            delimiter = {"csv": ",", "tsv": "\t"}[ending]
            writer = csv.writer(target, delimiter=delimiter, quoting=csv.QUOTE_ALL)
            writer.writerows([["text"], *([text] for text in texts)])
    out = tmp_path / "out.jsonl"
    assert predict_file(predictor, path, out, overwrite=True) == len(texts)
    assert [row["text"] for row in jsonl(out)] == texts


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in.csv", "text\na\n\nb\n\n\n"),
        ("in.csv", 'text\na\n""\nb\n'),
        ("in.csv", 'text\na\nb\n""\n'),
        ("in.csv", "text,id\na,1\n,\nb,2\n,\n,\n"),
        ("in.csv", "text,id\na,1\n\nb,2\n\n"),
        ("in.tsv", "text\tid\na\t1\n\t\nb\t2\n\t\n"),
        ("in.txt", "a\n\nb\n"),
    ],
)
def test_an_empty_row_is_answered_unless_it_is_at_a_table_s_end(
    tmp_path, predictor, name, content
):
    source = write(tmp_path / name, content)
    assert predict_file(predictor, source, tmp_path / "out.jsonl") == 3


def test_empty_rows_of_a_sheet_are_answered_unless_they_are_at_its_end(
    tmp_path, predictor
):
    book = Workbook()
    for row in (["text"], ["a"], [], ["b"], [], [" "]):
        book.active.append(row)
    book.save(tmp_path / "in.xlsx")
    assert predict_file(predictor, tmp_path / "in.xlsx", tmp_path / "out.csv") == 3


def test_a_blank_line_of_json_is_a_bad_row_unless_it_is_at_the_end(tmp_path, predictor):
    source = write(tmp_path / "in.jsonl", '{"text": "a"}\n\n{"text": "b"}\n\n')
    with pytest.raises(DataError, match="1 bad in .*\n.*in.jsonl:2: the row is empty"):
        predict_file(predictor, source, tmp_path / "out.jsonl")


def test_how_an_input_was_read_is_told(tmp_path, predictor):
    source = write(tmp_path / "in.tsv", 'id\ttext\n1\t"quoted\n')
    told = []
    predict_file(predictor, source, tmp_path / "out.csv", on_note=told.append)
    assert "in.tsv: quotation marks are read as they stand" in told[0]


def test_what_would_read_an_input_is_told(tmp_path, predictor):
    source = write(tmp_path / "in.csv", "id;text\n1;a\n2;b\n")
    with pytest.raises(DataError, match="in.csv.*--delimiter ';'"):
        predict_file(predictor, source, tmp_path / "out.csv")
    found = predict_file(predictor, source, tmp_path / "out.csv", delimiter=";")
    assert found == 2


def test_predicted_labels_can_be_read_back(tmp_path, predictor):
    source = write(tmp_path / "in.jsonl", '{"text": "|\\\\"}\n')
    predict_file(predictor, source, tmp_path / "out.csv")
    (record,) = read_records(tmp_path / "out.csv")
    assert split_labels(record.fields["predicted"]) == ("|", "\\")


def test_lines_have_no_column_to_name(predictor, tmp_path):
    lines = tmp_path / "a.txt"
    lines.write_text("text\n")
    with pytest.raises(SettingsError, match="no text column for lines"):
        predict_file(predictor, lines, tmp_path / "b.csv", text="text")


@pytest.fixture
def real_rows(multilabel_run, tmp_path):
    """Predicts some texts with a real classifier; returns the rows of the CSV."""
    source = write(tmp_path / "in.csv", "text,score_汽车\n足球,mine\n新车,mine\n")

    def rows(**options):
        out = tmp_path / "out.csv"
        predict_file(multilabel_run.out, source, out, overwrite=True, **options)
        return [record.fields for record in read_records(out)]

    return rows


def test_csv_has_a_column_for_every_label_if_asked_for(real_rows, multilabel_run):
    labels = list(open_bundle(multilabel_run.out).label_set)
    (first, second) = real_rows(all_scores=True)
    columns = ["text", "input_score_汽车", "predicted", "score"]
    assert list(first) == [*columns, *(f"score_{label}" for label in labels)]
    expected = Predictor.load(multilabel_run.out).predict("新车").scores
    written = {label: float(second[f"score_{label}"]) for label in labels}
    assert written == pytest.approx(expected, abs=1e-6)


def test_a_row_that_was_abstained_from_has_a_mark_and_its_best_score(real_rows):
    unsure = real_rows(rule=Rule("argmax", abstain_below=1.0))[0]
    sure = real_rows(rule=Rule("argmax", abstain_below=0.0))[0]
    assert (unsure["predicted"], unsure["abstained"]) == ("", "yes")
    assert (sure["predicted"] != "", sure["abstained"]) == (True, "")
    assert unsure["score"] == sure["score"]
    assert "abstained" not in real_rows()[0]


def test_a_rule_of_another_kind_is_refused(real_rows):
    with pytest.raises(SettingsError, match=r'rule=.top_k.*Rule\("top_k", k=2\)'):
        real_rows(rule="top_k")
    assert len(split_labels(real_rows(rule=Rule("top_k", k=2))[0]["predicted"])) == 2


def test_the_format_of_standard_output_may_be_stated(tmp_path, predictor, capsys):
    source = write(tmp_path / "in.csv", "text\na\n")
    predict_file(predictor, source, "-", output_format="jsonl")
    assert json.loads(capsys.readouterr().out)["text"] == "a"
    with pytest.raises(SettingsError, match=r"out\.csv"):
        predict_file(predictor, source, tmp_path / "out.csv", output_format="jsonl")
