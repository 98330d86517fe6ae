"""What kerascls says when it refuses: three parts each, and a page of them all."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"

pytestmark = pytest.mark.skipif(
    not DOCS.is_dir(), reason="the page and its scripts are in the repository only"
)
# What click shows behind the usage, and what is nobody's mistake.
SHORT = ("UsageError", "NoSuchOption", "")
# What is added to another message that has all three.
ADDED = (
    "‹error› It stands in ",
    "‹fault› ‹advice› There is no label column either. ‹advice›",
)


@pytest.fixture(scope="module")
def said():
    """All messages, but for the reasons that they quote."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DOCS))
        from messages import messages

        whole = [one for one in messages() if not one.text.startswith(ADDED)]
        return [one for one in whole if not one.is_reason]


def test_the_page_has_the_messages_that_the_code_has(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    from errors import PAGE, page

    assert PAGE.read_text("utf-8") == page(), "run: python docs/errors.py"


def test_every_message_has_three_parts(said):
    whole = [one for one in said if one.kind not in SHORT]
    assert len(whole) > 300
    for message in whole:
        assert all(message.parts), f"{message.path}:{message.first_line}"


def test_every_message_of_columns_names_their_file(said):
    columns = [one for one in said if one.kind == "ColumnsError"]
    assert len(columns) > 8
    for message in columns:
        assert "‹source›" in message.parts[1], message.text
