"""One table of file formats, from which all else follows."""

import ast
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

import kerascls
from kerascls.data.readers import (
    FORMATS,
    FileOptions,
    Record,
    read_columns,
    read_records,
)
from kerascls.data.readers.formats import FileFormat, check_effect, find_format
from kerascls.data.readers.text_files import decoded_lines
from kerascls.errors import DataError, SettingsError
from kerascls.inference.inputs import open_input
from kerascls.inference.outputs import format_of_output
from kerascls.settings.run_settings import FIELDS, RunSettings

PACKAGE = Path(kerascls.__file__).parent
TABLE = PACKAGE / "data" / "readers" / "formats.py"


@pytest.mark.parametrize("name", ["a.txt", "a", "a.xls"])
def test_an_unknown_ending_names_the_formats_and_the_way_out(name):
    with pytest.raises(DataError, match="csv, tsv, xlsx, jsonl.*`--format`"):
        find_format(name)


@pytest.mark.parametrize("format", ["txt", "xls"])
def test_a_format_without_labels_is_none_for_labelled_text(format):
    with pytest.raises(SettingsError, match=f"without labels txt.*format='{format}'"):
        find_format("a.csv", format)


def test_lines_will_do_where_no_labels_are_needed():
    assert find_format("a.TXT", needs_labels=False) == "txt"


def test_a_folder_is_read_as_one_for_each_class(tmp_path):
    assert find_format(tmp_path) == "folder"


def test_lines_of_fasttext_are_named_whatever_the_ending(tmp_path):
    for name in ("a.txt", "cooking.train"):
        (tmp_path / name).write_text("__label__a w1 w2\n")
        with pytest.raises(DataError, match="--format fasttext`"):
            find_format(tmp_path / name)
    (tmp_path / "zoo.txt").write_text("w1 w2 __label__a b\n" * 3 + "w1 __label__a\n")
    with pytest.raises(DataError, match="--format fasttext-tail`"):
        find_format(tmp_path / "zoo.txt")
    with gzip.open(tmp_path / "a.txt.gz", "wt") as handle:
        handle.write("__label__a w1 w2\n")
    with pytest.raises(DataError, match="--format fasttext`"):
        find_format(tmp_path / "a.txt.gz")


def test_a_suffix_belongs_to_one_format():
    suffixes = [suffix for one in FORMATS.values() for suffix in one.suffixes]
    assert len(set(suffixes)) == len(suffixes)


def test_the_help_text_names_the_formats():
    description = FIELDS["data.format"].description
    assert description == (
        "csv, tsv, xlsx, jsonl, json, parquet, arrow, fasttext, fasttext-tail, "
        "fasttext-pair, doccano, doccano-csv, label-studio, sogou or folder. Default: "
        "by the file's ending."
    )


@pytest.mark.parametrize(
    ("format", "keywords", "message"),
    [
        (
            "xlsx",
            {"encoding": "gb18030"},
            "`--encoding` is for csv, tsv, jsonl, json, .*txt",
        ),
        ("csv", {"sheet": "2"}, "sheet='2' for a.b, read as csv.*is for xlsx"),
        ("jsonl", {"no_header": True, "columns": "a"}, "`--no-header` is for csv"),
        ("txt", {"delimiter": ";"}, "`--delimiter` is for csv, tsv"),
    ],
)
def test_an_option_without_effect_is_refused(format, keywords, message):
    with pytest.raises(SettingsError, match=message):
        check_effect(FileOptions(**keywords), format, "a.b")


def names_in(node: ast.AST) -> set[str]:
    """Returns the names of formats among the elements of a literal list."""
    if isinstance(node, ast.Subscript) and "Literal" in ast.unparse(node.value):
        node = node.slice
    if not isinstance(node, ast.Tuple | ast.List | ast.Set):
        return set()
    values = {one.value for one in node.elts if isinstance(one, ast.Constant)}
    texts = {value for value in values if isinstance(value, str)}
    return {text.removeprefix(".") for text in texts} & set(FORMATS)


@pytest.mark.parametrize(
    "source", ['("csv", "x", ".tsv")', '["txt", "csv"]', 'Literal["csv", "jsonl"]']
)
def test_a_list_of_formats_would_be_noticed(source):
    assert any(len(names_in(node)) > 1 for node in ast.walk(ast.parse(source)))


def test_no_other_module_lists_formats():
    lists = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if path != TABLE and len(names_in(node)) > 1
    ]
    assert lists == []


def kv_rows(handle, source, options) -> Iterator[Record]:
    """Yields lines such as `text=甲;label=乙`."""
    for number, line in enumerate(
        decoded_lines(handle, source, options.encoding, ""), 1
    ):
        cells = (cell.split("=", 1) for cell in line.strip().split(";"))
        yield Record(number, dict(cells))


@pytest.fixture
def kv_file(monkeypatch, tmp_path) -> Path:
    """A file in a format that one line of the table has added."""
    monkeypatch.setitem(FORMATS, "kv", FileFormat((".kv", ".pairs"), kv_rows))
    path = tmp_path / "a.pairs"
    path.write_text("text=新车;labels=汽车\ntext=新车;labels=体育\n", "utf-8")
    return path


def test_a_new_format_is_read(kv_file):
    assert read_columns(kv_file) == ("text", "labels")
    assert len(list(read_records(kv_file))) == 2


def test_a_new_format_is_a_setting(kv_file, tmp_path):
    settings = RunSettings.from_options(format="kv")
    assert settings.data.read_options().format == "kv"


def test_a_new_format_is_audited(kv_file):
    found = kerascls.audit(kv_file, label_errors="none")
    assert found.section("conflict").counts["rows"] == 2


def test_a_new_format_is_relabelled_as_json_lines(kv_file, tmp_path):
    (tmp_path / "f.csv").write_text("file,line,row,corrected\n", "utf-8")
    kerascls.relabel(kv_file, tmp_path / "f.csv", tmp_path / "new.jsonl")
    assert len(list(read_records(tmp_path / "new.jsonl"))) == 2


def test_a_new_format_is_an_input_of_predictions(kv_file):
    with open_input(kv_file) as rows:
        assert (rows.format, rows.columns()) == ("kv", ("text", "labels"))
        assert rows.check(("text",), rows.columns()) == 2
        assert format_of_output("-", rows.format) == "jsonl"


def test_a_new_format_is_in_the_messages(kv_file):
    with pytest.raises(DataError, match="smarty, kv, pairs"):
        find_format("a.xls")
