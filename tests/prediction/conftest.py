"""A predictor that needs no model: the label is the text's first character."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest


@dataclass
class FakePredictor:
    """Predicts by rule and remembers how many texts came together."""

    text_columns: tuple[str, ...] = ("text",)
    calls: list[int] = field(default_factory=list)

    @property
    def bundle(self):
        return SimpleNamespace(text={"text_columns": list(self.text_columns)})

    def predict(self, texts):
        self.calls.append(len(texts))
        return [self._prediction(text) for text in texts]

    def _prediction(self, text):
        labels = tuple(
            dict.fromkeys("+".join([text] if isinstance(text, str) else text))
        )
        scores = {label: 0.25 for label in (*labels, "other")}
        return SimpleNamespace(labels=labels[:2], scores=scores)


@pytest.fixture
def predictor() -> FakePredictor:
    return FakePredictor()


@pytest.fixture
def pair_predictor() -> FakePredictor:
    return FakePredictor(("title", "content"))
