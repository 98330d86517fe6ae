"""`skew_data(...)`: a skewed subset of labelled text, and how it was made."""

import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from kerascls.data.class_sizes import ClassSizes, whole_number
from kerascls.data.readers.datasets import source_sha256
from kerascls.data.readers.example_columns import Example
from kerascls.data.readers.globs import one_file
from kerascls.data.readers.packed import unpacked_name
from kerascls.data.readers.read_options import ReadKeywords, ReadOptions
from kerascls.data.rewriting import (
    LabelledSource,
    check_place,
    writable,
    write_table,
)
from kerascls.errors import DataError, SettingsError
from kerascls.system.files import write_json

# Ends the name of the file beside the subset that says how it was made.
ORIGIN = ".origin.json"


@dataclass(frozen=True, kw_only=True)
class SkewedData:
    """A skewed subset, and how it was made; all of it stands in `origin`.

    Args:
        output: The subset.
        origin: The file beside it with what follows, as JSON.
        input: What it was drawn from.
        sha256: Of the input, as `fit` has it in run.json.
        command: What was typed.
        format: The format of the subset.
        seed: What the rows were drawn with.
        profile: Of `PROFILES`; None where the counts were stated.
        ratio: Of the profile.
        counts: Rows of each class in the subset, by code point.
        available: Rows of each class in the input.
        lost: Counts, in words, what the subset does not hold of its rows.
        notes: What people should know of reading the input.
        skipped_rows: Bad rows of the input that were left out.
    """

    output: Path
    origin: Path
    input: Path
    sha256: str
    command: str
    format: str
    seed: int
    profile: str | None
    ratio: float | None
    counts: dict[str, int]
    available: dict[str, int]
    lost: dict[str, int]
    notes: tuple[str, ...]
    skipped_rows: int

    @property
    def rows(self) -> int:
        """Rows of the subset."""
        return sum(self.counts.values())

    def to_dict(self) -> dict[str, Any]:
        """Returns it as plain JSON types."""
        paths = {name: str(getattr(self, name)) for name in _PATHS}
        return asdict(self) | paths | {"rows": self.rows}


_PATHS = ("output", "origin", "input")


def skew_data(
    input: str | Path,
    output: str | Path | None = None,
    *,
    counts: Sequence[int] | None = None,
    profile: str | None = None,
    ratio: float | None = None,
    largest: int | None = None,
    seed: int = 0,
    out_format: str | None = None,
    overwrite: bool = False,
    **reading: Unpack[ReadKeywords],
) -> SkewedData:
    """Writes a subset in which classes are as skewed as asked, for experiments.

    Rows of each class are drawn by lot. They stay in their order, with all their
    columns. With the same seed, the rows of a class in a smaller subset are among those
    in a larger one. A file beside the subset, its name with `.origin.json`, says how it
    was made.

    Args:
        input: A file, or a folder with a folder for each class; one label for each row.
        output: The subset; by default a file in the working directory, with the
            input's name and how it is skewed.
        counts: Rows of each class, in the order of their names by code point: a list
            or an array.
        profile: In place of counts: `"long_tail"` or `"step"`, see
            `kerascls.data.profiles.profile_counts`.
        ratio: Of the profile: how many rows the largest class has for one of the
            smallest.
        largest: Of the profile: rows of the first class; by default as many as the
            rarest class of the input has.
        seed: Which rows are drawn.
        out_format: One of `kerascls.data.readers.FORMATS` that can be written; by
            default as the ending of `output` says.
        overwrite: Whether to replace `output` if it exists.
        **reading: How `input` is read, see `kerascls.data.readers.ReadOptions`.

    Returns:
        What was written.

    Raises:
        DataError: When the input cannot be used, or has several labels for a row.
            Nothing is written then.
        SettingsError: When a class has fewer rows than asked for, the output exists,
            or an option has no meaning.

    Example:
        >>> done = skew_data("train.csv", profile="long_tail", ratio=100)
        >>> done.output, [*done.counts.values()]
        (PosixPath('train_long_tail_100.csv'), [5000, 2997, ..., 50])
    """
    options = ReadOptions.from_keywords(skew_data, reading)
    sizes = ClassSizes.stated(counts, profile, ratio, largest)
    seed = whole_number(seed, "seed", 0)
    input = one_file(input)
    output = _default_output(input, sizes) if output is None else Path(output)
    name, origin = writable(output, out_format), output.with_name(output.name + ORIGIN)
    for path in (output, origin):
        check_place(input, path, overwrite)
    labels: list[str] = []
    source = LabelledSource.look(
        input,
        options,
        keep_label=True,
        on_row=lambda example: labels.append(_only_label(example, input)),
    )
    available = dict(sorted(Counter(labels).items()))
    wanted = sizes.of(available)
    table = source.table(_drawn(labels, wanted, seed))
    write_table(output, table, name)
    done = SkewedData(
        output=output,
        origin=origin,
        input=input,
        sha256=source_sha256(input, options),
        command=shlex.join(sys.argv),
        format=name,
        seed=seed,
        profile=sizes.profile,
        ratio=sizes.ratio,
        counts=wanted,
        available=available,
        lost=dict(table.lost),
        notes=source.notes,
        skipped_rows=source.skipped_rows,
    )
    write_json(origin, done.to_dict())
    return done


def _default_output(input: Path, sizes: ClassSizes) -> Path:
    how = "counts" if sizes.profile is None else f"{sizes.profile}_{sizes.ratio:g}"
    name = Path(unpacked_name(input))
    try:
        writable(name, None)
    except SettingsError:  # xlsx for example, which is only read
        name = name.with_suffix(".csv")
    return Path(f"{name.stem}_{how}{name.suffix}")


def _only_label(example: Example, input: Path) -> str:
    if len(example.labels) == 1:
        return example.labels[0]
    place = f"{input}:{example.line}"
    if not example.labels:
        raise DataError(
            f"Expected one label for each row: one without any is in no class, of "
            f"which rows could be drawn. Received: {place} with no label. Take such "
            f"rows out, or give them a label of their own."
        )
    raise DataError(
        f"Expected one label for each row: one of several would count for each of "
        f"them, and few counts could be had. Received: {place} with "
        f"{len(example.labels)} labels. Take data with one label for each row."
    )


def _drawn(labels: Sequence[str], wanted: dict[str, int], seed: int) -> np.ndarray:
    """Returns which rows are drawn, bool `(rows,)`."""
    place_of = {name: place for place, name in enumerate(wanted)}
    places = np.fromiter(map(place_of.__getitem__, labels), np.int64, len(labels))
    kept = np.zeros(len(labels), np.bool_)
    for place, count in enumerate(wanted.values()):
        rows = np.flatnonzero(places == place)
        # Of each class in an order of its own, so that fewer rows are some of more.
        order = np.random.default_rng([seed, place]).permutation(len(rows))
        kept[rows[order[:count]]] = True
    return kept
