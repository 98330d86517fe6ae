"""kerascls gives what bert4keras and transformers gave on the same weights."""

import importlib.util
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import keras
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from checkpoint_cases import CASES, KEPT_TOKENS, MODELS, Case
from make_checkpoints import weights_digest, write_checkpoint

from kerascls.checkpoints.loading import load_encoder
from kerascls.checkpoints.transformer_model import build_transformer_model

ROOT = Path(__file__).parents[2]
TOLERANCE = 1e-5
BATCHES = ("plain", "padded", "pairs")
GELUS = ("erf", "tanh")
ELECTRA = [name for name, case in CASES.items() if case.model.family == "electra"]
WITH_POOLER = [name for name, case in CASES.items() if case.model.has_pooler]
GOOGLE = [name for name, case in CASES.items() if case.layout == "tensorflow"]


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory):
    """Returns a function from a case's name to its checkpoint, written once."""

    @cache
    def write(name: str) -> Path:
        return write_checkpoint(CASES[name], tmp_path_factory.mktemp(name))

    return write


@cache
def references(model_name: str) -> dict[str, np.ndarray]:
    with np.load(Path(__file__).parent / "references" / f"{model_name}.npz") as file:
        return dict(file)


@cache
def built(folder: Path, name: str, **options):
    """Returns `build_transformer_model`'s model; the same call, the same model."""
    case = CASES[name]
    if "keep_tokens" in options:
        options["keep_tokens"] = list(options["keep_tokens"])
    return build_transformer_model(
        str(folder / case.config_file),
        str(folder / case.weights_file),
        model=case.model.family,
        **options,
    )


@cache
def loaded(folder: Path, name: str):
    return load_encoder(folder, with_pool=name in WITH_POOLER).encoder


def feed(case: Case, batch: str, token_ids: str | None = None) -> list[np.ndarray]:
    arrays = references(case.model.name)
    return [arrays[token_ids or f"{batch}/token_ids"], arrays[f"{batch}/segment_ids"]]


def check_hidden(case: Case, hidden, place: str, token_ids: np.ndarray):
    """Compares real tokens with the references of both projects, where stored."""
    real = token_ids != case.model.pad_id
    check(case, keras.ops.convert_to_numpy(hidden)[real], f"{place}/hidden", real)


def check(case: Case, outputs, place: str, real=slice(None)):
    arrays = references(case.model.name)
    projects = [p for p in ("bert4keras", "transformers") if f"{p}/{place}" in arrays]
    assert projects
    for project in projects:
        np.testing.assert_allclose(
            keras.ops.convert_to_numpy(outputs),
            arrays[f"{project}/{place}"][real],
            rtol=0,
            atol=TOLERANCE,
            err_msg=f"{case.name} differs from {project} in {place}",
        )


def test_the_backend_is_the_one_asked_for():
    assert keras.backend.backend() == os.environ.get("KERAS_BACKEND", "tensorflow")


@pytest.mark.parametrize("name", MODELS)
def test_the_references_belong_to_these_weights(name):
    assert references(name)["weights_sha256"] == weights_digest(MODELS[name])


def test_only_the_plain_batch_has_no_padding():
    arrays = references("bert")
    padded = [batch for batch in BATCHES if (arrays[f"{batch}/token_ids"] == 0).any()]
    assert padded == ["padded", "pairs"]


@pytest.mark.parametrize("name", MODELS)
def test_the_references_tell_the_two_gelus_apart(name):
    arrays = references(name)
    erf, tanh = (arrays[f"transformers/{gelu}/padded/hidden"] for gelu in GELUS)
    assert np.abs(erf - tanh).max() > 10 * TOLERANCE


@pytest.mark.parametrize(
    ("gelu", "batch"), [*(("erf", batch) for batch in BATCHES), ("tanh", "padded")]
)
@pytest.mark.parametrize("name", CASES)
def test_built_models_give_the_reference_hidden_states(checkpoint, name, gelu, batch):
    token_ids, segment_ids = feed(CASES[name], batch)
    hidden = built(checkpoint(name), name, gelu=gelu)([token_ids, segment_ids])
    check_hidden(CASES[name], hidden, f"{gelu}/{batch}", token_ids)


@pytest.mark.parametrize("name", WITH_POOLER)
def test_built_models_give_the_reference_pooled_vectors(checkpoint, name):
    case = CASES[name]
    model = built(checkpoint(name), name, with_pool=True)
    for batch in BATCHES:
        check(case, model(feed(case, batch)), f"{case.expected_gelu}/{batch}/pooled")


@pytest.mark.parametrize("name", ELECTRA)
def test_built_models_take_the_gelu_of_configuration_or_family(checkpoint, name):
    case = CASES[name]
    token_ids, segment_ids = feed(case, "padded")
    hidden = built(checkpoint(name), name)([token_ids, segment_ids])
    check_hidden(case, hidden, f"{case.expected_gelu}/padded", token_ids)


@pytest.mark.parametrize("name", GOOGLE)
def test_kept_tokens_give_what_bert4keras_gives(checkpoint, name):
    token_ids, segment_ids = feed(CASES[name], "padded", "keep_tokens/token_ids")
    model = built(checkpoint(name), name, keep_tokens=tuple(KEPT_TOKENS))
    hidden = model([token_ids, segment_ids])
    check_hidden(CASES[name], hidden, "keep_tokens", token_ids)


@pytest.mark.parametrize("name", GOOGLE)
def test_fewer_layers_give_what_bert4keras_gives(checkpoint, name):
    token_ids, segment_ids = feed(CASES[name], "padded")
    model = built(checkpoint(name), name, num_hidden_layers=1)
    hidden = model([token_ids, segment_ids])
    check_hidden(CASES[name], hidden, "num_hidden_layers", token_ids)


@pytest.mark.parametrize("batch", ["padded", "pairs"])
@pytest.mark.parametrize("name", CASES)
def test_loaded_encoders_give_the_reference_outputs(checkpoint, name, batch):
    case, place = CASES[name], f"{CASES[name].expected_gelu}/{batch}"
    token_ids, segment_ids = feed(case, batch)
    padding_mask = (token_ids != case.model.pad_id).astype("int32")
    outputs = loaded(checkpoint(name), name)(token_ids, segment_ids, padding_mask)
    if name in WITH_POOLER:
        outputs, pooled = outputs
        check(case, pooled, f"{place}/pooled")
    check_hidden(case, outputs, place, token_ids)


@pytest.mark.skipif(
    keras.backend.backend() == "jax", reason="this run has the JAX backend already"
)
@pytest.mark.slow
def test_the_same_under_jax():
    if importlib.util.find_spec("jax") is None:
        pytest.skip("jax is not installed")
    command = [sys.executable, "-m", "pytest", "-q", __file__, "-k", "not under_jax"]
    result = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=os.environ | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]
