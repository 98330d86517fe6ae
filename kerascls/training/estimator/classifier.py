"""`KerasTextClassifier`: training and prediction as scikit-learn's tools call them."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from kerascls.data.labels import Task
from kerascls.data.readers.cells import is_empty
from kerascls.data.readers.columns import choose_text_columns, pick_texts
from kerascls.data.readers.frame_kinds import as_frame
from kerascls.data.readers.frames import Frame
from kerascls.data.splits import stratified_split
from kerascls.errors import DataError, DiskFullError, SettingsError
from kerascls.models.presets import architecture_of
from kerascls.settings.run_settings import RunSettings
from kerascls.system.disk import told_when_full
from kerascls.system.keywords import checked_keywords
from kerascls.training.estimator.kept_bundle import KeptBundle
from kerascls.training.estimator.label_forms import Rows, form_and_names
from kerascls.training.fit import fit

SETTINGS = (
    *("model", "checkpoint", "from_scratch", "max_tokens"),
    *("batch_size", "epochs", "learning_rate", "objective"),
)
NO_OPTIONS = ("seed", "abstain_below")
MAX_SEED = 2**31 - 1


class KerasTextClassifier(ClassifierMixin, BaseEstimator):
    """A text classifier for `cross_val_score`, `GridSearchCV`, `Pipeline` and others.

    Texts are a list, array or Series of str; where the model reads several columns, a
    DataFrame, in which one of several texts may be missing. Labels are one for each
    text; or for any number of them a matrix of 0 and 1, or lists. A str is one label,
    whatever it looks like. A pickle holds the bundle.

    Args:
        model: A preset, as of `kerascls.list_models`. Default: `"albert_small"`, or
            what `checkpoint` says.
        checkpoint: Pretrained weights. Default: looked for as `kerascls.fit` does.
        from_scratch: Start from random weights.
        max_tokens: Longest sequence, in tokens. Default: the preset's.
        batch_size: Rows of a step. Default: the preset's.
        epochs: Most passes over the texts. Default: the preset's.
        learning_rate: Largest learning rate. Default: the preset's.
        objective: What thresholds are fitted for, as of `kerascls.tune`.
        validation_fraction: Share of the texts that epoch, calibration and thresholds
            are chosen on.
        random_state: Seed of all that is random. Default: always the same.
        options: Other settings by flat name, `{"weight_decay": 0.1}` for example.
        verbose: Whether progress and what is odd about the data are shown.

    Attributes:
        classes_: The labels as they were given, in the order of columns. Of a matrix
            the columns of a DataFrame, or else numbers.
        bundle_: Directory of the bundle; `save` keeps it when the object is gone.

    Example:
        >>> classifier = KerasTextClassifier("albert_small", epochs=3)
        >>> cross_val_score(classifier, texts, labels, scoring="f1_macro")
    """

    @checked_keywords()
    def __init__(
        self,
        model: str | None = None,
        *,
        checkpoint: str | Path | None = None,
        from_scratch: bool = False,
        max_tokens: int | None = None,
        batch_size: int | None = None,
        epochs: int | None = None,
        learning_rate: float | None = None,
        objective: str | None = None,
        validation_fraction: float = 0.15,
        random_state: int | np.random.RandomState | None = None,
        options: Mapping[str, Any] | None = None,
        verbose: bool = False,
    ) -> None:
        self.model = model
        self.checkpoint = checkpoint
        self.from_scratch = from_scratch
        self.max_tokens = max_tokens
        self.batch_size = batch_size
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.objective = objective
        self.validation_fraction = validation_fraction
        self.random_state = random_state
        self.options = options
        self.verbose = verbose

    @checked_keywords()
    def fit(self, X: Any, y: Any) -> Self:
        """Trains on texts and their labels.

        Raises:
            KerasclsError: When texts, labels or settings cannot be used.
        """
        settings = self._settings()
        form, labels = form_and_names(y)
        columns = settings.data.read_options().text
        texts = _texts(X, columns)
        if len(texts) != len(labels):
            raise SettingsError(
                f"Expected labels for each text. Received: {len(texts)} texts and "
                f"{len(labels)} labels. Correct one of them."
            )
        seed = settings.train.seed
        train, valid = stratified_split(labels, self._fractions(), seed)
        names = _column_names(X, columns)
        kept = KeptBundle()
        result = fit(
            settings,
            train=_table(names, texts, labels, train, form.task),
            valid=_table(names, texts, labels, valid, form.task),
            task=form.task.value,
            out=kept.path / "run",
            quiet=not self.verbose,
        )
        kept.path = result.bundle
        self._kept, self._form, self.classes_ = kept, form, form.classes
        return self

    @property
    def bundle_(self) -> Path:
        """Directory of the bundle."""
        check_is_fitted(self)
        return self._kept.path

    def predict(self, X: Any) -> Any:
        """Returns labels in the form that `fit` was given them in."""
        check_is_fitted(self)
        probabilities = self._probabilities(X)
        chosen = self._in_order(self._kept.predictor.bundle.rule.apply(probabilities))
        return self._form.given_back(chosen)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Returns calibrated probabilities, float64 `(texts, classes)`."""
        check_is_fitted(self)
        return self._in_order(self._probabilities(X).astype(np.float64))

    def decision_function(self, X: Any) -> np.ndarray:
        """Returns scores that grow with the probabilities, float64.

        Of two classes the log odds of the second `(texts,)`; of more the log
        probabilities, and where a text may have any number of labels the log odds of
        each `(texts, classes)`.
        """
        probabilities = self.predict_proba(X)
        tiny = np.finfo(np.float32).tiny
        logs = np.log(np.maximum(probabilities, tiny))
        if self._form.task is Task.MULTILABEL:
            return logs - np.log(np.maximum(1 - probabilities, tiny))
        return logs[:, 1] - logs[:, 0] if len(self.classes_) == 2 else logs

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Returns the share of texts with exactly the true labels."""
        check_is_fitted(self)
        if self._form.task is Task.MULTICLASS or self._form.is_indicator:
            return super().score(X, y, sample_weight)
        pairs = zip(self.predict(X), y, strict=True)
        right = [set(given) == set(true) for given, true in pairs]
        return float(np.average(right, weights=sample_weight))

    def save(self, path: str | Path) -> Path:
        """Copies the bundle to a new directory, for `kerascls.Predictor.load`.

        Raises:
            SettingsError: When something is there already, or nothing can be made.
        """
        check_is_fitted(self)
        path = Path(path)
        why = "which is there already" if os.path.lexists(path) else ""
        try:
            if not why:
                with told_when_full(path):
                    return Path(shutil.copytree(self.bundle_, path))
        except DiskFullError:
            raise
        except OSError as error:
            why = f"where it cannot be made ({error.strerror or error})"
        raise SettingsError(
            f"Expected a new directory to save to. Received: path={str(path)!r}, "
            f"{why}. Choose another path."
        )

    def _settings(self) -> RunSettings:
        options = dict(self.options or {})
        if own := [name for name in options if name in (*SETTINGS, *NO_OPTIONS)]:
            cures = {
                **{
                    name: f"write {name}={options[name]!r} as a parameter"
                    for name in own
                },
                "seed": f"write random_state={options.get('seed')!r} as a parameter",
                "abstain_below": "leave abstain_below out, for each text gets a label",
            }
            raise SettingsError(
                f"Expected other options than parameters of their own. Received: "
                f"options with {', '.join(own)}. Take them out: "
                f"{'; '.join(cures[name] for name in own)}."
            )
        for name in SETTINGS:
            if (value := getattr(self, name)) is not None:
                options[name] = value
        if architecture_of(self.model).settings is None:  # it follows all of them
            options.setdefault("baseline", False)  # whose scores nobody would see
        if self.random_state is not None:
            options["seed"] = _seed(self.random_state)
        settings = RunSettings.from_options(**options)
        if settings.data.task is not None and settings.data.task.has_weights:
            raise SettingsError(
                "Expected labels that a text has or not. Received: options with task="
                "'distribution'. Train with kerascls.fit(train=frame, "
                "task='distribution')."
            )
        return settings

    def _fractions(self) -> tuple[float, float]:
        share = self.validation_fraction
        if not 0 < share < 1:
            raise SettingsError(
                f"Expected a share of the texts to choose on. Received: "
                f"validation_fraction={share!r}. Use 0.15."
            )
        return 1 - share, share

    def _probabilities(self, X: Any) -> np.ndarray:
        columns = self._kept.predictor.bundle.input_spec.text_columns
        return self._kept.predictor.predict_proba(_texts(X, columns))

    def _in_order(self, by_bundle: np.ndarray) -> np.ndarray:
        """Returns columns in the order of `classes_`, 0 for those it never learned."""
        columns = np.zeros((len(by_bundle), len(self.classes_)), by_bundle.dtype)
        place = {name: column for column, name in enumerate(self._form.names)}
        for column, name in enumerate(self._kept.predictor.labels):
            columns[:, place[name]] = by_bundle[:, column]
        return columns

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.classifier_tags.multi_label = True
        return tags


def _texts(X: Any, columns: Sequence[str]) -> Rows:
    """Returns the texts of each row."""
    if isinstance(X, str):
        raise SettingsError(
            f"Expected a list of texts. Received: X={X!r:.100}. Put it into a list."
        )
    frame = as_frame(X)
    names = _column_names(frame, columns)
    rows = []
    for record in frame.records(names):
        cells = record.fields.values()
        if not any(isinstance(cell, str) or not is_empty(cell) for cell in cells):
            raise SettingsError(
                f"Expected a text in every row. Received: X[{record.line}], which "
                f"holds none. Leave the row out, or make an empty str of it."
            )
        try:
            rows.append(pick_texts(record.fields, names))
        except DataError as error:
            raise SettingsError(
                f"Expected X to hold texts. Received: X[{record.line}], of which the "
                f"{error}. Give a list of str, or a DataFrame with the columns."
            ) from error
    return rows


def _column_names(X: Any, columns: Sequence[str]) -> tuple[str, ...]:
    frame = as_frame(X)
    if frame.is_texts:
        return frame.columns
    return choose_text_columns(tuple(columns), frame.columns, str(frame))


def _table(
    names: Sequence[str], texts: Rows, labels: Rows, rows: np.ndarray, task: Task
) -> Frame:
    """Returns some rows as a table that `kerascls.fit` reads."""
    table: dict[str, list[Any]] = {
        name: [texts[row][column] for row in rows] for column, name in enumerate(names)
    }
    if task is Task.MULTICLASS:
        table["label"] = [labels[row][0] for row in rows]
    else:
        table["labels"] = [list(labels[row]) for row in rows]
    frame = as_frame(table)
    frame.has_whole_labels = True
    return frame


def _seed(random_state: Any) -> int:
    if isinstance(random_state, int | np.integer):
        return int(random_state)
    return int(check_random_state(random_state).randint(MAX_SEED))
