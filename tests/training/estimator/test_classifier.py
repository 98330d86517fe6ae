"""The classifier as scikit-learn's tools use it."""

import copy
import inspect
import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks
from sklearn.utils.validation import validate_data

import kerascls
from kerascls.errors import KeywordError, SettingsError
from kerascls.settings.run_settings import OPTION_KEYS
from kerascls.training.estimator.classifier import SETTINGS, KerasTextClassifier

TEXTS = {
    "体育": ("中国队以3比2战胜日本队", "我们今天去看足球", "the team wins a goal ⚽"),
    "汽车": ("新车今天上海发布", "a new car 🚗 is good", "新车的价格不大"),
    "军事": ("军事演习在海上", "the army is on the coast", "部长说：军事 :car:"),
}
FIT = {"epochs": 1, "batch_size": 8, "learning_rate": 1e-3, "max_tokens": 16}
X = [text for texts in TEXTS.values() for text in texts] * 4
Y = [label for label, texts in TEXTS.items() for _ in texts] * 4
SEVERAL = [[label] if number % 4 else list(TEXTS)[:2] for number, label in enumerate(Y)]


@pytest.fixture(scope="module")
def unfitted(tiny_checkpoint):
    return KerasTextClassifier(checkpoint=tiny_checkpoint, **FIT)


@pytest.fixture(scope="module")
def fitted(unfitted):
    return clone(unfitted).fit(X, Y)


@pytest.fixture(scope="module")
def several(unfitted):
    return clone(unfitted).fit(X, SEVERAL)


# scikit-learn's own checks.


# They train on tables of numbers: here each number becomes a word.
class OnNumbers(KerasTextClassifier):
    def fit(self, X, y):
        return super().fit(self._words(X, reset=True), y)

    def _words(self, X, reset=False):
        table = np.floor(validate_data(self, X, reset=reset)).astype(int)
        return [" ".join(f"c{place}x{n}" for place, n in enumerate(r)) for r in table]

    def _probabilities(self, X):
        return super()._probabilities(self._words(X))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.one_d_array = False
        tags.input_tags.two_d_array = True
        return tags


# None so far: a check and the reason why texts cannot pass it.
EXCEPTIONS: dict[str, str] = {}


def test_scikit_learns_checks_pass(unfitted):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", estimator_checks.SkipTestWarning)
        estimator_checks.check_estimator(unfitted)  # those that need no numbers


@pytest.mark.slow
@estimator_checks.parametrize_with_checks(
    [OnNumbers("linear")], expected_failed_checks=lambda _: EXCEPTIONS
)
def test_scikit_learns_checks_of_tables_pass(estimator, check):
    check(estimator)


def test_parameters_are_settings():
    assert set(SETTINGS) <= set(OPTION_KEYS)
    parameters = inspect.signature(KerasTextClassifier).parameters
    assert set(SETTINGS) <= set(parameters)


def test_a_method_for_skewed_labels_is_an_option():
    estimator = KerasTextClassifier("textcnn", options={"imbalance": "class_weight"})
    assert estimator._settings().imbalance.method == "class_weight"


def test_a_misspelt_keyword_is_refused_with_the_nearest_and_clones_work():
    with pytest.raises(KeywordError, match="epoch=3. Did you mean 'epochs'"):
        KerasTextClassifier("linear", epoch=3)
    with pytest.raises(KeywordError, match="without a name"):
        KerasTextClassifier("linear", "checkpoint")
    made = KerasTextClassifier("linear", options={"linear_loss": "log_loss"})
    assert clone(made).get_params() == made.get_params()
    assert made.set_params(epochs=3).epochs == 3


# What it does.


@pytest.mark.parametrize(
    "names",
    [
        ("[1, 0]", "[0, 1]", "[1, 1]"),
        ("['a']", "['b']", "['c']"),
        ('["a"]', '{"choices": ["b"]}', "c"),
        ("a|b", "a", "b"),
        ("体育,健康", "体育", "健康"),
        ("nan", "None", "null"),
        ("\\[x", '"y"', "{z}"),
    ],
)
def test_a_name_is_a_label_whatever_it_looks_like(names):
    labels = [names[list(TEXTS).index(label)] for label in Y]
    fitted = KerasTextClassifier("linear").fit(X, labels)
    assert fitted.classes_.tolist() == sorted(names)
    assert set(fitted.predict(X)) == set(names)
    several = [[name] for name in labels]
    fitted = KerasTextClassifier("linear").fit(X, several)
    assert fitted.classes_.tolist() == sorted(names)


