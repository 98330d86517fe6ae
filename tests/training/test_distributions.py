"""Distributions from a file to predictions: trained, scored, tuned, served."""

import json

import keras
import numpy as np
import pytest
from keras import ops
from tiny_jobs import KillAt, Killed

import kerascls
from kerascls.data.labels import Task
from kerascls.decision.rule import Rule
from kerascls.errors import DataError, SettingsError
from kerascls.evaluation.metrics.distributions import distances
from kerascls.inference.bundle import open_bundle
from kerascls.settings.run_settings import RunSettings
from kerascls.settings.training import settled
from kerascls.system.console import Screen
from kerascls.training.build import start_shares
from kerascls.training.job import prepare
from kerascls.training.losses.cross_entropy import loss_for

WORDS = {
    "cs": ("net", "code", "graph", "cpu"),
    "stat": ("mean", "bayes", "test", "prior"),
    "math": ("ring", "group", "proof", "lemma"),
}
COLUMNS = {"task": "distribution", "text": ("title", "abstract")}


def write_rows(path, rows, seed):
    """Writes rows whose words tell their shares; every fifth has no title."""
    random = np.random.default_rng(seed)
    lines = []
    for number in range(rows):
        shares = random.dirichlet(np.ones(3))
        topics = random.choice(3, 16, p=shares)
        words = [random.choice(WORDS[list(WORDS)[topic]]) for topic in topics]
        row = {"abstract": " ".join(words[6:])}
        if number % 5:
            row["title"] = " ".join(words[:6])
        row["labels"] = dict(zip(WORDS, map(float, shares), strict=True))
        lines.append(json.dumps(row))
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shares")
    sizes = {"train": 160, "valid": 40, "test": 40}
    return {
        name: write_rows(folder / f"{name}.jsonl", rows, seed)
        for seed, (name, rows) in enumerate(sizes.items())
    }


@pytest.fixture(scope="module")
def run(files, tmp_path_factory):
    """A linear model, in a second or two."""
    pytest.importorskip("sklearn")
    out = tmp_path_factory.mktemp("runs") / "linear"
    return kerascls.fit(model="linear", out=out, quiet=True, **files, **COLUMNS)


@pytest.fixture(scope="module")
def neural_run(files, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "fasttext"
    options = {"model": "fasttext", "epochs": 6, "learning_rate": 0.1}
    options |= {"batch_size": 16, "baseline": False, "quiet": True}
    return kerascls.fit(out=out, **options, **files, **COLUMNS)


@pytest.mark.parametrize("kind", ["run", "neural_run"])
def test_the_answer_depends_on_what_is_read(request, kind):
    result = request.getfixturevalue(kind)
    predictor = kerascls.Predictor.load(result.bundle)
    rows = [("net code cpu", ""), ("", "ring group lemma"), ("mean", "bayes prior")]
    probabilities = predictor.predict_proba(rows)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    names = [predictor.labels[place] for place in probabilities.argmax(axis=1)]
    assert names == ["cs", "math", "stat"]
    kl = result.report.distribution.differences["kl"]
    assert kl.high < 0, "surely better than the training mean"


def test_the_rule_is_the_mass_and_the_temperature_is_fitted(run):
    bundle = open_bundle(run.bundle)
    assert bundle.rule == Rule("cumulative", mass=0.8)
    assert bundle.decision.calibration.kind == "temperature"
    assert sum(bundle.train_shares.values()) == pytest.approx(1, abs=1e-5)


def test_a_run_is_chosen_by_its_divergence(neural_run):
    facts = json.loads((neural_run.out / "run.json").read_text("utf-8"))
    assert facts["settings"]["train"]["best_by"] == "kl"
    assert facts["task"] == "distribution"


def test_a_bundle_scores_as_at_the_end_of_training(run, files):
    report = kerascls.evaluate(run.bundle, files["test"])
    assert report.scores.distances == pytest.approx(run.report.scores.distances)
    assert report.distribution.to_dict() == run.report.distribution.to_dict()


def test_tuning_changes_the_mass(run, files, tmp_path):
    before = open_bundle(run.bundle).rule
    for valid in (None, files["valid"]):
        result = kerascls.tune(run.bundle, valid, mass=0.5)
        assert result.decision.rule == Rule("cumulative", mass=0.5)
        assert result.after.distances is not None
        kerascls.tune(run.bundle, undo=True)
    assert open_bundle(run.bundle).rule == before


def test_a_file_without_any_text_in_a_row_is_refused_with_its_place(run, tmp_path):
    path = tmp_path / "texts.jsonl"
    rows = [{"abstract": "ring"}, {"title": "net"}, {"title": " "}]
    path.write_text("\n".join(map(json.dumps, rows)))
    with pytest.raises(DataError, match="texts.jsonl:3: text columns"):
        kerascls.predict(run.bundle, path, tmp_path / "out.jsonl")
    path.write_text("\n".join(map(json.dumps, rows[:2])))
    assert kerascls.predict(run.bundle, path, tmp_path / "out.jsonl") == 2
    lines = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["labels"][0] for line in lines] == ["math", "cs"]


