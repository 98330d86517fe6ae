"""From strings to distances as in scikit-learn's own pipeline."""

import numpy as np
import pytest

from kerascls.data.labels import LABEL_TASKS, Task
from kerascls.models.linear.classifier import LinearClassifier
from kerascls.models.linear.config import LINEAR_LOSSES, OF_SHARES
from kerascls.models.linear.tfidf import learn_tfidf
from kerascls.training.linear.planes import TOLERANCE, fit_planes

TEXTS = [
    *("国足今晚迎战劲旅 ⚽", "球队 wins\n\n第一", "新车今天上市　🚗", "车 IS new"),
    *("军事演习在海上", "ﬁnal 演习 İ", "体育\u200d 与 汽车", "", "球队球队"),
]
CLASSES = np.array([0, 0, 1, 1, 2, 2, 0, 1, 0])
UNSEEN = ["今晚 新车 ⚽⚽", "\u3000\u3000", "ΣΑΣ 演习", "nothing of it"]


def logits(targets, task, loss="squared_hinge", **options):
    tfidf, rows = learn_tfidf(TEXTS, "char", 1)
    options = {"loss": LINEAR_LOSSES[loss], "seed": 3, **options}
    planes = fit_planes(rows, len(tfidf.ngrams), targets, task, **options)
    return LinearClassifier(tfidf, *planes).logits([(text,) for text in UNSEEN])


def pipeline(strength, balanced, loss="squared_hinge"):
    pytest.importorskip("sklearn")
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    options = {
        "C": strength,
        "class_weight": "balanced" if balanced else None,
        "tol": TOLERANCE,
        "random_state": 3,
    }
    dual = {"solver": "liblinear", "dual": True}
    return make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True),
        LinearSVC(**options)
        if loss == "squared_hinge"
        else LogisticRegression(**options, **dual),
    )


@pytest.mark.parametrize("balanced", [False, True])
@pytest.mark.parametrize("strength", [0.3, 10])
def test_classes_have_the_distances_of_scikit_learn(strength, balanced):
    theirs = pipeline(strength, balanced).fit(TEXTS, CLASSES).decision_function(UNSEEN)
    targets = np.eye(3, dtype=bool)[CLASSES]
    ours = logits(targets, Task.MULTICLASS, strength=strength, balanced=balanced)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_labels_have_the_distances_of_scikit_learn_one_by_one():
    targets = np.stack([CLASSES == 0, CLASSES < 2], axis=1)
    ours = logits(targets, Task.MULTILABEL, strength=1, balanced=True)
    for column, truth in enumerate(targets.T):
        theirs = pipeline(1, True).fit(TEXTS, truth).decision_function(UNSEEN)
        np.testing.assert_allclose(ours[:, column], theirs, atol=1e-5)


@pytest.mark.parametrize("task", LABEL_TASKS)
def test_logistic_regressions_have_the_log_odds_of_scikit_learn_one_by_one(task):
    targets = np.eye(3, dtype=bool)[CLASSES]
    options = {"strength": 10, "balanced": True, "loss": "log_loss"}
    ours = logits(targets, task, **options)
    for column, truth in enumerate(targets.T):
        theirs = pipeline(**options).fit(TEXTS, truth).decision_function(UNSEEN)
        np.testing.assert_allclose(ours[:, column], theirs, atol=1e-5)


@pytest.mark.parametrize("loss", LINEAR_LOSSES)
@pytest.mark.parametrize("task", LABEL_TASKS)
def test_weights_of_a_class_add_to_balanced_ones(task, loss):
    targets = np.eye(3, dtype=bool)[CLASSES]
    weights = np.where(CLASSES == 2, 20, 0.5).astype(np.float32)
    plain, weighted = (
        logits(targets, task, loss, strength=1, balanced=True, row_weights=of_rows)
        for of_rows in (None, weights)
    )
    assert (weighted[:, 2] > plain[:, 2] + 0.05).all()