def test_it_is_saved_to_a_new_folder_only(fitted, tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file", fitted.save(tmp_path / "new")):
        with pytest.raises(SettingsError, match="there already. Choose another path"):
            fitted.save(path)
    with pytest.raises(SettingsError, match="cannot be made.*Choose another path"):
        fitted.save(tmp_path / "file" / "new")


def test_it_predicts_as_its_bundle_does(fitted, tmp_path):
    predictor = kerascls.Predictor.load(fitted.save(tmp_path / "bundle"))
    expected = [one.labels[0] for one in predictor.predict(X)]
    assert fitted.predict(X).tolist() == expected
    assert fitted.score(X, Y) == np.mean(
        [a == b for a, b in zip(expected, Y, strict=True)]
    )
    assert fitted.classes_.tolist() == sorted(TEXTS)
    columns = [predictor.labels.index(name) for name in fitted.classes_]
    expected = predictor.predict_proba(X)[:, columns]
    np.testing.assert_array_equal(fitted.predict_proba(X), expected)


def test_scores_grow_with_probabilities(fitted, several):
    for one in (fitted, several):
        probabilities, scores = one.predict_proba(X), one.decision_function(X)
        assert probabilities.shape == scores.shape == (len(X), len(one.classes_))
        assert (np.argsort(probabilities) == np.argsort(scores)).all()
    np.testing.assert_allclose(fitted.predict_proba(X).sum(axis=1), 1, atol=1e-6)


def test_a_text_alone_is_predicted_alike(fitted):
    together = fitted.predict_proba(X[:9])
    alone = np.concatenate([fitted.predict_proba([text]) for text in X[:9]])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_fitting_changes_no_parameter(unfitted, fitted):
    assert fitted.get_params() == unfitted.get_params()
    assert isinstance(fitted, KerasTextClassifier)
    public = {name for name in vars(fitted) if not name.startswith("_")}
    assert public == {*unfitted.get_params(), "classes_"}


def test_a_pickle_holds_the_bundle(fitted):
    content = pickle.dumps(fitted)
    expected = fitted.predict_proba(X)
    for other in (pickle.loads(content), copy.deepcopy(fitted)):
        assert other.bundle_ != fitted.bundle_
        np.testing.assert_array_equal(other.predict_proba(X), expected)


def test_a_bundle_goes_with_its_object(fitted):
    other = pickle.loads(pickle.dumps(fitted))
    folder = other.bundle_
    assert folder.is_dir()
    del other
    assert not folder.exists()


def test_what_is_not_fitted_says_so(unfitted):
    for method in ("predict", "predict_proba", "decision_function"):
        with pytest.raises(NotFittedError):
            getattr(unfitted, method)(X)
    with pytest.raises(NotFittedError):
        pickle.loads(pickle.dumps(unfitted)).score(X, Y)


def test_the_linear_model_is_one_of_the_models():
    one = KerasTextClassifier("linear").fit(X, Y)
    assert one.predict(X).tolist() == Y
    other = pickle.loads(pickle.dumps(one))
    np.testing.assert_array_equal(other.predict_proba(X), one.predict_proba(X))


def test_no_baseline_is_trained_beside_it_unless_asked_for(unfitted):
    assert not unfitted._settings().train.baseline
    one = clone(unfitted).set_params(options={"baseline": True})
    assert one._settings().train.baseline


def test_lists_of_labels(several):
    given = several.predict(X)
    assert all(isinstance(one, tuple) for one in given)
    expected = np.mean([set(a) == set(b) for a, b in zip(given, SEVERAL, strict=True)])
    assert several.score(X, SEVERAL) == expected


def test_missing_texts_are_refused_with_their_position(fitted):
    pandas = pytest.importorskip("pandas")
    for texts in ([*X, None], [*X, float("nan")], np.array([*X, None], object)):
        with pytest.raises(SettingsError, match=r"texts\[36\]=(None|nan)"):
            fitted.predict_proba(texts)
    for missing in (None, float("nan"), pandas.NA):
        series = pandas.Series([*X, missing])
        for texts in (series, series.to_frame("text")):
            with pytest.raises(SettingsError, match=r"X\[36\], which holds none"):
                fitted.predict_proba(texts)


def test_cells_that_have_no_text_are_refused_with_their_position(fitted):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"text": ["国足取胜", float("inf")]}, dtype=object)
    with pytest.raises(SettingsError, match=r"X\[1\], of which the text column"):
        fitted.predict(frame)


def test_frames_and_series_are_texts(fitted):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"id": 1, "text": X}, index=X)
    expected = fitted.predict_proba(X)
    for texts in (frame, frame["text"], np.array(X), tuple(X)):
        np.testing.assert_array_equal(fitted.predict_proba(texts), expected)


