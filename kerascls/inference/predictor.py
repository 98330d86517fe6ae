"""Texts in, labels out, from a bundle: what a service imports."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from kerascls.decision.rule import Rule
from kerascls.errors import SettingsError
from kerascls.inference.bundle import Bundle, open_bundle
from kerascls.inference.runtimes import (
    AUTO,
    Runtime,
    TextRuntime,
    open_runtime,
    preferred_runtime,
)
from kerascls.models.linear.tfidf import SparseRows
from kerascls.preprocessing.batches import in_length_order
from kerascls.preprocessing.token_store import TokenStore, build_token_store
from kerascls.system.keywords import checked_keywords
from kerascls.system.notebooks import html_bar, html_table

if TYPE_CHECKING:
    from kerascls.inference.explanation.explanation import Explanation

BATCH_SIZE = 32
SHOWN_LABELS = 10
Text = str | Sequence[str]


@dataclass(frozen=True)
class Prediction:
    """The labels of a text.

    Args:
        labels: The labels by the bundle's rule, the likeliest first; possibly none
            for multi-label.
        scores: Probability of every label.
        abstained: Whether there are no labels because none was likely enough for the
            rule's `abstain_below`.
    """

    labels: tuple[str, ...]
    scores: dict[str, float]
    abstained: bool = False

    @classmethod
    def of(
        cls,
        labels: Sequence[str],
        scores: np.ndarray,
        chosen: np.ndarray,
        abstained: np.bool_,
    ) -> "Prediction":
        """Returns the prediction of a row from its probabilities and chosen labels."""
        columns = np.flatnonzero(chosen)
        columns = columns[np.argsort(-scores[columns], kind="stable")]
        return cls(
            labels=tuple(labels[column] for column in columns.tolist()),
            scores=dict(zip(labels, scores.tolist(), strict=True)),
            abstained=bool(abstained),
        )

    def _repr_html_(self) -> str:
        ranked = sorted(self.scores.items(), key=lambda pair: -pair[1])[:SHOWN_LABELS]
        rows = [
            (label, "yes" if label in self.labels else "", html_bar(score))
            for label, score in ranked
        ]
        return html_table(("label", "predicted", "score"), rows)


class Predictor:
    """Predicts labels with a bundle. Safe to call from several threads.

    Args:
        bundle: A checked bundle; see `load`.
        runtime: What computes logits, by name (see `load`) or itself.

    Example:
        >>> predictor = Predictor.load("runs/news")
        >>> predictor.predict("国足今晚迎战劲旅").labels
        ('体育',)
    """

    def __init__(
        self, bundle: Bundle, runtime: str | Runtime | TextRuntime = "auto"
    ) -> None:
        self.bundle = bundle
        self.labels: list[str] = list(bundle.label_set)
        if bundle.input_spec.has_tokens:
            self.tokenizer = bundle.tokenizer()
            self.layout = bundle.input_spec.layout(self.tokenizer)
        self.runtime_name = bundle.runtime
        if isinstance(runtime, str):
            name, runtime = runtime, open_runtime(bundle, runtime)
            self.runtime_name = preferred_runtime(bundle) if name == AUTO else name
        self._runtime: Any = runtime

    @property
    def runtime(self) -> Any:
        """What computes its logits."""
        return self._runtime

    @classmethod
    @checked_keywords()
    def load(cls, path: str | Path, runtime: str = "auto") -> "Predictor":
        """Opens a bundle, or the run directory that holds one.

        Args:
            path: The bundle or the run directory.
            runtime: `"keras"`; `"onnx"`, for which `kerascls export` must have put an
                ONNX file into the bundle; `"linear"` for a linear model; or `"auto"`,
                ONNX if there is such a file, else what the bundle asks for. Only
                `"keras"` needs Keras and its backend.

        Raises:
            BundleError: When it is missing, damaged or of another version, or has no
                ONNX file.
            SettingsError: When the runtime is unknown or Keras is missing.
        """
        return cls(open_bundle(path), runtime)

    @overload
    def predict(  # type: ignore[overload-overlap]  # a str is an iterable too
        self, texts: str, *, rule: Rule | None = None
    ) -> Prediction: ...

    @overload
    def predict(
        self, texts: Iterable[Text], *, rule: Rule | None = None
    ) -> list[Prediction]: ...

    @checked_keywords()
    def predict(
        self, texts: Text | Iterable[Text], *, rule: Rule | None = None
    ) -> Prediction | list[Prediction]:
        """Labels texts.

        Args:
            texts: One text, or any iterable of texts (list, pandas Series, ...).
                Where the bundle was trained on several text columns, each text is
                a tuple with one entry per column.
            rule: How probabilities become labels in this call. Default: the bundle's
                rule.

        Returns:
            A `Prediction` for one str, else a list of them in the order of the texts.

        Raises:
            SettingsError: When these are no texts, one is not a str (None, NaN), or
                it lacks a column, or the rule is no `Rule`.
        """
        rule = checked_rule(rule) or self.bundle.rule
        scores = self.predict_proba(texts)
        if not len(scores):
            return []
        rows = zip(scores, rule.apply(scores), rule.abstains(scores), strict=True)
        predictions = [Prediction.of(self.labels, *row) for row in rows]
        return predictions[0] if isinstance(texts, str) else predictions

    def predict_proba(self, texts: Text | Iterable[Text]) -> np.ndarray:
        """Returns calibrated probabilities, float32 `(texts, num_classes)`.

        Args:
            texts: As for `predict`; one str gives one row.

        Raises:
            SettingsError: As for `predict`.
        """
        rows = self._rows([texts] if isinstance(texts, str) else texts)
        if not rows:
            return np.zeros((0, len(self.labels)), np.float32)
        logits = self.text_logits(rows)
        return self.bundle.decision.probabilities(logits, self.bundle.task)

    @checked_keywords()
    def explain(
        self,
        text: Text,
        *,
        labels: str | Sequence[str] = (),
        method: str = "auto",
        steps: int | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> "Explanation":
        """Returns what each part of a text does to the logits of labels.

        What is attributed is the logit before calibration, of each label alone.

        Args:
            text: A text; a tuple of texts where the bundle has several columns.
            labels: Which to explain. Default: those predicted, without any the
                likeliest.
            method: A name in `EXPLAINERS` (`"contributions"`, of linear models;
                `"integrated_gradients"`, with Keras; `"occlusion"`); `"auto"` is the
                first of these that suits.
            steps: Points of the integral, 50 by default.
            on_progress: Called with texts or gradients computed, and all of them.

        Raises:
            SettingsError: When this is no text, or method or steps cannot be used.
            DataError: When there is no such label.

        Example:
            >>> explanation = predictor.explain("国足今晚迎战劲旅")
            >>> explanation.scores("体育")[0]
            (Span(column='text', start=0, end=1, text='国'), 0.41)
        """
        from kerascls.inference.explanation.explainers import explain_text

        (row,) = self._rows([text])
        return explain_text(self, row, labels, method, steps, on_progress)

    def text_logits(
        self,
        texts: Sequence[tuple[str, ...]],
        on_progress: Callable[[int, int], None] | None = None,
    ) -> np.ndarray:
        """Returns the logits of rows of texts, float32 `(rows, num_classes)`.

        Args:
            texts: The text fields of each row.
            on_progress: Called with rows done and all rows.
        """
        if not self.bundle.input_spec.has_tokens:
            return self._runtime.text_logits(texts, on_progress)
        store = build_token_store(texts, self.tokenizer)
        return self.logits(store, on_progress=on_progress)

    def logits(
        self,
        store: TokenStore,
        rows: np.ndarray | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> np.ndarray:
        """Returns the logits of rows of a store; equally long ones run together.

        For models that read tokens; all have `text_logits`.

        Args:
            store: Token ids made with this predictor's tokenizer.
            rows: int64, which rows; all by default.
            on_progress: Called with rows done and all rows.

        Returns:
            float32 `(rows, num_classes)`, in the order of `rows`.
        """
        rows = np.arange(len(store)) if rows is None else rows
        logits = np.zeros((len(rows), len(self.labels)), np.float32)
        for chosen, batch in self._batches(
            self._runtime.logits, store, rows, on_progress
        ):
            logits[chosen] = batch
        return logits

    def text_vectors(
        self, texts: Sequence[tuple[str, ...]]
    ) -> np.ndarray | SparseRows | None:
        """Returns what the classifier makes of texts before it makes logits of that.

        Args:
            texts: The text fields of each row.

        Returns:
            Of a model run by Keras the pooled hidden states, float32 `(rows, width)`;
            of a linear model the TF-IDF weights. None where there is no such vector:
            exported files give logits alone, and so do ensembles.
        """
        if not self.bundle.input_spec.has_tokens:
            vectors_of = getattr(self._runtime, "text_vectors", None)
            return vectors_of and vectors_of(texts)
        if not getattr(self._runtime, "has_states", False) or not len(texts):
            return None
        store = build_token_store(texts, self.tokenizer)
        rows = np.arange(len(store))
        batches = list(self._batches(self._runtime.states, store, rows))
        vectors = np.empty((len(rows), batches[0][1].shape[1]), np.float32)
        for chosen, batch in batches:
            vectors[chosen] = batch
        return vectors

    def _batches(
        self,
        function: Callable[[dict[str, np.ndarray]], np.ndarray],
        store: TokenStore,
        rows: np.ndarray,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yields what a function makes of batches of rows, and which rows they are."""
        lengths = self.layout.lengths(store.field_lengths()[rows])

        def run(chosen: np.ndarray) -> np.ndarray:
            return function(self.layout.collate(store, rows[chosen]))

        # As many windows at once as there would be texts without.
        most = BATCH_SIZE * self.layout.max_tokens
        return in_length_order(lengths, BATCH_SIZE, run, on_progress, most)

    def _rows(self, texts: Iterable[Text]) -> list[tuple[str, ...]]:
        columns = self.bundle.input_spec.text_columns
        rows = []
        for index, text in enumerate(_checked(texts)):
            row = (text,) if isinstance(text, str) else text
            fits = isinstance(row, (tuple, list)) and len(row) == len(columns)
            if not fits or not all(isinstance(field, str) for field in row):
                wanted = "a str" if len(columns) == 1 else f"({', '.join(columns)})"
                raise SettingsError(
                    f"Expected each text to be {wanted}. Received: texts[{index}]="
                    f"{text!r:.200}. Replace what is missing by an empty str."
                )
            if self.bundle.task.has_weights and not "".join(row).strip():
                raise SettingsError(
                    f"Expected a text in {' or '.join(columns)}: of nothing there is "
                    f"no distribution. Received: texts[{index}]={text!r}. Leave it out."
                )
            rows.append(tuple(row))
        return rows


def checked_rule(rule: Rule | None) -> Rule | None:
    """Returns the rule; a SettingsError where it is something else."""
    if rule is None or isinstance(rule, Rule):
        return rule
    raise SettingsError(
        f"Expected a kerascls.Rule. Received: rule={rule!r:.200}. Make one, such as "
        f'Rule("top_k", k=2) or Rule("threshold", 0.5).'
    )


def _checked(texts: Iterable[Text]) -> Iterable[Text]:
    # Iterating over a DataFrame or a dict gives column names, over bytes numbers.
    wrong = isinstance(texts, (Mapping, bytes)) or getattr(texts, "ndim", 1) != 1
    if wrong or not isinstance(texts, Iterable):
        raise SettingsError(
            f"Expected a str, or a list or another iterable of texts. Received: "
            f"texts={texts!r:.200} of type {type(texts).__name__}. Of a table, give "
            f"the column with the texts, or a list of rows as tuples."
        )
    return texts
