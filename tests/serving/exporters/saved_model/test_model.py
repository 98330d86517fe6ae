"""A SavedModel takes strings and gives the predictor's labels."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from tiny_models import tiny_batch

from kerascls.decision.calibration import Calibration
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.errors import ExportError, SettingsError
from kerascls.inference.predictor import Predictor
from kerascls.inference.runtimes.keras_runtime import load_model
from kerascls.models.classic.config import CLASSICS
from kerascls.preprocessing.sequence_layout import INPUTS
from kerascls.serving.exporters import FORMATS
from kerascls.serving.exporters.saved_model import model as saved_model
from kerascls.serving.exporters.saved_model.model import input_names, write_saved_model
from kerascls.serving.exporters.saved_model.string_check import check_strings

pytestmark = pytest.mark.slow

TEXTS = [
    "",
    "中国队以3比2战胜日本队，我们今天去看足球",
    "a new car 🚗",
    " \n\t",
    "the army is on the coast [SEP] [MASK] \u0000\ufffd",
    "新车今天上海发布。" * 30,
]
DECISION = Decision(
    Rule("threshold", thresholds=(0.3, 0.5, 0.4), min_labels=1),
    Calibration("temperature", temperature=0.5),
)


@pytest.fixture(scope="module")
def served(make_bundle, tmp_path_factory):
    """A bundle with a decision that has a say."""
    bundle = make_bundle(tmp_path_factory.mktemp("served") / "bundle")
    return replace(bundle, decision=DECISION)


@pytest.fixture(scope="module")
def place(served, tmp_path_factory):
    """Its SavedModel; do not change it."""
    place = tmp_path_factory.mktemp("exports") / "saved"
    assert FORMATS["savedmodel"].write(served, place, False) is None
    return place


@pytest.fixture(scope="module")
def runtime(place, served):
    """What runs it."""
    return FORMATS["savedmodel"].open(place, int8=False)


def decoded(found):
    """The labels of each row as a tuple of str."""
    return [
        tuple(name.decode() for name in row[:count])
        for row, count in zip(
            found["labels"].numpy(), found["label_counts"].numpy(), strict=True
        )
    ]


def test_strings_get_the_labels_and_scores_of_the_predictor(served, runtime):
    serve = runtime.loaded.signatures["serving_default"]
    found = serve(text=tf.constant(TEXTS))
    expected = Predictor(served).predict(TEXTS)
    assert decoded(found) == [one.labels for one in expected]
    scores = [list(one.scores.values()) for one in expected]
    np.testing.assert_allclose(found["scores"], scores, atol=1e-5)
    names = [[name.decode() for name in row] for row in found["classes"].numpy()]
    assert names == [list(served.label_set)] * len(TEXTS)
    assert found["abstained"].numpy().tolist() == [False] * len(TEXTS)


@pytest.mark.slow
def test_long_strings_are_read_in_windows(make_bundle, tmp_path):
    bundle = make_bundle(tmp_path / "bundle", pooling="max", window_pooling="attention")
    FORMATS["savedmodel"].write(bundle, tmp_path / "saved", False)
    serve = tf.saved_model.load(str(tmp_path / "saved")).signatures["serving_default"]
    found = serve(text=tf.constant(TEXTS))["scores"]
    expected = Predictor(bundle).predict_proba(TEXTS)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_no_strings_get_no_labels(served, runtime):
    serve = runtime.loaded.signatures["serving_default"]
    found = serve(text=tf.constant([], tf.string))
    assert found["scores"].shape == (0, len(served.label_set))
    assert decoded(found) == []


def test_the_other_signature_gives_logits_of_ids(served, runtime):
    found = Predictor(served, runtime).predict_proba(TEXTS)
    np.testing.assert_allclose(found, Predictor(served).predict_proba(TEXTS), atol=1e-5)


def test_the_check_lets_a_right_export_pass(served, place):
    FORMATS["savedmodel"].check(place, served, [(text,) for text in [*TEXTS, "\ud83d"]])


@pytest.mark.parametrize(
    "decision",
    [
        pytest.param(replace(DECISION, rule=Rule("top_k", k=1)), id="labels"),
        pytest.param(
            replace(DECISION, calibration=Calibration("temperature", temperature=3.0)),
            id="scores",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_the_check_finds_what_differs(decision, served, place):
    with pytest.raises(ExportError, match="another result for .* of 6 texts"):
        check_strings(
            place, replace(served, decision=decision), [(text,) for text in TEXTS]
        )


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (["标题"], ["text"]),
        (["title", "body_2"], ["title", "body_2"]),
        (["title", "正文"], ["text_0", "text_1"]),
        (["title", "title"], ["text_0", "text_1"]),
    ],
)
def test_inputs_are_named_after_plain_columns(columns, names):
    assert input_names(columns) == names


def test_another_backend_is_told_what_to_do(served, tmp_path, monkeypatch):
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    with pytest.raises(SettingsError, match="KERAS_BACKEND=jax.*=tensorflow"):
        write_saved_model(served, tmp_path / "saved", False)


@pytest.mark.slow
def test_a_pair_has_an_input_for_each_column(make_bundle, tmp_path):
    pair = make_bundle(tmp_path / "bundle", ("question", "answer"))
    write_saved_model(pair, tmp_path / "saved", False)
    pairs = [("中国队", "足球"), ("", ""), ("新车" * 40, "好"), ("a", "b" * 300)]
    check_strings(tmp_path / "saved", pair, pairs)
    serve = tf.saved_model.load(str(tmp_path / "saved")).signatures["serving_default"]
    questions, answers = map(tf.constant, zip(*pairs, strict=True))
    found = decoded(serve(question=questions, answer=answers))
    assert found == [one.labels for one in Predictor(pair).predict(pairs)]


@pytest.mark.slow
def test_where_strings_cannot_be_read_ids_get_labels(served, tmp_path, monkeypatch):
    monkeypatch.setattr(saved_model, "why_inexpressible", lambda _: "a reason")
    assert write_saved_model(served, tmp_path / "saved", False) == "a reason"
    check_strings(tmp_path / "saved", served, [("a",)])
    serve = tf.saved_model.load(str(tmp_path / "saved")).signatures["serving_default"]
    predictor = Predictor(served)
    ids = predictor.tokenizer.encode(TEXTS[1], maxlen=served.input_spec.max_tokens)
    ones = np.ones((1, len(ids[0])), np.int32)
    batch = dict(zip(INPUTS, map(np.int32, ([ids[0]], [ids[1]], ones)), strict=True))
    found = serve(**{name: tf.constant(array) for name, array in batch.items()})
    assert decoded(found) == [predictor.predict(TEXTS[1]).labels]


PROGRAM = """
import json, sys
import tensorflow as tf

