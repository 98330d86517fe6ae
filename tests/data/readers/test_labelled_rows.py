"""Rows of labelled text with what they mean."""

import json

import pytest

from kerascls.data.readers.labelled_rows import open_labelled
from kerascls.data.readers.read_options import ReadOptions
from kerascls.errors import DataError


def test_records_come_with_their_examples(tmp_path, write_csv):
    path = write_csv(tmp_path / "a.csv", ("id", "text", "label"), [(7, "甲", "x")])
    with open_labelled(path, ReadOptions()) as rows:
        ((record, example),) = rows
        assert rows.finish(lambda: 1) is not None
    assert record.fields["id"] == "7"
    assert (example.line, example.texts, example.labels) == (2, ("甲",), ("x",))


def test_bad_rows_are_told_at_the_end(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a", "label": "x"}\nnonsense\n')
    with open_labelled(path, ReadOptions()) as rows:
        assert len(list(rows)) == 1
        with pytest.raises(DataError, match="a.jsonl:2: not JSON"):
            rows.finish(lambda: 1)


def test_progress_ends_with_all_bytes(tmp_path, write_csv):
    path = write_csv(tmp_path / "a.csv", ("text", "label"), [("甲", "x")] * 3)
    seen = []
    with open_labelled(path, ReadOptions(), lambda *one: seen.append(one)) as rows:
        list(rows)
    assert seen[-1] == (path.stat().st_size,) * 2


def test_a_folder_shows_no_progress(tmp_path):
    (tmp_path / "n" / "a").mkdir(parents=True)
    (tmp_path / "n" / "a" / "1").write_text("x")
    with open_labelled(tmp_path / "n", ReadOptions(), lambda *one: None) as rows:
        assert len(list(rows)) == 1


def test_the_labels_of_a_one_hot_table_are_advised_for_json_lines_too(tmp_path):
    path = tmp_path / "a.jsonl"
    lines = [json.dumps({"text": "甲", "a": n, "b": True}) for n in (0, 1)]
    path.write_text("\n".join(lines))
    with pytest.raises(DataError, match="`--label a --label b`"):
        with open_labelled(path, ReadOptions()):
            pass


def test_a_column_that_is_sorted_is_no_label_of_a_one_hot_table(tmp_path, write_csv):
    rows = [("甲", n % 2, 1, stars) for stars in (0, 1, 2) for n in range(700)]
    path = write_csv(tmp_path / "a.csv", ("text", "a", "b", "stars"), rows)
    with pytest.raises(DataError, match="2 columns.*`--label a --label b`"):
        with open_labelled(path, ReadOptions()):
            pass


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        ("label\ttext\n体育\t球\n", "Read it with `--format tsv`."),
        (
            "体育\t球队赢\n汽车\t新车到\n体育\t队员来\n",
            "`--no-header --columns label,text`.",
        ),
        ('{"text": "球", "label": "体育"}\n', "Read them with `--format jsonl`."),
    ],
)
def test_a_table_with_another_ending_comes_with_all_it_needs(tmp_path, content, advice):
    path = tmp_path / "news.txt"
    path.write_text(content, "utf-8")
    with pytest.raises(DataError) as caught, open_labelled(path, ReadOptions()):
        pass
    assert str(caught.value).endswith(advice)
    options = dict(format="jsonl" if "jsonl" in advice else "tsv")
    if "columns" in advice:
        options |= dict(no_header=True, columns="label,text")
    with open_labelled(path, ReadOptions(**options)) as rows:
        assert next(iter(rows))[1].labels == ("体育",)
