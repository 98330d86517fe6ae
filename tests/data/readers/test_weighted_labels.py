"""Labels with weights: in cells, in objects, in a column each."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.conversion import convert_data
from kerascls.data.labels import Task
from kerascls.data.readers import ReadOptions, read
from kerascls.data.readers.weighted_labels import (
    WeightedLabels,
    column_weights,
    join_weighted,
    weighted_labels,
)
from kerascls.errors import DataError

NAME = st.text(st.sampled_from("ab:：|;\\[{\"',=\n .体1"), min_size=1, max_size=6)
NAMES = st.lists(NAME.map(str.strip).filter(bool), min_size=1, max_size=5, unique=True)
WEIGHT = st.floats(0, 1e6) | st.integers(0, 9)


@st.composite
def distributions(draw):
    """Names with weights, one of them above 0."""
    names = draw(NAMES)
    weights = [draw(WEIGHT) for _ in names]
    weights[draw(st.integers(0, len(names) - 1))] = draw(st.floats(0.01, 10))
    return dict(zip(names, weights, strict=True))


@given(distributions(), st.sampled_from(["|", ";", ",，", "\n\t"]))
def test_a_cell_an_object_and_a_list_of_pairs_read_equal(shares, separator):
    wanted = weighted_labels(shares)
    assert math.fsum(wanted.weights) == pytest.approx(1)
    assert all(wanted.weights)
    names, weights = list(shares), list(map(float, shares.values()))
    assert (
        weighted_labels(join_weighted(names, weights, separator), separator) == wanted
    )
    assert weighted_labels(json.dumps(shares)) == wanted
    assert weighted_labels(repr(shares)) == wanted
    assert weighted_labels([list(pair) for pair in shares.items()]) == wanted


@given(distributions())
def test_what_is_read_is_in_proportion_to_what_was_written(shares):
    found = weighted_labels(shares)
    total = math.fsum(shares.values())
    assert found.total == total
    for name, weight in zip(found.labels, found.weights, strict=True):
        assert weight == pytest.approx(shares[name] / total, rel=1e-12)


@pytest.mark.parametrize(
    ("cell", "labels", "weights"),
    [
        ("cs:0.7|stat:0.3", ("cs", "stat"), (0.7, 0.3)),
        (" cs : 3 | stat: 1 ", ("cs", "stat"), (0.75, 0.25)),
        ("体育：3|财经：1", ("体育", "财经"), (0.75, 0.25)),
        ("astro:ph:0.5|cs:0.5", ("astro:ph", "cs"), (0.5, 0.5)),
        ("astro:ph|cs", ("astro:ph", "cs"), (0.5, 0.5)),
        ("cs|stat|cs|cs", ("cs", "stat"), (0.75, 0.25)),
        ("cs:1|stat:1|cs:2", ("cs", "stat"), (0.75, 0.25)),
        ("cs", ("cs",), (1.0,)),
        ("cs:0|stat:2", ("stat",), (1.0,)),
        ('["cs:0.25", "stat:0.75"]', ("cs", "stat"), (0.25, 0.75)),
        (["cs", "stat"], ("cs", "stat"), (0.5, 0.5)),
        ({"choices": ["cs", "stat"]}, ("cs", "stat"), (0.5, 0.5)),
        ({"cs": 0.5, "stat": 0.5, "math": None}, ("cs", "stat"), (0.5, 0.5)),
        ({"cs": "0.25", "stat": "0.75"}, ("cs", "stat"), (0.25, 0.75)),
        ({"cs": 1.0, "stat": 0.0}, ("cs",), (1.0,)),
    ],
)
def test_a_cell_gives_labels_and_shares(cell, labels, weights):
    found = weighted_labels(cell)
    assert (found.labels, found.weights) == (labels, pytest.approx(weights))


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("cs:-1|stat:2", "'cs' must be a number from 0 on, not -1.0"),
        ("cs:nan|stat:2", "must be a number from 0 on, not NaN"),
        ("cs:inf", "must be a number from 0 on, not Infinity"),
        ("cs:0|stat:0", "sum to 0"),
        ("cs:1|stat", "'stat' has no number behind its last colon, as others have"),
        (":1", "is empty"),
        ({"cs": True}, "must be a number from 0 on, not true"),
        ({"cs": "many"}, 'must be a number from 0 on, not "many"'),
        ({"cs": [1]}, "must be a number from 0 on, not [1]"),
        ({}, "sum to 0"),
        ({"cs": None}, "sum to 0"),
        ({"": 1}, "is empty"),
        ("{cs}", "begins like an object and is none"),
        ('{"cs": 1, "cs": 2}', '"cs" is there twice'),
        ("{'cs': 1, 'cs': 2}", "begins like an object and is none"),
    ],
)
def test_what_is_no_share_is_refused(cell, told):
    with pytest.raises(DataError) as error:
        weighted_labels(cell)
    assert told in str(error.value)


def test_labels_can_get_other_names_whose_weights_add_up():
    merged = weighted_labels("0:2|1:1|2:1").renamed(lambda name: "ab"[name == "1"])
    assert (merged.labels, merged.weights) == (("a", "b"), (0.75, 0.25))


def test_a_column_for_each_label_must_be_there_and_filled():
    fields = {"cs": "0.5", "stat": 0, "math": None}
    assert column_weights(fields, ["cs", "stat"]) == {"cs": "0.5", "stat": 0}
    with pytest.raises(DataError, match='"eess" is missing'):
        column_weights(fields, ["cs", "eess"])
    with pytest.raises(DataError, match="'math' must be a number from 0 on"):
        weighted_labels(column_weights(fields, ["cs", "math"]))


def test_tags_have_no_total():
    assert WeightedLabels.of_tags(["a"]).total is None
    assert weighted_labels("").labels == ()


TABLE = [
    ("one", {"cs": 0.7, "stat": 0.3}),
    ("two", {"cs": 3, "a:b|c": 1}),
    ("three", {"{x}": 0.125, "cs": 0.875}),
    ("four", {"stat": 1.0}),
]


@pytest.fixture
def jsonl(tmp_path):
    path = tmp_path / "table.jsonl"
    lines = [json.dumps({"text": text, "labels": shares}) for text, shares in TABLE]
    path.write_text("\n".join(lines), "utf-8")
    return path


def rows_of(source, **options):
    dataset = read(source, ReadOptions(task="distribution", **options))
    return [
        (row.texts, dict(zip(row.labels, row.weights, strict=True)))
        for row in dataset.examples
    ]


@pytest.mark.parametrize("ending", ["csv", "tsv", "json", "parquet", "arrow"])
def test_one_table_reads_equal_in_all_formats(jsonl, ending):
    if ending in ("parquet", "arrow"):
        pytest.importorskip("pyarrow")
    output = jsonl.with_suffix(f".{ending}")
    converted = convert_data(jsonl, output, task="distribution")
    assert converted.rows == len(TABLE) and not converted.lost
    assert rows_of(output) == rows_of(jsonl)


def test_tables_in_memory_read_like_files(jsonl):
    pandas = pytest.importorskip("pandas")
    table = [{"text": text, "labels": shares} for text, shares in TABLE]
    assert rows_of(table) == rows_of(jsonl)
    assert rows_of(pandas.DataFrame(table)) == rows_of(jsonl)


def test_structs_of_parquet_have_no_label_that_is_null(jsonl, tmp_path):
    pytest.importorskip("pyarrow")
    import pyarrow
    from pyarrow import parquet

    names = sorted({name for _, shares in TABLE for name in shares})
    full = [{name: shares.get(name) for name in names} for _, shares in TABLE]
    table = pyarrow.table({"text": [text for text, _ in TABLE], "labels": full})
    parquet.write_table(table, tmp_path / "struct.parquet")
    assert rows_of(tmp_path / "struct.parquet") == [
        (texts, {name: shares[name] for name in names if name in shares})
        for texts, shares in rows_of(jsonl)
    ]


def test_one_column_for_each_label_reads_like_the_object(jsonl, tmp_path, write_csv):
    names = ["cs", "stat", "a:b|c", "{x}"]
    rows = [(text, *(shares.get(n, 0) for n in names)) for text, shares in TABLE]
    path = write_csv(tmp_path / "columns.csv", ("text", *names), rows)
    found = rows_of(path, label=tuple(names))
    assert [shares for _, shares in found] == [shares for _, shares in rows_of(jsonl)]


def test_without_the_task_shares_are_not_taken_for_names(tmp_path, write_csv):
    rows = [(f"t{n}", f"cs:0.{n}|stat:0.{10 - n}") for n in range(1, 10)] * 2
    path = write_csv(tmp_path / "a.csv", ("text", "labels"), rows)
    with pytest.raises(DataError, match="`--task distribution`"):
        read(path)
    assert len(rows_of(path)) == 18


def test_a_format_that_holds_names_alone_is_refused(jsonl):
    from kerascls.errors import SettingsError

    with pytest.raises(SettingsError, match="holds weights of labels: csv.*jsonl"):
        convert_data(jsonl, jsonl.with_suffix(".fasttext"), task="distribution")


def test_one_of_several_texts_is_enough_and_none_is_a_bad_row(tmp_path):
    rows = [
        {"title": "t", "labels": {"a": 1}},
        {"abstract": "b", "labels": {"a": 1}},
        {"title": " ", "abstract": "", "labels": {"b": 1}},
        {"title": "t", "abstract": "b", "labels": {"b": 1}},
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    options = {"text": ("title", "abstract"), "task": Task.DISTRIBUTION}
    with pytest.raises(DataError, match=r'jsonl:3: .*"title", "abstract" are all empt'):
        read(path, ReadOptions(**options))
    found = read(path, ReadOptions(skip_bad_rows=True, **options)).examples
    assert [row.texts for row in found] == [("t", ""), ("", "b"), ("t", "b")]