model = tf.saved_model.load(sys.argv[1])
texts = json.loads(sys.argv[2])
found = model.signatures["serving_default"](text=tf.constant(texts))
rows = [[name.decode() for name in row if name] for row in found["labels"].numpy()]
sys.stdout.write(json.dumps([rows, sorted(sys.modules)]))
"""


@pytest.mark.slow
def test_a_process_without_kerascls_gives_the_same_labels(served, place, tmp_path):
    texts = [text for text in TEXTS if "\0" not in text]  # no argument can hold it
    command = [sys.executable, "-c", PROGRAM, str(place), json.dumps(texts)]
    shown = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    rows, modules = json.loads(shown)
    assert "kerascls" not in modules
    assert rows == [list(one.labels) for one in Predictor(served).predict(texts)]


@pytest.mark.slow
@pytest.mark.parametrize("name", CLASSICS)
def test_a_classic_model_takes_ids_and_says_why(name, make_classic_bundle, tmp_path):
    bundle = make_classic_bundle(tmp_path / "bundle", name)
    place = tmp_path / "saved"
    reason = FORMATS["savedmodel"].write(bundle, place, False)
    assert "made with the bundle's words.json, in place of strings" in reason
    runtime, model = FORMATS["savedmodel"].open(place, int8=False), load_model(bundle)
    no_second = tiny_batch((9, 4, 1))
    no_second["segment_ids"] = no_second["segment_ids"] * 0
    no_token = tiny_batch((0, 2), num_tokens=3)
    for batch in (tiny_batch((9, 5, 3, 1)), tiny_batch((1,)), no_second, no_token):
        found = runtime.logits(batch)
        assert np.isfinite(found).all()
        np.testing.assert_allclose(found, np.array(model(batch)), atol=1e-5)
