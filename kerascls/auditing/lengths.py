"""How long texts are, and what a vocabulary does not know."""

import numpy as np

from kerascls.auditing.findings import FoundRow, Section, short_names
from kerascls.auditing.rows import Rows
from kerascls.inference.bundle import Bundle
from kerascls.preprocessing.token_store import TokenStore, build_token_store
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
        lengths = [sum(map(len, texts)) for texts in rows.texts]
        return [_lengths(rows, np.array(lengths), "characters", max_tokens)]
    tokenizer = bundle.tokenizer()
    store = build_token_store(rows.texts, tokenizer)
    # [CLS], and [SEP] behind each field, are tokens too.
    lengths = store.field_lengths().sum(axis=1) + store.num_fields + 1
    most = bundle.input_spec.layout(tokenizer).capacity(store.num_fields)
    limit = max_tokens or most + store.num_fields + 1
    return [
        _lengths(rows, lengths, "tokens", limit),
        _unknown(rows, store, tokenizer.unk_id),
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
        "where the answer stands there, or choose --truncate; lower them where no text "
        "is so long.",
        findings=tuple(
            (FoundRow(row, f"{lengths[row]:,} {unit}", float(lengths[row])),)
            for row in sorted(over, key=lambda row: -lengths[row])
        ),
        table=tuple(table),
    )


def _unknown(rows: Rows, store: TokenStore, unk_id: int) -> Section:
    is_unknown = np.asarray(store.token_ids) == unk_id
    totals = np.concatenate([[0], np.cumsum(is_unknown)])
    ends = store.offsets[:: store.num_fields]
    unknown, tokens = np.diff(totals[ends]), np.diff(ends)  # (rows,)
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
