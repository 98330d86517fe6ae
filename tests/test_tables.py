"""Each closed list is one table; what is added to it is used everywhere."""

import ast
import csv
from functools import cache
from pathlib import Path

import pytest
import table_rows

import kerascls
from kerascls.auditing.judges import JUDGES, Judge
from kerascls.checkpoints.config_family import config_family
from kerascls.checkpoints.config_files import encoder_config
from kerascls.checkpoints.transformer_model import build_transformer_model
from kerascls.checkpoints.weight_files.formats import FORMATS as WEIGHT_FORMATS
from kerascls.data.profiles import PROFILES
from kerascls.errors import ExportError, SettingsError
from kerascls.experiments.search.space import search_space
from kerascls.inference.explanation.explainers import EXPLAINERS, Explainer
from kerascls.inference.predictor import Predictor
from kerascls.inference.runtimes import RUNTIMES, RuntimeKind
from kerascls.models.classic.config import CLASSICS
from kerascls.models.families import FAMILIES, Family
from kerascls.models.linear.config import LINEAR_LOSSES, LinearLoss
from kerascls.models.presets import PRESETS
from kerascls.models.registry import ACTIVATIONS, POOLINGS, Activation, Pooling
from kerascls.preprocessing.tokenizers.units import UNITS
from kerascls.preprocessing.word_vectors import KINDS
from kerascls.serving.exporters.formats import FORMATS, Format
from kerascls.settings.imbalance import METHODS, Method
from kerascls.settings.run_settings import RunSettings, choices
from kerascls.settings.training import LANGUAGES, TRACKERS
from kerascls.system.tables import named

PACKAGE = Path(kerascls.__file__).parent
TABLES = {
    "poolings": (POOLINGS, "models/registry.py"),
    "activations": (ACTIVATIONS, "models/registry.py"),
    "families": (FAMILIES, "models/families.py"),
    "forms of weights": (WEIGHT_FORMATS, "checkpoints/weight_files/formats.py"),
    "models": (PRESETS, "models/presets.py"),
    "classic models": (CLASSICS, "models/classic/config.py"),
    "methods for skewed labels": (METHODS, "settings/imbalance.py"),
    "linear losses": (LINEAR_LOSSES, "models/linear/config.py"),
    "trackers": (TRACKERS, "settings/training.py"),
    "languages": (LANGUAGES, "settings/training.py"),
    "profiles of skewed data": (PROFILES, "data/profiles.py"),
    "runtimes": (RUNTIMES, "inference/runtimes/__init__.py"),
    "export formats": (FORMATS, "serving/exporters/formats.py"),
    "explainers": (EXPLAINERS, "inference/explanation/explainers.py"),
    "judges": (JUDGES, "auditing/judges.py"),
    "units": (UNITS, "preprocessing/tokenizers/units.py"),
    "kinds of word vectors": (KINDS, "preprocessing/word_vectors.py"),
}
# Lists of other things, some of which have the same names.
OTHERS = {
    ("trackers", "system/extras.py"),  # packages, held against pyproject.toml
    ("runtimes", "system/extras.py"),  # the same
    ("poolings", "experiments/seed_spread.py"),  # columns of a table of scores
    ("models", "models/classic/config.py"),  # presets that its table makes
    ("models", "models/families.py"),  # two presets are called as their family is
}


def words(node: ast.AST) -> list[str]:
    """Returns the texts that a literal collection holds, or `Literal[...]`."""
    items: list[ast.AST] = []
    if isinstance(node, ast.Dict):
        items = [key for key in node.keys if key is not None]
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        items = node.elts
    return [
        item.value
        for item in items
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]


@cache
def collections() -> list[tuple[str, set[str]]]:
    return [
        (path.relative_to(PACKAGE).as_posix(), set(found))
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (found := words(node))
    ]


@pytest.mark.parametrize("kind", TABLES)
def test_a_closed_list_is_written_once(kind):
    table, home = TABLES[kind]
    names = set(table)
    lists = [
        place
        for place, found in collections()
        if len(found & names) >= min(2, len(names)) and (kind, place) not in OTHERS
    ]
    # Presets carry their names themselves.
    assert lists == ([] if kind == "models" else [home])


