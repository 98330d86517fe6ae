"""Records in, records with predictions out, a chunk at a time."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from kerascls.data.readers import Record, pick_texts
from kerascls.data.readers.rows import place_in
from kerascls.decision.rule import Rule
from kerascls.errors import DataError

if TYPE_CHECKING:
    from kerascls.inference.predictor import Predictor

CHUNK_ROWS = 2048
FIRST_CHUNK_ROWS = 32


def predict_chunks(
    predictor: "Predictor",
    records: Iterable[Record],
    *,
    text: Sequence[str],
    source: str,
    chunk_rows: int,
    rule: Rule | None = None,
    one_is_enough: bool = False,
) -> Iterator[list[tuple[Record, Any]]]:
    """Yields records with their predictions, in the order of the input.

    Args:
        predictor: Its `predict` is called.
        records: The rows; no more than a chunk of them is held.
        text: The columns with the texts.
        source: The input as the user named it, for messages.
        chunk_rows: Most rows per call of `predict`. The first chunk has 32, so that
            answers come early; each further one twice as many.
        rule: For `predict`, where it is another one than the bundle's.
        one_is_enough: Whether some texts of a record may be missing, but not all.

    Yields:
        What was predicted together.

    Raises:
        DataError: When a record lacks a text.
    """
    options = {} if rule is None else {"rule": rule}
    for chunk in in_chunks(records, chunk_rows):
        rows = [texts_of(record, text, source, one_is_enough) for record in chunk]
        texts = [row[0] for row in rows] if len(text) == 1 else rows
        predictions: Any = predictor.predict(texts, **options)
        yield list(zip(chunk, predictions, strict=True))


def in_chunks(records: Iterable[Record], chunk_rows: int) -> Iterator[list[Record]]:
    """Yields records by 32, and each further time twice as many, up to `chunk_rows`."""
    records = iter(records)
    num_rows = min(FIRST_CHUNK_ROWS, chunk_rows)
    while chunk := list(islice(records, num_rows)):
        yield chunk
        num_rows = min(2 * num_rows, chunk_rows)


def texts_of(
    record: Record, text: Sequence[str], source: str, one_is_enough: bool = False
) -> tuple[str, ...]:
    """Returns a record's texts; an error names the record's place.

    The arguments are those of `pick_texts`, and what the input is called.

    Raises:
        DataError: When one is missing or is no text.
    """
    try:
        return pick_texts(record.fields, text, one_is_enough)
    except DataError as error:
        raise DataError(f"{place_in(source, record.line)}: {error}") from error
