"""brightmart's first ALBERTs, compared with their equations written out in numpy."""

import json

import numpy as np
import pytest
from checkpoint_cases import VOCABULARY
from make_checkpoints import save_tensorflow

from kerascls.checkpoints.early_albert import EarlyAlbert, as_googles, is_early_albert
from kerascls.checkpoints.finding import find_checkpoint
from kerascls.checkpoints.inspection import inspect_checkpoint
from kerascls.checkpoints.loading import load_encoder
from kerascls.errors import CheckpointError

WIDTH, HIDDEN, INNER, HEADS, LAYERS, POSITIONS = 8, 16, 24, 4, 3, 20
CONFIG = {
    "attention_probs_dropout_prob": 0.0,
    "directionality": "bidi",
    "embedding_size": WIDTH,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.0,
    "hidden_size": HIDDEN,
    "initializer_range": 0.02,
    "intermediate_size": INNER,
    "max_position_embeddings": POSITIONS,
    "num_attention_heads": HEADS,
    "num_hidden_layers": LAYERS,
    "type_vocab_size": 2,
    "vocab_size": len(VOCABULARY),
}
SHAPES = {
    "embeddings/word_embeddings": (len(VOCABULARY), WIDTH),
    "embeddings/word_embeddings_2": (WIDTH, HIDDEN),
    "embeddings/token_type_embeddings": (2, HIDDEN),
    "embeddings/position_embeddings": (POSITIONS, HIDDEN),
    "embeddings/LayerNorm/gamma": (HIDDEN,),
    "embeddings/LayerNorm/beta": (HIDDEN,),
    "pooler/dense/kernel": (HIDDEN, HIDDEN),
    "pooler/dense/bias": (HIDDEN,),
}
BLOCK = "encoder/layer_shared"
for layer, shape in {
    "attention/self/query": (HIDDEN, HIDDEN),
    "attention/self/key": (HIDDEN, HIDDEN),
    "attention/self/value": (HIDDEN, HIDDEN),
    "attention/output/dense": (HIDDEN, HIDDEN),
    "intermediate/dense": (HIDDEN, INNER),
    "output/dense": (INNER, HIDDEN),
}.items():
    SHAPES[f"{BLOCK}/{layer}/kernel"] = shape
    SHAPES[f"{BLOCK}/{layer}/bias"] = shape[1:]
for layer in ("attention/output", "output"):
    for part in ("gamma", "beta"):
        SHAPES[f"{BLOCK}/{layer}/LayerNorm/{part}"] = (HIDDEN,)


class Held(dict):
    """Arrays in memory as a file of weights."""

    def shapes(self):
        return {name: value.shape for name, value in self.items()}

    def unreadable(self):
        types = {name: value.dtype for name, value in self.items()}
        return {name: str(kind) for name, kind in types.items() if kind.kind != "f"}

    def read(self, name):
        return self[name]


@pytest.fixture(scope="module")
def variables():
    random = np.random.RandomState(5)
    return {
        name: (random.standard_normal(shape) * 0.3).astype("float32")
        for name, shape in SHAPES.items()
    }


@pytest.fixture
def checkpoint(tmp_path, variables):
    """Writes a checkpoint with further keys in its configuration."""

    def write(scope="bert/", **keys):
        slots = {
            f"{name}/{slot}": value
            for name, value in variables.items()
            for slot in ("adam_m", "adam_v")
        }
        named = {scope + name: value for name, value in (variables | slots).items()}
        head = {"cls/predictions/output_bias": np.zeros(len(VOCABULARY), "float32")}
        save_tensorflow(tmp_path / "albert_model.ckpt", named | head)
        path = tmp_path / "albert_config_base.json"
        path.write_text(json.dumps(CONFIG | keys), "utf-8")
        text = "\n".join(VOCABULARY) + "\n"
        (tmp_path / "vocab.txt").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_an_early_albert_gives_what_its_equations_give(checkpoint, variables):
    loaded = load_encoder(checkpoint(), with_pool=True)
    token_ids = np.array([[2, 7, 9, 30, 3], [2, 11, 3, 0, 0]], "int32")
    segment_ids = np.array([[0, 0, 0, 1, 1], [0, 0, 0, 0, 0]], "int32")
    mask = (token_ids != 0).astype("int32")
    hidden, pooled = loaded.encoder(token_ids, segment_ids, mask)
    expected = equations(variables, token_ids, segment_ids, mask)
    real = mask.astype(bool)
    np.testing.assert_allclose(np.asarray(hidden)[real], expected[real], atol=1e-5)
    weight, bias = (variables[f"pooler/dense/{name}"] for name in ("kernel", "bias"))
    np.testing.assert_allclose(
        np.asarray(pooled), np.tanh(expected[:, 0] @ weight + bias), atol=1e-5
    )


