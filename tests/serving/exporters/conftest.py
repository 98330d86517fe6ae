"""Bundles of tiny models, written without training."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_models import VOCAB_SIZE, random_weights, tiny_classifier, tiny_input_spec

sys.path.insert(0, str(Path(__file__).parents[2] / "models" / "classic"))
from tiny_classics import lively_classic

from kerascls.data.labels import LabelSet, Task
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.inference.bundle import Bundle, open_bundle, write_bundle
from kerascls.models.classic.config import CLASSICS
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer
from kerascls.preprocessing.tokenizers.words import SPECIAL as WORD_SPECIAL
from kerascls.preprocessing.tokenizers.words import WordTokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
CHARACTERS = "国足今晚迎战劲旅新车上海发布军事演习学校医院中队比分胜日本看的一是在"
LABELS = ("体育", "汽车", "军事")
TEXTS = [("国足今晚",), ("新车上海发布新车",), ("",), ("军事演习 x",), ("学校医院",)]


@pytest.fixture(scope="session")
def make_bundle() -> Callable[..., Bundle]:
    """Writes a bundle of a tiny classifier with random weights."""

    def make(path: Path, columns=("text",), **options) -> Bundle:
        windows = {}
        if "window_pooling" in options:
            windows = {"max_tokens": 8, "max_windows": 3, "window_overlap": 2}
        model = tiny_classifier(num_classes=len(LABELS), **options)
        model.load_named_weights(random_weights(model.weights_by_name()))
        tokenizer = Tokenizer([*SPECIAL, *CHARACTERS[: VOCAB_SIZE - len(SPECIAL)]])
        return _write(path, model, tokenizer, columns, **windows)

    return make


@pytest.fixture(scope="session")
def make_classic_bundle() -> Callable[[Path, str], Bundle]:
    """Writes a bundle of a tiny classic model with lively weights."""

    def make(path: Path, name: str) -> Bundle:
        words = CHARACTERS[: VOCAB_SIZE - len(WORD_SPECIAL)]
        columns = ("one", "two") if CLASSICS[name].reads_pairs else ("text",)
        return _write(path, lively_classic(name), WordTokenizer(words), columns)

    return make


def _write(path: Path, model, tokenizer, columns, **windows) -> Bundle:
    from kerascls.inference.runtimes.keras_runtime import write_keras_model

    return write_bundle(
        path,
        runtime="keras",
        task=Task.MULTILABEL,
        label_set=LabelSet(LABELS),
        decision=Decision(Rule("threshold", 0.5)),
        input_spec=tiny_input_spec(
            text_columns=columns, pair=len(columns) > 1, **windows
        ),
        train_support=dict.fromkeys(LABELS, 5),
        settings={"data": {"label_separator": "|"}},
        write_model=lambda folder: write_keras_model(folder, model, tokenizer),
    )


@pytest.fixture(scope="session")
def written(make_bundle, tmp_path_factory) -> Bundle:
    """A bundle that must not be changed."""
    return make_bundle(tmp_path_factory.mktemp("written") / "bundle")


@pytest.fixture
def bundle(written, tmp_path) -> Bundle:
    """A bundle that may be changed."""
    return open_bundle(shutil.copytree(written.path, tmp_path / "bundle"))


@pytest.fixture
def texts() -> list[tuple[str, ...]]:
    """Some texts, one of them empty."""
    return list(TEXTS)
