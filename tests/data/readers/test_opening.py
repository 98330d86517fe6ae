"""A file opened to be read as rows."""

import pytest

from kerascls.data.readers.file_options import FileOptions
from kerascls.data.readers.formats import FORMATS
from kerascls.data.readers.opening import open_rows
from kerascls.errors import DataError, SettingsError


def test_the_format_follows_from_the_ending_or_is_stated(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text\n")
    for options, name in ((FileOptions(), "csv"), (FileOptions(format="txt"), "txt")):
        opened = open_rows(path, options)
        opened.handle.close()
        assert (opened.format, opened.note) == (FORMATS[name], "")


def test_an_option_without_effect_is_refused_before_anything_is_opened(tmp_path):
    with pytest.raises(SettingsError, match="`--sheet` is for xlsx"):
        open_rows(tmp_path / "none.csv", FileOptions(sheet="2"))


def test_misread_text_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(("國家隊今晚在主場迎戰強隊" * 4).encode("big5"))
    with pytest.raises(DataError, match="`--encoding big5hkscs`"):
        open_rows(path, FileOptions(encoding="gb18030"))