@pytest.mark.parametrize(
    ("parameters", "texts", "labels", "words"),
    [
        ({}, X, None, "requires y"),
        ({}, X, Y[2:], "36 texts and 34 labels"),
        ({}, X, [*Y[:35], None], r"y\[35\]=None"),
        ({}, X, [*Y[:35], float("nan")], r"y\[35\]=nan"),
        ({}, X, ["a"] * 36, "at least two labels"),
        ({}, "one text", ["a", "b"], "Put it into a list"),
        ({}, [b"a", "b"], ["a", "b"], r"texts\[0\]=b'a'"),
        ({}, np.eye(2), ["a", "b"], "a ndarray"),
        ({"validation_fraction": 1.0}, X, Y, "validation_fraction=1.0"),
        ({"options": {"epochs": 2}}, X, Y, "write epochs=2 as a parameter"),
        ({"options": {"max_tokens": 32}}, X, Y, "write max_tokens=32 as a param"),
        ({"options": {"seed": 2}}, X, Y, "write random_state=2"),
        ({"options": {"abstain_below": 0.5}}, X, Y, "abstain_below"),
        ({"options": {"epoch": 2}}, X, Y, "Did you mean 'epochs'"),
    ],
)
def test_what_cannot_be_used_is_refused(unfitted, parameters, texts, labels, words):
    one = clone(unfitted).set_params(**parameters)
    with pytest.raises(ValueError, match=words) as caught:
        one.fit(texts, labels)
    assert isinstance(caught.value, kerascls.errors.KerasclsError)


def test_options_and_seeds_reach_the_settings(unfitted):
    one = clone(unfitted).set_params(
        options={"weight_decay": 0.5}, random_state=7, objective="f1"
    )
    settings = one._settings()
    assert (settings.train.weight_decay, settings.train.seed) == (0.5, 7)
    assert settings.decision.objective == "f1"
    state = np.random.RandomState(0)
    seeds = {one.set_params(random_state=state)._settings().train.seed for _ in "ab"}
    assert len(seeds) == 2
    with pytest.raises(SettingsError, match="seed"):
        one.set_params(random_state=-1)._settings()


@pytest.mark.slow
def test_the_same_seed_gives_the_same(unfitted, fitted):
    again = clone(unfitted).fit(X, Y).predict_proba(X)
    np.testing.assert_array_equal(again, fitted.predict_proba(X))


@pytest.mark.slow
def test_labels_come_back_as_they_were(unfitted):
    numbers = np.array([label == "体育" for label in Y], np.int16)
    for labels in (numbers, numbers.astype(float), numbers == 1):
        one = clone(unfitted).fit(X, labels)
        assert one.predict(X).dtype == one.classes_.dtype == labels.dtype
        assert one.decision_function(X).shape == (len(X),)
        above = one.decision_function(X) > 0
        np.testing.assert_array_equal(one.classes_[above.astype(int)], one.predict(X))


@pytest.mark.slow
def test_a_matrix_of_labels(unfitted):
    matrix = np.array([[name in row for name in TEXTS] + [False] for row in SEVERAL])
    one = clone(unfitted).fit(X, matrix.astype(int))
    assert one.predict(X).shape == matrix.shape and not one.predict(X)[:, -1].any()
    f1_score(matrix, one.predict(X), average="macro", zero_division=0)
    roc_auc_score(matrix[:, :3], one.decision_function(X)[:, :3])
    assert 0 <= one.score(X, matrix) <= 1
    assert len(cross_val_score(unfitted, X, matrix.astype(int), cv=2)) == 2


@pytest.mark.slow
def test_tools_of_scikit_learn_take_it(unfitted):
    assert len(cross_val_score(unfitted, X, Y, cv=2, scoring="f1_macro")) == 2
    search = GridSearchCV(unfitted, {"epochs": [1, 2]}, cv=2).fit(X, Y)
    assert search.best_params_["epochs"] in (1, 2)
    upper = FunctionTransformer(lambda texts: [text.upper() for text in texts])
    assert len(make_pipeline(upper, clone(unfitted)).fit(X, Y).predict(X)) == len(X)
    rest = OneVsRestClassifier(unfitted).fit(X, Y)
    assert rest.predict_proba(X).shape == (len(X), 3)


def test_distributions_are_not_for_this_class():
    classifier = KerasTextClassifier(options={"task": "distribution"})
    with pytest.raises(SettingsError, match="options with task='distribution'"):
        classifier.fit(["a", "b"], ["x", "y"])