@pytest.mark.parametrize("loss", LINEAR_LOSSES)
def test_of_two_classes_each_is_what_the_other_is_not(loss):
    targets = np.eye(2, dtype=bool)[CLASSES % 2]
    ours = logits(targets, Task.MULTICLASS, loss, strength=1, balanced=False)
    theirs = pipeline(1, False, loss).fit(TEXTS, CLASSES % 2).decision_function(UNSEEN)
    np.testing.assert_allclose(ours, np.stack([-theirs, theirs], axis=1), atol=1e-5)


def test_a_label_on_every_row_is_given_to_every_text():
    targets = np.stack([CLASSES == 0, CLASSES >= 0], axis=1)
    ours = logits(targets, Task.MULTILABEL, strength=1, balanced=False)
    assert ours[:, 1].tolist() == [1] * len(UNSEEN)


@pytest.mark.parametrize("loss", LINEAR_LOSSES)
@pytest.mark.parametrize("task", LABEL_TASKS)
def test_rows_that_weigh_more_draw_the_plane(loss, task):
    tfidf, rows = learn_tfidf(TEXTS, "char", 1)
    targets = np.eye(3, dtype=bool)[CLASSES]
    options = {"loss": LINEAR_LOSSES[loss], "strength": 1.0, "balanced": False}
    width = len(tfidf.ngrams)

    def planes(**more):
        return fit_planes(rows, width, targets, task, seed=3, **options, **more)

    ones = planes(row_weights=np.ones(len(TEXTS), np.float32))
    np.testing.assert_allclose(ones[0], planes()[0], atol=1e-5)
    heavy = np.ones(len(TEXTS), np.float32)
    heavy[CLASSES == 2] = 20
    logits = [
        LinearClassifier(tfidf, *found).logits([(text,) for text in TEXTS])
        for found in (ones, planes(row_weights=heavy))
    ]
    # The heavy class is given more: on the right side, and to others.
    assert logits[1][:, 2].mean() > logits[0][:, 2].mean()


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def shares_of(width):
    shares = np.random.default_rng(0).dirichlet(np.ones(width), len(TEXTS))
    return np.float32(shares)


@pytest.mark.parametrize("width", [2, 3])
def test_planes_of_shares_make_their_cross_entropy_small(width):
    from scipy.optimize import minimize

    shares = shares_of(width)
    tfidf, rows = learn_tfidf(TEXTS, "char", 1)
    size = len(tfidf.ngrams)
    options = {"loss": OF_SHARES, "strength": 3.0, "balanced": False, "seed": 3}
    planes, intercept = fit_planes(rows, size, shares, Task.DISTRIBUTION, **options)
    dense = _dense(rows, size)

    def loss(flat):
        weights = flat.reshape(size + 1, width)
        logits = dense @ weights[:-1] + weights[-1]
        cross = -(shares * np.log(softmax(logits))).sum()
        return 3.0 * cross + 0.5 * np.square(weights[:-1]).sum()

    def of(planes, intercept):
        return np.concatenate([planes.ravel(), intercept]).astype(np.float64)

    ours = loss(of(planes, intercept))
    best = minimize(loss, of(planes, intercept), method="L-BFGS-B").fun
    # Of two labels scikit-learn has one plane, whose penalty counts half here.
    assert ours <= best * (1.001 if width == 3 else 1.1)


def test_shares_of_one_label_each_are_classes_of_a_multinomial_regression():
    from sklearn.linear_model import LogisticRegression

    tfidf, rows = learn_tfidf(TEXTS, "char", 1)
    shares = np.eye(3, dtype=np.float32)[CLASSES]
    options = {"loss": OF_SHARES, "strength": 3.0, "balanced": False, "seed": 3}
    planes = fit_planes(rows, len(tfidf.ngrams), shares, Task.DISTRIBUTION, **options)
    theirs = LogisticRegression(C=3.0, tol=1e-3, max_iter=200)
    theirs.fit(_dense(rows, len(tfidf.ngrams)), CLASSES)
    np.testing.assert_allclose(planes[0], theirs.coef_.T, atol=1e-4)


def _dense(rows, width):
    from scipy.sparse import csr_matrix

    shape = (len(rows), width)
    return csr_matrix((rows.values, rows.columns, rows.offsets), shape=shape).toarray()