def numbers(value: float) -> list[str]:
    return [
        path.relative_to(PACKAGE).as_posix()
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value == value
    ]


def test_what_an_8_bit_model_may_change_is_written_once():
    others = [home for _, home in TABLES.values()]  # rates of learning, for example
    found = [place for place in numbers(0.003) if place not in others]
    assert found == ["serving/exporters/acceptance.py"]


def test_every_row_refers_to_something_that_is_there():
    places = [*TRACKERS.values()]
    rows = [*POOLINGS.values(), *ACTIVATIONS.values(), *FORMATS.values()]
    rows += [*METHODS.values(), *JUDGES.values(), *RUNTIMES.values()]
    rows += [*LINEAR_LOSSES.values(), *WEIGHT_FORMATS.values(), *UNITS.values()]
    rows += [*EXPLAINERS.values()]
    rows += [preset.architecture for preset in PRESETS.values()]
    for row in rows:
        places += [x for x in vars(row).values() if isinstance(x, str) and ":" in x]
    assert len(places) > 30
    assert all(callable(named(place)) for place in places)


@pytest.mark.parametrize(
    ("option", "value", "nearest"),
    [
        ("pooling", "meen", "mean"),
        ("imbalance", "class-weights", "class_weight"),
        ("linear_loss", "log", "log_loss"),
        ("track", "tensorbord", "tensorboard"),
        ("model", "alberta_small", "albert_small"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(option, value, nearest):
    with pytest.raises(SettingsError, match=f"{option}='{value}'.*Did you mean") as one:
        RunSettings.from_options(**{option: value})
    assert f"mean {nearest!r}?" in str(one.value)


TEXTS, LABELS = ("新车今天上海发布", "我们今天去看足球"), ("汽车", "体育")


@pytest.fixture(scope="module")
def files(tmp_path_factory, write_csv) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    rows = list(zip(TEXTS, LABELS, strict=True)) * 4
    return {
        name: write_csv(folder / f"{name}.csv", ("text", "label"), rows)
        for name in ("train", "valid")
    }


@pytest.fixture
def train(train_run, files, tmp_path, monkeypatch):
    """Trains the bag of tokens, which takes less time than an encoder."""
    monkeypatch.setitem(PRESETS, "bag", table_rows.BAG)
    bag = {"checkpoint": None, "model": "bag", "epochs": 1, "learning_rate": 0.1}

    def train(**options):
        return train_run(tmp_path / "run", **files | bag | options)

    return train


def answers(run) -> list[str]:
    found = Predictor.load(run.out).predict(TEXTS)
    return [prediction.labels[0] for prediction in found]


@pytest.mark.parametrize(
    ("layer", "has_weights"),
    [
        ("first_and_mean", False),
        pytest.param("GatedPooling", True, marks=pytest.mark.slow),
    ],
)
def test_a_pooling_is_added(layer, has_weights, train, tiny_checkpoint, monkeypatch):
    row = Pooling(
        meaning="mine",
        layer=f"table_rows:{layer}",
        has_weights=has_weights,
        tried_pretrained=True,
    )
    monkeypatch.setitem(POOLINGS, "mine", row)
    run = train(model=None, checkpoint=tiny_checkpoint, pooling="mine")
    assert set(answers(run)) <= set(LABELS)
    assert "mine" in choices("model.pooling")
    with pytest.raises(ExportError, match="pooling='mine'"):
        kerascls.export(run.out)
    start = RunSettings.from_options(learning_rate=1e-3, batch_size=8)
    space = search_space(start, RunSettings())
    assert "mine" in space["model.pooling"].values


def test_a_method_for_skewed_labels_is_added(train, monkeypatch):
    row = Method(title="seven each", loss="table_rows:sevens")
    monkeypatch.setitem(METHODS, "sevens", row)
    run = train(imbalance="sevens", best_by="loss")
    text = (run.out / "history.csv").read_text("utf-8-sig")
    losses = next(csv.DictReader(text.splitlines()))
    assert float(losses["loss"]) == pytest.approx(7)
    assert 0 < float(losses["val_loss"]) < 2  # the plain cross-entropy
    assert "imbalance: sevens (seven each)" in " ".join(run.shown.split())


def test_a_linear_loss_is_added(train_run, files, tmp_path, monkeypatch):
    row = LinearLoss(meaning="mine", machine="table_rows:hinge", strengths=(1.0,))
    monkeypatch.setitem(LINEAR_LOSSES, "mine", row)
    options = {"checkpoint": None, "epochs": None, "batch_size": None, **files}
    options |= {"learning_rate": None, "max_tokens": None, "baseline": True}
    run = train_run(tmp_path / "run", model="linear", linear_loss="mine", **options)
    assert "characters, mine, C 1" in " ".join(run.shown.split())
    assert answers(run) == list(LABELS)


def test_a_model_is_added(train):
    run = train(epochs=4)
    assert "a bag of tokens" in run.shown
    assert answers(run) == list(LABELS)
    assert "bag" in [row.name for row in kerascls.list_models()]
    with pytest.raises(ExportError, match="model='bag'"):
        kerascls.export(run.out)
    with pytest.raises(SettingsError, match="max_windows=2 for bag, which reads one"):
        train(overwrite=True, max_windows=2)


def test_a_tracker_is_added(train, monkeypatch):
    monkeypatch.setitem(TRACKERS, "lines", "table_rows:start_lines")
    run = train(track="lines", epochs=2)
    written = run.out / "lines" / "epochs.txt"
    assert written.read_text() == "0\n1\n"
    train(overwrite=True)
    assert not written.exists()


def test_a_runtime_is_added(pair_run, monkeypatch):
    row = RuntimeKind(opener="table_rows:FirstLabelRuntime")
    monkeypatch.setitem(RUNTIMES, "first", row)
    predictor = Predictor.load(pair_run.out, runtime="first")
    prediction = predictor.predict([("新车", "")])[0]
    assert prediction.labels == tuple(predictor.labels)[:1]


def test_an_export_format_is_added(pair_run, tmp_path, monkeypatch):
    row = Format(
        suffix=".copy",
        marker=None,
        extra=None,
        in_bundle=False,
        has_int8=False,
        writer="table_rows:write_copy",
        opener="table_rows:open_copy",
    )
    monkeypatch.setitem(FORMATS, "copy", row)
    result = kerascls.export(pair_run.out, format="copy", out=tmp_path / "m.copy")
    assert result.place.is_file()
    assert result.comparison.changed == 0


def test_a_way_to_explain_is_added(pair_predictor, monkeypatch):
    row = Explainer(
        meaning="mine",
        attribute="table_rows:lengths",
        suits="table_rows:suits_pairs",
        needs="a pair",
    )
    monkeypatch.setitem(EXPLAINERS, "lengths", row)
    explanation = pair_predictor.explain(("新车", "a car"), method="lengths")
    assert [value for _, value in explanation.scores(explanation.labels[0])] == [2, 5]


def test_a_judge_is_added(files, monkeypatch):
    pytest.importorskip("cleanlab")
    monkeypatch.setitem(JUDGES, "length", Judge(function="table_rows:judged_by_length"))
    found = kerascls.audit(files["train"], label_errors="length")
    assert "by length" in found.section("label_error").lines


def test_a_family_and_an_activation_are_added(tmp_path, monkeypatch):
    row = Activation(
        function="kerascls.models.layers.transformer:relu",
        onnx="kerascls.serving.exporters.onnx.encoder:relu",
        spellings=("squashed",),
    )
    monkeypatch.setitem(ACTIVATIONS, "squashed", row)
    monkeypatch.setitem(
        FAMILIES, "nezha", Family(title="NEZHA", weight_names="table_rows:NEZHA_NAMES")
    )
    sizes = {
        "vocab_size": 30,
        "hidden_size": 8,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    raw = sizes | {"model_type": "nezha", "hidden_act": "squashed"}
    path = tmp_path / "config.json"
    assert config_family(raw, path) == "nezha"
    config = encoder_config(raw, "nezha", "huggingface", path)
    assert (config.family, config.activation) == ("nezha", "squashed")
    path.write_text(str(raw).replace("'", '"'))
    hidden = build_transformer_model(path, model="nezha").output
    assert hidden.shape[-1] == 8
