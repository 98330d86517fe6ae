"""Records are predicted in chunks that begin small, and wrong ones are placed."""

from types import SimpleNamespace

import pytest

from kerascls.data.readers import Record
from kerascls.errors import DataError
from kerascls.inference.stream import FIRST_CHUNK_ROWS, predict_chunks, texts_of


class Echo:
    def predict(self, texts):
        return [SimpleNamespace(text=text) for text in texts]


def records(count, **fields):
    return [Record(n + 2, {"title": f"t{n}", "text": f"x{n}"}) for n in range(count)]


def chunks_of(rows, text=("text",), chunk_rows=2048):
    return predict_chunks(
        Echo(), rows, text=text, source="a.csv", chunk_rows=chunk_rows
    )


def test_chunks_double_up_to_their_limit():
    sizes = [len(chunk) for chunk in chunks_of(records(300), chunk_rows=100)]
    assert sizes == [FIRST_CHUNK_ROWS, 2 * FIRST_CHUNK_ROWS, 100, 100, 4]


def test_a_limit_below_the_first_chunk_holds_from_the_start():
    assert [len(chunk) for chunk in chunks_of(records(7), chunk_rows=3)] == [3, 3, 1]


def test_each_record_stands_beside_its_own_prediction():
    pairs = [pair for chunk in chunks_of(records(40)) for pair in chunk]
    assert [record.line for record, _ in pairs] == list(range(2, 42))
    assert all(record.fields["text"] == found.text for record, found in pairs)


def test_several_columns_make_a_tuple_in_the_order_asked_for():
    ((_, found),) = next(chunks_of(records(1), ("text", "title")))
    assert found.text == ("x0", "t0")


def test_no_records_make_no_chunk():
    assert list(chunks_of([])) == []


def test_no_more_than_a_chunk_is_read_ahead():
    rows = iter(records(100))
    next(chunks_of(rows))
    assert next(rows).line == FIRST_CHUNK_ROWS + 2


@pytest.mark.parametrize("fields", [{}, {"text": []}, {"text": "#N/A"}])
def test_a_record_without_text_is_named_with_its_line(fields):
    with pytest.raises(DataError, match=r"^a\.csv:7: "):
        texts_of(Record(7, fields), ("text",), "a.csv")
