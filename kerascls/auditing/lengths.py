"""How long texts are, and what a vocabulary does not know."""

import numpy as np

from kerascls.auditing.findings import FoundRow, Section, short_names
from kerascls.auditing.rows import Rows
from kerascls.data.ragged import offsets_of
from kerascls.inference.bundle import Bundle
from kerascls.preprocessing.layout_checks import num_special
from kerascls.preprocessing.token_store import ROWS_AT_ONCE
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer
from kerascls.system.words import count

QUANTILES = (0.5, 0.9, 0.95, 0.99, 1)
HEADINGS = ("file", "rows", "median", "90 %", "95 %", "99 %", "longest")
UNKNOWN_SHARE = 0.2


def length_sections(
    rows: Rows, bundle: Bundle | None, max_tokens: int | None
) -> list[Section]:
    """Returns the section on lengths and, with a bundle, on unknown tokens.

    A bundle's vocabulary counts tokens, and what it reads is the default; without
    one characters are counted, and for a model that reads none.
    """
    if bundle is None or not bundle.input_spec.has_tokens:
        chars = (sum(map(len, texts)) for texts in rows.texts)
        lengths = np.fromiter(chars, np.int64, len(rows))
        return [_lengths(rows, lengths, "characters", max_tokens)]
    tokenizer, spec = bundle.tokenizer(), bundle.input_spec
    tokens, unknown = _counted_tokens(rows, tokenizer)
    num_fields = rows.texts.num_fields
    special = num_special(num_fields, spec.separators)
    lengths = tokens + special
    limit = max_tokens or spec.layout(tokenizer).capacity(num_fields) + special
    return [
        _lengths(rows, lengths, "tokens", limit),
        _unknown(rows, tokens, unknown),
    ]


def _lengths(rows: Rows, lengths: np.ndarray, unit: str, limit: int | None) -> Section:
    quantiles = {
        file: np.quantile(lengths[file_rows], QUANTILES).tolist()
        for file, file_rows in rows.by_file().items()
    }
    table: list[tuple[str, ...]] = [HEADINGS]
    for name, file_rows, values in zip(
        *(short_names(rows.files), rows.by_file().values(), quantiles.values()),
        strict=True,
    ):
        table.append((name, f"{len(file_rows):,}", *(f"{v:,.0f}" for v in values)))
    lines = [f"counted in {unit}"]
    over: list[int] = np.flatnonzero(lengths > limit).tolist() if limit else []
    if limit:
        lines.append(
            f"{count(len(over), 'row')} of {len(rows):,} longer than {limit:,} "
            f"{unit}, which is {len(over) / len(rows):.1%}"
        )
    if unit == "characters":
        lines.append(
            "tokens are counted with --bundle; of Chinese a token is about one "
            "character, of English about four"
        )
    return Section(
        kind="length",
        title="Lengths",
        counts={
            "unit": unit,
            "limit": limit,
            "longer_rows": len(over),
            "quantiles": quantiles,
        },
        lines=tuple(lines),
        advice="What is longer is not read whole. Raise --max-tokens or --max-windows "
        "of `fit` where the answer stands there, or choose its --truncate; lower them "
        "where no text is so long.",
        findings=tuple(
            (FoundRow(row, f"{lengths[row]:,} {unit}", float(lengths[row])),)
            for row in sorted(over, key=lambda row: -lengths[row])
        ),
        table=tuple(table),
    )


def _counted_tokens(
    rows: Rows, tokenizer: TextTokenizer
) -> tuple[np.ndarray, np.ndarray]:
    """Returns how many tokens each row has, and how many unknown ones: int64."""
    tokens, unknown = np.zeros((2, len(rows)), np.int64)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        fields = [field for texts in rows.texts[some] for field in texts]
        ids, lengths = tokenizer.encode_flat(fields)
        tokens[some] = lengths.reshape(-1, rows.texts.num_fields).sum(axis=1)
        totals = offsets_of(ids == tokenizer.unk_id)
        unknown[some] = np.diff(totals[offsets_of(tokens[some])])
    return tokens, unknown


def _unknown(rows: Rows, tokens: np.ndarray, unknown: np.ndarray) -> Section:
    shares = unknown / np.maximum(tokens, 1)
    by_file = {
        file: float(unknown[file_rows].sum() / max(tokens[file_rows].sum(), 1))
        for file, file_rows in rows.by_file().items()
    }
    high = np.flatnonzero(shares >= UNKNOWN_SHARE).tolist()
    high.sort(key=lambda row: -shares[row])
    lines = [f"{file}: {share:.2%} of the tokens" for file, share in by_file.items()]
    if high:
        lines.append(
            f"{count(len(high), 'row')} with {UNKNOWN_SHARE:.0%} or more unknown tokens"
        )
    return Section(
        kind="unknown_token",
        title="Unknown tokens",
        counts={"share": by_file, "rows": len(high)},
        lines=tuple(lines),
        advice="Of such texts the model sees little. Check their encoding, and whether "
        "the vocabulary is for this language.",
        findings=tuple(
            (FoundRow(row, f"{shares[row]:.0%} unknown", round(shares[row], 4)),)
            for row in high
        ),
    )
