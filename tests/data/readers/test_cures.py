"""Options that were tried, and read a file whose columns were not the wanted ones."""

import shlex

import pytest
from openpyxl import Workbook

from kerascls.cli.app import main
from kerascls.data.readers import ReadOptions, read
from kerascls.errors import DataError

ROWS = [["体育", "国足今晚出战"], ["财经", "股市大涨"], ["体育", "女排夺冠"]]
TABLE = [["label", "text"], *ROWS]


def written(path, rows, delimiter=","):
    path.write_text("".join(f"{delimiter.join(row)}\n" for row in rows), "utf-8")
    return path


def workbook(path, **sheets):
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


CASES = {
    "--delimiter ';'": lambda at: written(at / "a.csv", TABLE, ";"),
    "--delimiter tab": lambda at: written(at / "a.csv", TABLE, "\t"),
    "--delimiter '|'": lambda at: written(at / "a.csv", TABLE, "|"),
    "--delimiter ,": lambda at: written(at / "a.tsv", TABLE),
    "--header-row 2": lambda at: written(at / "a.csv", [["# exported"], *TABLE]),
    "--header-row 4": lambda at: workbook(
        at / "a.xlsx", one=[["标注数据"], ["2024 年"], [], *TABLE]
    ),
    "--sheet 数据": lambda at: workbook(
        at / "a.xlsx", 封面=[["说明"], ["x"]], 数据=TABLE
    ),
    "--sheet 'my data'": lambda at: workbook(
        at / "a.xlsx", **{"cover": [], "other": [["a"], ["b"]], "my data": TABLE}
    ),
    "--delimiter ';' --header-row 3": lambda at: written(
        at / "a.csv", [["Umsatz"], [], *TABLE], ";"
    ),
    "--no-header --columns label,text": lambda at: written(at / "a.csv", ROWS),
}


@pytest.mark.parametrize("flags", CASES)
def test_the_option_that_is_advised_reads_the_file(
    tmp_path, monkeypatch, flags, capsys
):
    path = CASES[flags](tmp_path)
    with pytest.raises(DataError, match="a.csv|a.tsv|a.xlsx") as caught:
        read(path)
    advised = flags.replace("数据", "'数据'")
    assert f"`{advised}`" in str(caught.value)
    monkeypatch.chdir(tmp_path)
    words = ["audit", path.name, "--label-errors", "none", *shlex.split(flags)]
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert (ended.value.code or 0) == 0
    assert "3 rows" in capsys.readouterr().out


def test_a_title_above_unknown_names_is_told_first(tmp_path):
    rows = [["分类", "标题"], *ROWS]
    path = written(tmp_path / "a.csv", [["新闻数据"], *rows])
    with pytest.raises(DataError, match="'新闻数据', looks like a title.*-row 2`"):
        read(path)
    with pytest.raises(DataError, match="`--text`"):
        read(path, ReadOptions(header_row=2))


def test_a_delimiter_is_told_with_unknown_names_too(tmp_path):
    path = written(tmp_path / "a.csv", [["分类", "标题"], *ROWS], ";")
    with pytest.raises(DataError, match="--delimiter ';'` it has the columns \"分类\""):
        read(path)


def test_other_sheets_are_named_where_none_has_the_columns(tmp_path):
    path = workbook(tmp_path / "a.xlsx", 封面=[["说明"], ["x"]], 一=[["a"]], 二=[["b"]])
    with pytest.raises(DataError, match="other sheets are '一', '二'.*`--sheet`"):
        read(path)


def test_nothing_is_advised_that_does_not_help(tmp_path):
    path = written(tmp_path / "a.csv", [["分类", "标题"], *ROWS])
    with pytest.raises(DataError) as caught:
        read(path)
    assert (
        "`--text`; the first line of a table names its columns. There is no label "
        in (str(caught.value))
    )
    assert "--delimiter" not in str(caught.value)
    assert "--header-row" not in str(caught.value)
