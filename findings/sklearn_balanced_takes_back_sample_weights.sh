#!/usr/bin/env bash
# scikit-learn 1.9.1, Python 3.11, CPU, Linux. Seen 2026-11-30.
#
# Rows of the rare class weigh ten times as much by `sample_weight`, beside
# `class_weight="balanced"`. LinearSVC and LogisticRegression (of both solvers tried)
# count the sample weights when they find out what is balanced, which takes the factor
# back to the last digit: a weight of a class does nothing. SVC with a linear kernel and
# RidgeClassifier, with the same two arguments, multiply the two. The docstrings of
# LinearSVC and LogisticRegression say that "balanced" goes by the frequencies of classes,
# that of LogisticRegression also that class weights are multiplied with sample weights.
#
# Expected: one meaning in all of them, the product that the docstring tells.
#
# Output seen, shares of rows that get the rare class, without and with the weights:
#   LinearSVC                         0.365  0.365
#   LogisticRegression (lbfgs)        0.365  0.365
#   LogisticRegression (liblinear)    0.365  0.365
#   SVC (linear)                      0.365  1.000
#   RidgeClassifier                   0.365  1.000
# Exit 0: as described. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check scikit-learn==1.9.1
cat >"$work/weights.py" <<'PYTHON'
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.svm import SVC, LinearSVC

classes = (np.arange(200) < 40).astype(int)
points = np.random.default_rng(0).normal(size=(200, 2)) + 0.7 * classes[:, None]
weights = np.where(classes == 1, 10.0, 1.0)
models = {
    "LinearSVC": LinearSVC(),
    "LogisticRegression (lbfgs)": LogisticRegression(),
    "LogisticRegression (liblinear)": LogisticRegression(solver="liblinear"),
    "SVC (linear)": SVC(kernel="linear"),
    "RidgeClassifier": RidgeClassifier(),
}
changed = []
for name, model in models.items():
    model.set_params(class_weight="balanced")
    plain = model.fit(points, classes).predict(points).mean()
    weighted = model.fit(points, classes, sample_weight=weights).predict(points).mean()
    print(f"{name:32}  {plain:.3f}  {weighted:.3f}")
    changed.append(bool(weighted != plain))
sys.exit(0 if changed == [False, False, False, True, True] else 1)
PYTHON
"$work/venv/bin/python" "$work/weights.py"
