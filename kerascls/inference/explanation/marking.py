"""Texts as HTML whose parts are coloured by what they do to a logit."""

from html import escape
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from kerascls.inference.explanation.explanation import Explanation

# Of the strongest part, so that letters on it can be read on white and on black.
FOR_COLOUR, AGAINST_COLOUR, STRONGEST = "37,99,235", "220,38,38", 0.55


def marked_texts(explanation: "Explanation", row: int) -> str:
    """Returns the texts as HTML, parts that speak for a label blue, against it red.

    Several have the names of their columns before them.

    Args:
        explanation: Of a row of texts.
        row: The number of the label in it.
    """
    values = explanation.attributions.values[:, row]
    largest = float(np.abs(values).max(initial=0)) or 1.0
    texts = []
    for field in range(len(explanation.texts)):
        parts = []
        if len(explanation.texts) > 1:
            parts.append(f"<small>{escape(explanation.columns[field])}</small> ")
        for piece in explanation.pieces(field):
            text = escape(piece.text)
            if not piece.is_read:
                text = f'<s style="opacity:0.55">{text}</s>'
            elif piece.row is not None:
                text = _coloured(text, float(values[piece.row]), largest)
            parts.append(text)
        texts.append(
            f'<div dir="auto" style="white-space:pre-wrap;overflow-wrap:anywhere">'
            f"{''.join(parts)}</div>"
        )
    return "".join(texts)


def _coloured(text: str, value: float, largest: float) -> str:
    colour = FOR_COLOUR if value > 0 else AGAINST_COLOUR
    share = STRONGEST * abs(value) / largest
    return (
        f'<span style="background:rgba({colour},{share:.3f})" title="{value:+.4f}">'
        f"{text}</span>"
    )