def test_a_prediction_of_nothing_is_refused(run):
    predictor = kerascls.Predictor.load(run.bundle)
    with pytest.raises(SettingsError, match=r"a text in title or abstract.*texts\[1\]"):
        predictor.predict([("net", ""), (" ", "")])


def test_tables_of_predictions_have_lists_of_labels(run):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"title": ["net code"], "abstract": [""]})
    found = kerascls.predict(run.bundle, frame)
    assert found["predicted"][0][0] == "cs"
    assert found["score_cs"][0] == pytest.approx(found["score"][0][0])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            {"model": "fasttext", "imbalance": "class_weight"},
            "counts the rows of a label",
        ),
        ({"label_weights": {"cs": 2}}, "counts the rows of a label"),
        ({"model": "fasttext", "augment_below": 9}, "counts the rows of a label"),
        ({"linear_loss": "log_loss"}, "no loss of single labels"),
        ({"threshold": 0.3}, "a rule for shares of labels"),
        ({"objective": "f1"}, "a rule for shares of labels"),
        ({"shrinkage": 3.0}, "a rule for shares of labels"),
        ({"calibration": "platt"}, "are for multilabel"),
        ({"model": "seq2seq"}, "all labels at once"),
    ],
)
def test_what_means_nothing_for_shares_is_refused(files, options, told):
    settings = RunSettings.from_options(**{"model": "linear"} | files | COLUMNS)
    with pytest.raises(SettingsError, match=told):
        prepare(settings.with_options(**options), Screen(quiet=True), cache=False)


def test_distances_choose_among_distributions_alone():
    train = RunSettings().train
    assert settled(train, Task.DISTRIBUTION).best_by == "kl"
    stated = RunSettings.from_options(best_by="cosine").train
    assert settled(stated, Task.DISTRIBUTION).best_by == "cosine"
    assert settled(train, Task.MULTILABEL).best_by == "macro_f1"
    with pytest.raises(SettingsError, match="train.best_by=macro_f1"):
        settled(stated, Task.MULTICLASS)


def test_the_first_answer_is_the_training_mean(files):
    options = {"model": "fasttext"} | files | COLUMNS
    settings = RunSettings.from_options(**options)
    job = prepare(settings, Screen(quiet=True), cache=False)
    dense = job.data.targets("train").all_dense()
    np.testing.assert_allclose(start_shares(job), dense.mean(axis=0), rtol=1e-5)


def test_ensembles_and_audits_of_shares_are_refused(run, neural_run, files):
    with pytest.raises(SettingsError, match="kerascls compare RUN RUN --by kl"):
        kerascls.ensemble([run.out, neural_run.out], out=run.out.parent / "both")
    with pytest.raises(SettingsError, match="for boost"):
        kerascls.boost(model="linear", **files, **COLUMNS)
    with pytest.raises(SettingsError, match="kerascls data stats FILE"):
        kerascls.audit(files["train"], **COLUMNS)
    assert kerascls.describe_data(files["train"], **COLUMNS).rows == 160


FROZEN = {"freeze_encoder": True, "mlp_dim": 8, "epochs": 2, "batch_size": 16}
FROZEN |= {"max_tokens": 16, "learning_rate": 0.01, "baseline": False, "quiet": True}


