"""SogouCA and SogouCS, on made-up documents and on real ones where they are."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.data.readers import FileOptions, ReadOptions, read, read_records
from kerascls.data.readers.rows import BadRow, Note, Record, Unlabelled
from kerascls.data.readers.sogou import read_url_labels, sogou_rows, url_label
from kerascls.errors import DataError

RAW = Path(__file__).resolve().parents[5] / "shared" / "data" / "sogou_raw"
SAMPLES = [
    ("sogouCA_tensite", "sogouCA_tensite.smarty.gb18030.dat", "gb18030"),
    ("sogouCS_sohusite", "sogouCS_sohusite.smarty.gb18030.dat", "gb18030"),
    ("sogouCS_sohusite", "sogouCS_sohusite.smarty.nowrap.gb18030.dat", "gb18030"),
    ("sogouCS_sohusite", "sogouCS_sohusite.smarty.utf8.dat", "utf-8"),
]
SPORTS = "http://sports.sohu.com/1.shtml"


def document(url=SPORTS, title="标题", content="正文") -> str:
    return (
        f"<doc>\n<url>{url}</url>\n<docno>1-2</docno>\n"
        f"<contenttitle>{title}</contenttitle>\n<content>{content}</content>\n</doc>\n"
    )


def rows_of(content: str, **options):
    handle = io.BytesIO(content.encode("gb18030"))
    made = FileOptions(encoding="gb18030", **options)
    return list(sogou_rows(handle, "a.dat", made))


@pytest.mark.parametrize(("table", "name", "encoding"), SAMPLES)
def test_every_real_sample_is_parsed_to_its_table(table, name, encoding):
    if not RAW.is_dir():
        pytest.skip("the real samples (../shared/data/sogou_raw) are not here")
    with open(RAW / f"{table}.csv", encoding="utf-8-sig", newline="") as handle:
        expected = list(csv.DictReader(handle))
    found = read_records(RAW / name, FileOptions(encoding=encoding))
    assert [record.fields for record in found] == expected


def test_documents_of_no_known_channel_are_left_out_counted_and_named():
    content = document() + document(url="http://x.cn/1") + document(url="http://x.cn/2")
    first, second, third, note = rows_of(content)
    assert isinstance(first, Record)
    assert first.fields["label"] == "体育"
    assert isinstance(second, Unlabelled) and isinstance(third, Unlabelled)
    assert isinstance(note, Note)
    assert "x.cn (2)" in note.line and "--url-labels" in note.line


TEXTS = st.text(st.characters(codec="gb18030", exclude_characters="<\r\n"), max_size=9)


@given(
    st.lists(st.tuples(TEXTS.map(str.strip), TEXTS.map(str.strip)), max_size=4),
    st.sampled_from(["", "docs", "doclist"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_titles_and_contents_come_back(texts, wrapper, end):
    content = "".join(document(title=a, content=b) for a, b in texts)
    if wrapper:
        content = f"<{wrapper}>\n{content}</{wrapper}>\n"
    found = rows_of(content.replace("\n", end))
    assert [(r.fields["title"], r.fields["content"]) for r in found] == texts


@pytest.mark.parametrize(
    "text", ["a & b &nbsp; c", "<b>粗体</b>", "", "１２３\ue40c", "两行\n第二行"]
)
def test_texts_stay_as_they_are(text):
    (row,) = rows_of(document(content=text))
    assert row.fields["content"] == text


def test_a_document_without_an_end_is_one_bad_row_and_the_next_is_read():
    cut = document().replace("</doc>\n", "")
    first, bad, last = rows_of(document() + cut + document())
    assert (bad.line, bad.reason) == (7, "a document without </doc>")
    assert isinstance(first, Record) and last.line == 12


def test_what_stands_between_documents_is_a_bad_row():
    _, bad, _ = rows_of(document() + "text</doc>\n" + document())
    assert isinstance(bad, BadRow) and "between two documents" in bad.reason


def test_another_file_is_refused_at_its_first_line():
    with pytest.raises(DataError, match="SogouCA or SogouCS.*a.dat:1: 'x,y'.*--format"):
        rows_of("x,y\n" * 1000)


def test_the_longest_beginning_of_a_url_decides():
    labels = {"http://news.": "新闻", "http://news.sohu.com/mil/": "军事"}
    assert url_label("http://news.sohu.com/mil/1", labels) == "军事"
    assert url_label("http://news.sohu.com/1", labels) == "新闻"
    assert url_label("http://mil.sohu.com/", labels) == ""


def test_ones_own_channels_take_the_place_of_the_known_ones(tmp_path):
    own = tmp_path / "own.txt"
    own.write_text("# mine\n\nhttp://x.cn/\t公司 新闻\n", "utf-8")
    found = rows_of(document() + document(url="http://x.cn/1"), url_labels=own)
    assert isinstance(found[0], Unlabelled)
    assert found[1].fields["label"] == "公司 新闻"


@pytest.mark.parametrize("line", ["http://x.cn/", "http://x.cn/ a\nhttp://x.cn/ b"])
def test_a_file_of_channels_with_a_fault_is_refused_with_its_line(tmp_path, line):
    own = tmp_path / "own.txt"
    own.write_text(f"{line}\n", "utf-8")
    with pytest.raises(DataError, match=r"own.txt:\d"):
        read_url_labels(own)


def test_a_file_without_one_known_channel_is_refused_with_the_hosts(tmp_path):
    path = tmp_path / "a.dat"
    path.write_text(document(url="http://x.cn/1"), "gb18030")
    with pytest.raises(DataError, match=r"x.cn \(1\).*--url-labels"):
        read(path, ReadOptions(encoding="gb18030"))


def test_a_broken_byte_is_a_bad_row_and_the_others_are_read():
    content = (document() * 3).encode("gb18030")
    broken = content.replace("正文".encode("gb18030"), b"ab\xff\xff", 1)
    options = FileOptions(encoding="gb18030")
    first, *others = sogou_rows(io.BytesIO(broken), "a.dat", options)
    assert isinstance(first, BadRow) and "byte 0xff" in first.reason
    assert all(isinstance(row, Record) for row in others)
