"""How long texts are, and what a vocabulary does not know."""

import numpy as np

from kerascls.auditing.findings import FoundRow, Section, count, short_names
from kerascls.auditing.rows import Rows
from kerascls.inference.bundle import Bundle
from kerascls.preprocessing.token_store import TokenStore, build_token_store

QUANTILES = (0.5, 0.9, 0.95, 0.99, 1)
HEADINGS = ("file", "rows", "median", "90 %", "95 %", "99 %", "longest")
UNKNOWN_SHARE = 0.2


def length_sections(
    rows: Rows, bundle: Bundle | None, max_tokens: int | None
) -> list[Section]:
    """Returns the section on lengths and, with a bundle, on unknown tokens.

    Args:
        rows: The rows of all files.
        bundle: Whose vocabulary counts tokens; without one characters are counted.
        max_tokens: What a model reads, of the bundle by default.
    """
    if bundle is None:
        lengths = [sum(map(len, texts)) for texts in rows.texts]
        return [_lengths(rows, np.array(lengths), "characters", max_tokens)]
    tokenizer = bundle.tokenizer()
    store = build_token_store(rows.texts, tokenizer)
    # [CLS], and [SEP] behind each field, are tokens too.
    lengths = store.field_lengths().sum(axis=1) + store.num_fields + 1
    limit = max_tokens or bundle.input_spec.max_tokens
    return [
        _lengths(rows, lengths, "tokens", limit),
        _unknown(rows, store, tokenizer.unk_id),
    ]


def _lengths(rows: Rows, lengths: np.ndarray, unit: str, limit: int | None) -> Section:
    quantiles = {
        file: np.quantile(lengths[places.start : places.stop], QUANTILES)
        for file, places in rows.by_file().items()
    }
    shown = zip(short_names(rows.files), rows.by_file().values(), strict=True)
    table = [HEADINGS]
    for (name, places), values in zip(shown, quantiles.values(), strict=True):
        table.append((name, f"{len(places):,}", *(f"{v:,.0f}" for v in values)))
    lines = [f"counted in {unit}"]
    over = np.flatnonzero(lengths > limit) if limit else []
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
    longest = sorted(over, key=lambda row: -lengths[row])
    return Section(
        kind="length",
        title="Lengths",
        counts={
            "unit": unit,
            "limit": limit,
            "longer_rows": len(over),
            "quantiles": {name: v.tolist() for name, v in quantiles.items()},
        },
        lines=tuple(lines),
        advice="What is beyond max_tokens is not read. Raise --max-tokens where the "
        "answer stands there, or choose --truncate; lower it where no text is so long.",
        findings=tuple(
            (FoundRow(int(row), f"{lengths[row]:,} {unit}", float(lengths[row])),)
            for row in longest
        ),
        table=tuple(table),
    )


def _unknown(rows: Rows, store: TokenStore, unk_id: int) -> Section:
    unknown = np.asarray(store.token_ids) == unk_id
    totals = np.concatenate([[0], np.cumsum(unknown)])
    ends = store.offsets[:: store.num_fields]
    per_row, tokens = np.diff(totals[ends]), np.diff(ends)
    shares = per_row / np.maximum(tokens, 1)
    by_file = {
        file: float(
            per_row[p.start : p.stop].sum() / max(tokens[p.start : p.stop].sum(), 1)
        )
        for file, p in rows.by_file().items()
    }
    high = sorted(np.flatnonzero(shares >= UNKNOWN_SHARE), key=lambda row: -shares[row])
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
            (
                FoundRow(
                    int(row), f"{shares[row]:.0%} unknown", round(float(shares[row]), 4)
                ),
            )
            for row in high
        ),
    )