@pytest.fixture(scope="module")
def frozen_run(files, tiny_checkpoint, tmp_path_factory):
    """A head of one hidden layer on the kept features of an encoder."""
    out = tmp_path_factory.mktemp("runs") / "frozen"
    options = FROZEN | {"checkpoint": tiny_checkpoint, "save_steps": 1}
    return kerascls.fit(out=out, **options, **files, **COLUMNS)


def test_a_hidden_layer_on_kept_features_learns_shares(frozen_run):
    report = frozen_run.report
    assert report.scores.distances["kl"] < 2
    history = (frozen_run.out / "history.csv").read_text("utf-8-sig")
    losses = [line.split(",")[7] for line in history.splitlines()[1:]]
    assert float(losses[-1]) < float(losses[0])


@pytest.mark.slow
@pytest.mark.parametrize("format", ["onnx", "savedmodel"])
def test_exports_decide_as_the_run_does(frozen_run, format, tmp_path):
    pytest.importorskip("onnx" if format == "onnx" else "tensorflow")
    out = tmp_path / "exported"
    exported = kerascls.export(frozen_run.out, format=format, out=out)
    assert exported.comparison.changed == 0


@pytest.mark.slow
def test_a_killed_training_ends_where_an_undisturbed_one_does(
    frozen_run, files, tiny_checkpoint, tmp_path
):
    options = FROZEN | {"checkpoint": tiny_checkpoint, "save_steps": 1}
    options |= {"out": tmp_path / "cut"} | files | COLUMNS
    with pytest.raises(Killed):
        kerascls.fit(callbacks=[KillAt(13)], **options)
    again = kerascls.fit(resume=True, quiet=True, out=tmp_path / "cut")
    for name in ("history.csv", "report.json", "bundle/model.safetensors"):
        whole = (frozen_run.out / name).read_bytes()
        assert (again.out / name).read_bytes() == whole, name


def texts_and_shares(seed, topics=8, words=40, length=20, rows=600):
    """Rows of one to three of eight topics, half of whose words say nothing."""
    random = np.random.default_rng(seed)
    ids, shares = np.zeros((rows, length), int), np.zeros((rows, topics), np.float32)
    for row in range(rows):
        own = random.choice(topics, random.integers(1, 4), replace=False)
        shares[row, own] = 1 / len(own)
        told = random.choice(own, length) * words + random.integers(0, words, length)
        noise = topics * words + random.integers(0, 500, length)
        ids[row] = np.where(random.random(length) < 0.5, noise, told)
    return ids, shares


def squared_error_of_probabilities(shares, logits):
    return ops.mean(ops.square(ops.softmax(logits) - shares), axis=-1)


def trained(loss, ids, shares, seed):
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((ids.shape[1],), dtype="int32")
    hidden = keras.layers.Embedding(900, 64)(inputs)
    hidden = keras.layers.GlobalAveragePooling1D()(hidden)
    for _ in range(2):
        hidden = keras.layers.Dense(256, "relu")(hidden)
    model = keras.Model(inputs, keras.layers.Dense(shares.shape[1])(hidden))
    model.compile(keras.optimizers.SGD(0.3, momentum=0.9), loss)
    weights = np.full(len(ids), 1 / 32)
    model.fit(ids, shares, sample_weight=weights, epochs=15, batch_size=32, verbose=0)
    return model


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_a_squared_error_stays_at_the_mean_where_the_divergence_learns(seed):
    """By the same steps of gradient descent; Adam's do not depend on their size."""
    ids, shares = texts_and_shares(seed)
    mean = np.broadcast_to(shares[:500].mean(axis=0), shares[500:].shape)
    of_mean = distances(shares[500:], mean)["kl"]
    found = {}
    for name, loss in {
        "squared": lambda *both: 32 * squared_error_of_probabilities(*both),
        "divergence": loss_for(Task.DISTRIBUTION),
    }.items():
        model = trained(loss, ids[:500], shares[:500], seed)
        logits = ops.convert_to_numpy(model(ids[500:]))
        predicted = np.exp(logits - np.logaddexp.reduce(logits, axis=1)[:, None])
        spread = predicted.std(axis=0).mean()
        found[name] = spread, distances(shares[500:], predicted)["kl"]
    assert found["squared"][0] < 0.01, "one answer, whatever is read"
    assert found["squared"][1] > 0.95 * of_mean
    assert found["divergence"][0] > 0.1
    assert found["divergence"][1] < 0.7 * of_mean