def equations(weights, token_ids, segment_ids, mask):
    """Returns hidden states `(batch, tokens, hidden)` of albert_zh's modeling.py."""

    def dense(name, x):
        return x @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]

    def norm(name, x):
        centred = x - x.mean(-1, keepdims=True)
        x = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return (
            x * weights[f"{name}/LayerNorm/gamma"] + weights[f"{name}/LayerNorm/beta"]
        )

    def gelu(x):
        return x * 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))

    def heads(x):
        return x.reshape(*x.shape[:2], HEADS, -1).transpose(0, 2, 1, 3)

    weights = {f"{name}": value.astype("float64") for name, value in weights.items()}
    tables = {name: weights[f"embeddings/{name}"] for name in NAMES}
    x = tables["word_embeddings"][token_ids] @ tables["word_embeddings_2"]
    x = x + tables["token_type_embeddings"][segment_ids]
    x = norm("embeddings", x + tables["position_embeddings"][: token_ids.shape[1]])
    for _ in range(LAYERS):
        query, key, value = (
            heads(dense(f"{BLOCK}/attention/self/{name}", x))
            for name in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.sqrt(HIDDEN // HEADS)
        scores = np.exp(scores - 1e4 * (1 - mask[:, None, None]))
        mixed = scores / scores.sum(-1, keepdims=True) @ value
        mixed = mixed.transpose(0, 2, 1, 3).reshape(x.shape)
        x = norm(
            f"{BLOCK}/attention/output",
            dense(f"{BLOCK}/attention/output/dense", mixed) + x,
        )
        inner = gelu(dense(f"{BLOCK}/intermediate/dense", x))
        x = norm(f"{BLOCK}/output", dense(f"{BLOCK}/output/dense", inner) + x)
    return x


NAMES = (
    "word_embeddings",
    "word_embeddings_2",
    "token_type_embeddings",
    "position_embeddings",
)


def test_what_is_odd_about_it_is_said(checkpoint):
    inspected = inspect_checkpoint(checkpoint())
    assert inspected.is_complete and inspected.has_pooler
    assert "multiplied into one" in str(inspected)
    assert '("ln_type": "postln"), which the files do not say' in str(inspected)
    assert len(inspected.left_out["optimiser slots"]) == 2 * len(SHAPES)


def test_it_may_say_itself_where_its_layer_norms_stand(checkpoint):
    assert "postln" not in str(inspect_checkpoint(checkpoint(ln_type="postln")))
    with pytest.raises(CheckpointError, match="ln_type='preln'"):
        find_checkpoint(checkpoint(ln_type="preln"))


def test_names_behind_a_scope_of_tensorflow_are_found(checkpoint):
    found = find_checkpoint(checkpoint(scope="model/bert/"))
    assert found.names.prefix == "model/bert/"
    assert found.config.embedding_dim == HIDDEN


def test_one_of_a_size_that_may_be_of_the_other_kind_must_say_it(tmp_path):
    path = tmp_path / "albert_config_xlarge.json"
    with pytest.raises(CheckpointError, match='Add "ln_type": "postln" if'):
        as_googles({"hidden_size": 2048}, path)
    raw, _ = as_googles({"hidden_size": 2048, "ln_type": "postln"}, path)
    assert raw["embedding_size"] == 2048


@pytest.mark.parametrize("shape", [(WIDTH + 1, HIDDEN), (HIDDEN,), None])
def test_tables_that_do_not_fit_are_refused(variables, tmp_path, shape):
    held = Held(variables)
    del held["embeddings/word_embeddings_2"]
    if shape is not None:
        held["embeddings/word_embeddings_2"] = np.zeros(shape, "float32")
    with pytest.raises(CheckpointError, match="in two tables"):
        EarlyAlbert(held, tmp_path)


def test_a_table_that_holds_no_floats_is_told(variables, tmp_path):
    for name in ("embeddings/word_embeddings", "embeddings/word_embeddings_2"):
        held = Held(variables | {name: variables[name].astype("int8")})
        told = EarlyAlbert(held, tmp_path).unreadable()
        assert told == {"embeddings/word_embeddings": "int8"}


def test_only_their_own_names_are_those_of_early_alberts():
    assert is_early_albert(["bert/encoder/layer_shared/output/dense/bias"])
    assert not is_early_albert(["bert/encoder/layer_0/output/dense/bias"])
