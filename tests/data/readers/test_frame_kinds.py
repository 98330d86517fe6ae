"""Tables of many libraries read as the same file is read."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.readers import ReadOptions, read
from kerascls.data.readers.frame_kinds import as_frame, as_sources
from kerascls.errors import DataError, SettingsError

TEXTS, LABELS = ["a", "b", "c"], ["x", "y", "x"]
COLUMNS = {"text": TEXTS, "label": LABELS}


class HuggingFace:
    """What a data set of `datasets` has, of which its columns are made."""

    def __init__(self, columns, features):
        self._columns, self._features = columns, features

    @property
    def column_names(self):
        return list(self._columns)

    @property
    def features(self):
        return self._features

    def with_format(self, kind):
        return self

    def __getitem__(self, name):
        return self._columns[name]

    def __len__(self):
        return len(self._columns[self.column_names[0]])


class Classes:
    """A feature whose cells are numbers of classes."""

    names = ["体育", "汽车"]


class Sequence:
    """A feature whose cells are lists of another one."""

    feature = Classes()


def rows(table, **options):
    dataset = read(table, ReadOptions(**options))
    return [(example.texts[0], example.labels) for example in dataset.examples]


EXPECTED = [("a", ("x",)), ("b", ("y",)), ("c", ("x",))]


@pytest.mark.parametrize(
    "table",
    [
        COLUMNS,
        (TEXTS, LABELS),
        (np.array(TEXTS), tuple(LABELS)),
        [
            {"text": "a", "label": "x"},
            {"text": "b", "label": "y"},
            {"label": "x", "text": "c"},
        ],
        HuggingFace(COLUMNS, {"text": object(), "label": object()}),
    ],
    ids=["columns", "pair", "arrays", "rows", "datasets"],
)
def test_tables_without_a_library_are_read(table):
    assert rows(table) == EXPECTED


@pytest.mark.parametrize("dtype", [object, "str", "string", "category"])
def test_frames_of_pandas_are_read_in_any_dtype(dtype):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(COLUMNS, index=list("pqr"))
    assert rows(frame.astype({"label": dtype})) == EXPECTED
    assert rows((frame["text"], frame["label"].astype(dtype))) == EXPECTED


def test_columns_may_be_called_like_attributes():
    pandas = pytest.importorskip("pandas")
    names = ("type", "dtype", "column_names", "columns", "to_pandas")
    frame = pandas.DataFrame({name: TEXTS for name in names} | COLUMNS)
    assert rows(frame) == EXPECTED
    series = [pandas.Series(cells, index=names[:3]) for cells in (TEXTS, LABELS)]
    assert rows(tuple(series)) == EXPECTED


def test_frames_of_polars_are_read():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(COLUMNS | {"labels": [["x"], ["x", "y"], []]})
    assert rows(frame.drop("labels")) == EXPECTED
    several = [("a", ("x",)), ("b", ("x", "y")), ("c", ())]
    assert rows(frame.drop("label")) == several
    assert rows((frame["text"], frame["label"])) == EXPECTED
    with pytest.raises(SettingsError, match=r"a LazyFrame.*collect\(\)"):
        read(frame.lazy())


def test_tables_of_arrow_and_what_becomes_one_are_read():
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table(COLUMNS)

    class Stream:
        def __arrow_c_stream__(self, schema=None):
            return table.__arrow_c_stream__(schema)

    class Interchange:
        def __dataframe__(self, **options):
            return table.__dataframe__(**options)

    for one in (table, Stream(), Interchange()):
        assert rows(one) == EXPECTED
        assert as_frame(one).given is one


def test_what_becomes_a_frame_of_pandas_is_read():
    pandas = pytest.importorskip("pandas")

    class Convertible:
        def to_pandas(self):
            return pandas.DataFrame(COLUMNS)

    assert rows(Convertible()) == EXPECTED
    assert read(Convertible()).name == "<Convertible 3 rows>"


def test_numbers_of_classes_become_the_names_that_the_table_has_for_them():
    columns = {"text": ["a", "b", "c"], "label": [0, 1, -1]}
    table = HuggingFace(columns, {"text": object(), "label": Classes()})
    assert rows(table, skip_bad_rows=True) == [("a", ("体育",)), ("b", ("汽车",))]
    columns = {"text": ["a", "b"], "labels": [[0, 1], []]}
    table = HuggingFace(columns, {"text": object(), "labels": Sequence()})
    assert rows(table) == [("a", ("体育", "汽车")), ("b", ())]


ODD_NAMES = ["[1, 0]", "['a']", '["a"]', "a|b", "体育,健康", '{"choices": ["b"]}']


@pytest.mark.parametrize("odd", ODD_NAMES)
def test_beside_texts_a_str_is_one_label_whatever_it_looks_like(odd):
    names = [odd, "a", "b", "体育", "健康"] * 4
    texts = [f"text {number}" for number in range(20)]
    found = read((texts, names), ReadOptions())
    assert [one.labels for one in found.examples] == [(name,) for name in names]
    with pytest.raises(DataError):  # as in a file, where it may be a cell
        read({"text": texts, "label": names}, ReadOptions())


def test_beside_texts_lists_hold_names_and_a_str_among_them_is_one():
    found = read((TEXTS, [["a|b", "c"], "a|b", []]), ReadOptions())
    assert [one.labels for one in found.examples] == [("a|b", "c"), ("a|b",), ()]


def test_beside_texts_a_stated_multilabel_task_splits_as_in_files():
    options = ReadOptions(task="multilabel", label_separator=";")
    found = read((TEXTS, ["a;b", "c", ""]), options)
    assert [one.labels for one in found.examples] == [("a", "b"), ("c",), ()]
    with pytest.raises(SettingsError, match='Add `task="multilabel"`'):
        read((TEXTS, ["a;b", "c", "d"]), ReadOptions(label_separator=";"))


def test_names_that_seem_joined_are_told():
    texts = [f"text {number}" for number in range(12)]
    found = read((texts, ["a|b", "a", "b"] * 4), ReadOptions())
    assert "4 rows that seem to be names joined by '|'" in " ".join(found.notes)


def test_vectors_beside_texts_have_no_names():
    texts = [f"text {number}" for number in range(12)]
    with pytest.raises(DataError, match="multi-hot vectors"):
        read((texts, [[1, 0], [0, 1], [1, 1]] * 4), ReadOptions())


def test_labels_as_lists_make_it_multilabel():
    assert read((TEXTS, [["x"], ["x", "y"], []])).task == "multilabel"
    assert read((TEXTS, LABELS)).task == "multiclass"


CELLS = st.one_of(
    st.sampled_from(["x", "体育", "1", "01", " y "]),
    st.integers(-5, 5),
    st.integers(-5, 5).map(float),
    st.booleans(),
)


@given(st.lists(st.tuples(st.text("ab 新", min_size=1), CELLS), min_size=2))
def test_cells_are_read_as_a_file_of_them_is(tmp_path_factory, table):
    pandas = pytest.importorskip("pandas")
    if not any(text.strip() for text, _ in table):
        return
    path = tmp_path_factory.mktemp("table") / "table.xlsx"
    from openpyxl import Workbook

    book = Workbook()
    for row in [("text", "label"), *table]:
        book.active.append(row)
    book.save(path)
    frame = pandas.DataFrame(table, columns=["text", "label"], dtype=object)
    in_file, in_memory = (outcome(source) for source in (path, frame))
    assert in_file == in_memory


def outcome(source):
    """Returns the rows that are read, or that they are refused as a whole."""
    try:
        return rows(source)
    except DataError as error:
        return str(error).partition("Received")[0]


def test_missing_cells_are_empty():
    pandas = pytest.importorskip("pandas")
    for missing in (None, float("nan"), pandas.NA, pandas.NaT):
        frame = pandas.DataFrame({"text": ["a", missing, "c"], "label": LABELS})
        assert rows(frame) == [("a", ("x",)), ("", ("y",)), ("c", ("x",))]


def test_bad_rows_are_named_by_position_and_index_label():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {"text": TEXTS, "label": ["x", None, None]}, index=[10, 11, 12]
    )
    with pytest.raises(DataError) as caught:
        read(frame)
    assert (
        '<DataFrame 3 rows> at position 1 (index 11): label column "label" is empty '
        "(the same in 1 more position: 2)"
    ) in str(caught.value)
    with pytest.raises(DataError, match="rows> at position 1: label"):
        read(frame.reset_index(drop=True))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ((TEXTS, ["x"]), "3 texts and 1 labels"),
        ((TEXTS, np.eye(3)), "labels as a ndarray.*KerasTextClassifier"),
        ({"text": TEXTS, "label": ["x"]}, "text 3, label 1"),
        ({}, "no column"),
        (3, "a int"),
        ({"train": HuggingFace(COLUMNS, {})}, "a dict of train"),
        (iter(TEXTS), "a list_iterator"),
        ([Path("a.csv"), Path("b.csv")], "one file.*a list whose first is a .*Path"),
        ([HuggingFace(COLUMNS, {})] * 2, "a list whose first is a Hugg.*pandas.concat"),
    ],
)
def test_what_is_no_table_is_refused(table, words):
    with pytest.raises(SettingsError, match=words):
        read(table)


def test_two_columns_of_one_name_are_refused():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame([["a", "b", "x"]], columns=["text", "text", "label"])
    with pytest.raises(SettingsError, match="text more than once"):
        read(frame)


def test_texts_and_labels_of_different_rows_are_refused():
    pandas = pytest.importorskip("pandas")
    texts, labels = pandas.Series(TEXTS), pandas.Series(LABELS, index=[2, 1, 0])
    with pytest.raises(SettingsError, match="different indices"):
        read((texts, labels))
    assert rows((texts, labels.to_list())) == EXPECTED


def test_a_content_hash_is_of_texts_and_labels():
    one, other = read((TEXTS, LABELS)), read(COLUMNS | {"id": [1, 2, 3]})
    assert one.sha256 == other.sha256
    assert one.sha256 != read((TEXTS, ["y", *LABELS[1:]])).sha256


def test_sources_are_files_or_tables_one_or_several():
    assert [str(one) for one in as_sources(["a.csv", "b.csv"])] == ["a.csv", "b.csv"]
    assert as_sources(None) == as_sources([]) == ()
    assert len(as_sources((TEXTS, LABELS))) == 1
    names = [str(one) for one in as_sources([as_frame(COLUMNS), as_frame(COLUMNS)])]
    assert names == ["<dict 3 rows>", "<dict 3 rows, no. 2>"]


def test_a_table_that_is_known_by_name_only_is_asked_for():
    with pytest.raises(DataError, match="it was a table in memory. Give it again"):
        read("<DataFrame 3 rows>")


def test_nothing_of_a_frame_is_copied():
    pandas = pytest.importorskip("pandas")
    numbers = np.arange(3)
    frame = pandas.DataFrame({"id": numbers}, copy=False)
    cells = as_frame(frame).cells("id")
    assert np.shares_memory(np.asarray(cells), frame["id"].to_numpy())


def test_stringio_is_no_table():
    stream = io.StringIO()
    csv.writer(stream).writerow(["text", "label"])
    with pytest.raises(SettingsError, match="a StringIO"):
        read(stream)
