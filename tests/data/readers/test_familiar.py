"""Whether decoded text looks like text."""

import pytest
from encoded_texts import TEXTS

from kerascls.data.readers.familiar import familiarity


@pytest.mark.parametrize("written", TEXTS)
@pytest.mark.parametrize("read", TEXTS)
def test_text_is_familiar_in_its_own_encoding_only(written, read):
    text = TEXTS[written].encode(written).decode(read, "replace")
    share, letters = familiarity(text)
    if written == read:
        assert share > 0.4
    elif letters >= 8:
        assert share < 0.2


def test_ascii_and_other_scripts_are_not_judged():
    assert familiarity("plain, Русский, ελληνικά, ไทย") == (0.0, 0)


def test_the_wrong_order_of_bytes_is_unfamiliar():
    text = TEXTS["gb18030"].encode("utf-16-le").decode("utf-16-be", "replace")
    assert familiarity(text)[0] < 0.1
