#!/usr/bin/env bash
# tf2onnx 1.17.0, tensorflow 2.21.0, keras 3.15.1, onnxruntime 1.32.0, onnx 1.23.2,
# Python 3.11, CPU, Linux. Seen 2026-11-30.
#
# A Keras model with `where(condition, x, 0.0)`, whose condition is broadcast, is written
# as ONNX by `model.export(format="onnx")` with a multiplication in place of a choice:
# condition * x + (1 - condition) * 0. Where x is infinite and not chosen, that is NaN.
# So is the masked maximum of a row without a real token; no warning.
#
# Expected: 0, as Keras gives, and as ONNX's Where would.
#
# Output seen:
#   two real tokens  Keras [2.0, 3.0]  onnxruntime [2.0, 3.0]
#   none             Keras [0.0, 0.0]  onnxruntime [nan, nan]
#   operators: Add, Cast, Greater, Mul, Not, ReduceMax, ReduceSum, Unsqueeze, Where
# Exit 0: as described. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check tensorflow==2.21.0 \
    keras==3.15.1 onnx==1.23.2 onnxruntime==1.32.0 protobuf==7.36.2 tf2onnx==1.17.0
cat >"$work/export.py" <<'PYTHON'
import sys

import keras
import numpy as np
import onnx
import onnxruntime
from keras import ops


class MaskedMaximum(keras.layers.Layer):
    def call(self, hidden, mask):
        is_real = ops.expand_dims(ops.cast(mask, "bool"), -1)  # (batch, tokens, 1)
        largest = ops.max(ops.where(is_real, hidden, -float("inf")), axis=1)
        return ops.where(ops.any(is_real, axis=1), largest, 0.0)


inputs = {
    "hidden": keras.Input((None, 2), name="hidden"),
    "mask": keras.Input((None,), dtype="int32", name="mask"),
}
model = keras.Model(inputs, MaskedMaximum()(inputs["hidden"], inputs["mask"]))
batch = {
    "hidden": np.array([[[1, 3], [2, 1], [9, 9]]] * 2, np.float32),
    "mask": np.array([[1, 1, 0], [0, 0, 0]], np.int32),
}
by_keras = np.array(model(batch))
model.export("model.onnx", format="onnx", verbose=False)
session = onnxruntime.InferenceSession("model.onnx")
by_onnx = session.run(None, batch)[0]
for row, name in enumerate(("two real tokens", "none")):
    print(f"{name:16} Keras {by_keras[row].tolist()}  "
          f"onnxruntime {by_onnx[row].tolist()}")
names = sorted({node.op_type for node in onnx.load("model.onnx").graph.node})
print("operators:", ", ".join(names))
same = np.array_equal(by_keras[0], by_onnx[0]) and np.isfinite(by_keras).all()
sys.exit(0 if same and np.isnan(by_onnx[1]).all() else 1)
PYTHON
cd "$work" && TF_CPP_MIN_LOG_LEVEL=3 "$work/venv/bin/python" export.py 2>"$work/log" ||
    { tail -n 5 "$work/log"; exit 1; }
