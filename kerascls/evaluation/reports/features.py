"""What in a text speaks for each label, as a linear model weighs it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kerascls.data.label_checks.spelling import visible
from kerascls.evaluation.reports.language import ENGLISH, Language

SHOWN_FEATURES = 10
_MARKS = re.compile(r"[\\`*_{}\[\]<>()#+.!|~&-]")


@dataclass(frozen=True)
class Features:
    """The n-grams that speak for each label most.

    Args:
        of_label: For each label n-gram to weight, the largest first.
    """

    of_label: Mapping[str, Mapping[str, float]]

    def to_dict(self) -> dict[str, Any]:
        """Returns them as plain JSON types."""
        return {
            label: {ngram: round(weight, 4) for ngram, weight in ngrams.items()}
            for label, ngrams in self.of_label.items()
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Features":
        """Returns what `to_dict` wrote."""
        return cls(values)

    def markdown(self, say: Language = ENGLISH) -> list[str]:
        """Returns lines of Markdown; none of what is in n-grams is a mark."""
        lines = ["", f"## {say('What speaks for each label')}", ""]
        for label, ngrams in self.of_label.items():
            shown = (_plain(shown_ngram(ngram)) for ngram in ngrams)
            words = " · ".join(shown) or say("nothing")
            lines.append(f"- {_plain(visible(label))}: {words}")
        return lines


def shown_ngram(ngram: str) -> str:
    """Returns an n-gram in which blanks at its ends and what is invisible are seen."""
    inner = ngram.strip(" ")
    left, _, right = ngram.partition(inner) if inner else (ngram, "", "")
    ends = (blanks.replace(" ", "\u2423") for blanks in (left, right))
    shown = visible(inner).join(ends)
    # Half of a surrogate pair, legal in JSON, is no UTF-8.
    return shown.encode("utf-8", "replace").decode("utf-8")


def _plain(text: str) -> str:
    return _MARKS.sub(lambda mark: f"\\{mark[0]}", text)
