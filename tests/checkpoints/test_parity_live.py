"""At full size, kerascls gives what bert4keras and transformers give at this moment.

Both run in the Python that `KERASCLS_REFERENCE_PYTHON` names (how to make one:
`references/README.md`), or in this one, where they are installed. Weights are random,
the sizes are those of the presets and of other families. Ours runs on the backend that
`KERAS_BACKEND` names. What PyTorch writes is read with the same numbers.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from checkpoint_cases import Case, Model
from make_checkpoints import write_checkpoint

from kerascls.checkpoints.loading import load_encoder
from kerascls.checkpoints.weight_files.formats import open_weights
from kerascls.errors import CheckpointError
from kerascls.models.encoder_config import EncoderConfig
from kerascls.models.presets import PRESETS

HERE = Path(__file__).parent
# Those left out have the architecture of bert, or fewer of its layers.
NAMES = [
    name
    for name, preset in PRESETS.items()
    if isinstance(preset.config, EncoderConfig)
    and name not in ("roberta_wwm_ext", "macbert", "rbt3")
]
OF_TENSORFLOW = ("bert", "albert", "electra")
BASE = PRESETS["bert"].config
# Other families at the sizes of their published base models.
SIZES = {name: PRESETS[name].config for name in NAMES} | {
    "roberta": PRESETS["xlm_roberta"].config,
    "camembert": PRESETS["xlm_roberta"].config,
    "distilbert": replace(BASE, family="distilbert", num_layers=6, num_token_types=0),
    "distilbert_of_12_layers": replace(BASE, family="distilbert", num_token_types=0),
    "ernie": replace(BASE, max_positions=2048),
}
MODEL_TYPES = {"xlm_roberta": "xlm-roberta", "camembert": "camembert", "ernie": "ernie"}
MOST_TOKENS = 21128  # of larger vocabularies a part: the rest takes memory alone
LAYOUTS = {"bert4keras": "tensorflow", "transformers": "huggingface"}
CASES = [
    (name, project)
    for name in SIZES
    for project in LAYOUTS
    if project == "transformers"
    or (name in NAMES and SIZES[name].family in OF_TENSORFLOW)
]
NEEDED = {
    "bert4keras": ("bert4keras", "tf_keras", "tensorflow", "distutils"),
    "transformers": ("transformers", "torch"),
    "torch": ("torch",),
}
GELUS = {"gelu_erf": "erf", "gelu_tanh": "tanh"}
TOLERANCE = 3e-5

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path):
    """An empty directory that is gone afterwards: some checkpoints have 400 MB."""
    yield tmp_path
    shutil.rmtree(tmp_path)


@pytest.mark.parametrize(("name", "project"), CASES)
def test_a_model_of_full_size_gives_what_the_project_gives(folder, name, project):
    python = reference_python(project)
    case = full_size_case(name, LAYOUTS[project])
    write_checkpoint(case, folder)
    inputs = make_inputs(case.model)
    expected = run_reference(python, project, case, folder, inputs)
    real = inputs["token_ids"] != case.model.pad_id
    for key, outputs in run_ours(folder, case, inputs).items():
        rows = real if key == "hidden" else slice(None)
        np.testing.assert_allclose(
            outputs[rows], expected[key][rows], rtol=0, atol=TOLERANCE
        )


def test_what_pytorch_writes_is_read_to_the_bit(folder):
    python = reference_python("torch")
    random = np.random.RandomState(23)
    arrays = {"a": random.standard_normal((30, 7)), "b": random.standard_normal((4, 5))}
    np.savez(folder / "arrays.npz", **arrays)
    command = [python, HERE / "write_with_torch.py", folder / "arrays.npz", folder]
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-3000:]
    for path in sorted(folder.glob("*-*.*")):
        form, _, dtype = path.stem.partition("-")
        prefix = "model." if form == "outer" else ""
        weights = open_weights(path)
        with np.load(folder / f"{dtype}.npz") as expected:
            assert set(expected) <= {
                name.removeprefix(prefix) for name in weights.shapes()
            }
            for name, value in expected.items():
                read = weights.read(prefix + name)
                np.testing.assert_array_equal(read, value.astype("float32"))
    with pytest.raises(CheckpointError, match="torch.nn.modules.linear.Linear"):
        open_weights(folder / "module.bin")


@cache
def reference_python(project: str) -> str:
    python = os.environ.get("KERASCLS_REFERENCE_PYTHON", sys.executable)
    search = (
        "import sys, importlib.util as u; "
        "print(*[name for name in sys.argv[1:] if u.find_spec(name) is None])"
    )
    command = [python, "-c", search, *NEEDED[project]]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    if missing := found.stdout.split():
        pytest.skip(
            f"{python} has no {', '.join(missing)}; set KERASCLS_REFERENCE_PYTHON"
        )
    return python


def full_size_case(name: str, layout: str) -> Case:
    config = SIZES[name]
    model = Model(
        name=name,
        family=config.family,
        seed=21,
        gelu=GELUS[config.activation],
        embedding_dim=config.embedding_dim,
        hidden_dim=config.hidden_dim,
        intermediate_dim=config.intermediate_dim,
        num_layers=config.num_layers,
        num_heads=config.num_heads,
        max_positions=config.num_positions,
        num_token_types=config.num_token_types,
        spread=0.04,
        vocab_size=min(config.vocab_size, MOST_TOKENS),
        pad_id=max(config.first_position - 1, 0),
        num_task_types=3 if name == "ernie" else 0,
        model_type=MODEL_TYPES.get(name),
    )
    if layout == "huggingface":
        return Case(name=name, model=model, layout=layout, prefix=True)
    files = {"config_file": "bert_config.json", "weights_file": "bert_model.ckpt"}
    return Case(name=name, model=model, layout=layout, **files)


def make_inputs(model: Model) -> dict[str, np.ndarray]:
    """Returns rows of 128, 100, 37 and 5 tokens, the last third segment 1."""
    random = np.random.RandomState(22)
    lengths = np.array([128, 100, 37, 5])[:, None]
    places = np.arange(128)[None]
    token_ids = random.randint(2, model.vocab_size, (4, 128))
    token_ids = np.where(places < lengths, token_ids, model.pad_id)
    is_second = (3 * places > 2 * lengths) & (model.num_token_types > 1)
    return {
        "token_ids": token_ids.astype("int32"),
        "segment_ids": is_second.astype("int32"),
    }


def run_reference(
    python: str, project: str, case: Case, folder: Path, inputs: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    files = [folder / "inputs.npz", folder / "outputs.npz"]
    np.savez(files[0], **inputs)
    script = HERE / "reference_models.py"
    model = case.model
    kind = model.model_type or model.family
    command = [python, script, project, folder, kind, model.gelu, *files]
    result = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=900
    )
    assert result.returncode == 0, result.stderr[-3000:]
    with np.load(files[1]) as outputs:
        return dict(outputs)


def run_ours(
    folder: Path, case: Case, inputs: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    import keras

    with_pool = case.model.has_pooler
    encoder = load_encoder(folder, with_pool=with_pool).encoder
    padding_mask = (inputs["token_ids"] != case.model.pad_id).astype("int32")
    outputs = encoder(inputs["token_ids"], inputs["segment_ids"], padding_mask)
    hidden, pooled = outputs if with_pool else (outputs, None)
    named = {"hidden": hidden} | ({"pooled": pooled} if with_pool else {})
    return {k: keras.ops.convert_to_numpy(value) for k, value in named.items()}
