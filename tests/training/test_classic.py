"""Classic models from labelled text to a bundle."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1]))
from tiny_jobs import KillAt, Killed

import kerascls
from kerascls.cli.app import kerascls as kerascls_command
from kerascls.errors import SettingsError
from kerascls.inference.bundle import open_bundle
from kerascls.inference.predictor import Predictor
from kerascls.models.backend.compute import choose_compute
from kerascls.models.classic.config import CLASSICS
from kerascls.training.build import build_feeds

TINY = {
    **{"checkpoint": None, "max_tokens": None, "min_count": 1, "epochs": 2},
    **{"embedding_dim": 8, "hidden_dim": 8, "learning_rate": 0.02},
}
SIZES = "embedding_dim", "hidden_dim"
OF_ONE_TEXT = [name for name, row in CLASSICS.items() if not row.reads_pairs]


def tiny(name: str) -> dict:
    """Options of a tiny model, without sizes that it does not have."""
    others = set(SIZES) - set(CLASSICS[name].follows)
    return {option: value for option, value in TINY.items() if option not in others}


@pytest.fixture(scope="module")
def textcnn_run(train_run, multilabel_files, tmp_path_factory):
    """A finished multi-label run; do not change its directory."""
    out = tmp_path_factory.mktemp("classic") / "run"
    return train_run(out, **multilabel_files, model="textcnn", **TINY)


@pytest.fixture
def vectors(tmp_path):
    """Word vectors of width 8 of some characters."""
    rows = [
        f"{char} " + " ".join([str(place)] * 8) for place, char in enumerate("足球车")
    ]
    path = tmp_path / "向量.vec"
    path.write_text("\n".join(["3 8", *rows]) + "\n", encoding="utf-8")
    return path


def test_the_run_says_its_words_and_its_settings(textcnn_run):
    shown = " ".join(textcnn_run.shown.split())
    assert "occur at least 1 times in the training text (auto: ideographs" in shown
    assert "those of textcnn): max_tokens 256, dropout 0.5, batch_size" in shown
    assert "pooling" not in shown
    assert "model: textcnn," in shown


def test_the_bundle_is_whole_and_answers_as_the_model_did(textcnn_run):
    bundle = open_bundle(textcnn_run.out)
    assert (bundle.path / "words.json").is_file()
    predictor = Predictor(bundle)
    texts = ["新车 足球", "", "学校", "🙂", "新车足球" * 100]
    together = predictor.predict_proba(texts)
    for row, text in enumerate(texts):
        alone = predictor.predict_proba([text])[0]
        np.testing.assert_allclose(together[row], alone, atol=1e-6)
    assert np.ptp(together, axis=0).max() > 1e-3


def test_inspect_tells_its_sizes(textcnn_run):
    result = CliRunner().invoke(kerascls_command, ["inspect", str(textcnn_run.out)])
    assert result.exit_code == 0
    assert "textcnn, model=textcnn" in " ".join(result.output.split())


def test_it_has_no_encoder_to_convert(textcnn_run, tmp_path):
    with pytest.raises(SettingsError, match=r"whose model is textcnn\. Train another"):
        kerascls.convert(textcnn_run.out, tmp_path / "out")
    assert [*tmp_path.iterdir()] == []


def test_it_is_exported_and_predicts_through_onnx(textcnn_run, tmp_path):
    folder = shutil.copytree(textcnn_run.out / "bundle", tmp_path / "bundle")
    result = kerascls.export(folder)
    assert result.comparison.changed == 0
    texts = ["新车 足球", "", "学校", "🙂"]
    found = [
        Predictor.load(folder, runtime=name).predict_proba(texts)
        for name in ("auto", "onnx", "keras")
    ]
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_allclose(found[1], found[2], atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "task"),
    [
        *((name, "multilabel") for name in OF_ONE_TEXT),
        *((name, "multiclass") for name in ("textcnn", "seq2seq", "han")),
    ],
)
def test_every_classic_model_trains_ships_and_predicts(
    name, task, train_run, multilabel_files, pair_files, tmp_path
):
    files, more = multilabel_files, {}
    if task == "multiclass":
        files, more = pair_files, {"text": ("question", "answer")}
    out = tmp_path / "run"
    run = train_run(out, **files, **more, model=name, **tiny(name))
    assert run.result.report
    texts = ["新车", "足球 学校"]
    if task == "multiclass":
        texts = [(text, text) for text in texts]
    assert len(Predictor.load(out).predict(texts)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", CLASSICS)
def test_a_killed_run_goes_on_to_the_same_weights(
    name, train_run, multilabel_files, pair_files, tmp_path
):
    files = multilabel_files
    if CLASSICS[name].reads_pairs:
        files = {**pair_files, "text": ("question",), "text_pair": "answer"}
    options = {**files, **tiny(name), "model": name, "epochs": 3, "dropout": 0.3}
    whole = train_run(tmp_path / "whole", **options)
    parts = tmp_path / "parts"
    with pytest.raises(Killed):
        train_run(parts, **options, save_steps=1, callbacks=[KillAt(3)])
    kerascls.fit(out=parts, resume=True, quiet=True)
    kept = [open_bundle(out).path / "model.safetensors" for out in (whole.out, parts)]
    assert kept[0].read_bytes() == kept[1].read_bytes()


def test_word_vectors_are_what_embeddings_start_from(
    stopped, multilabel_files, vectors
):
    options = {**multilabel_files, "min_count": 1, "model": "textcnn"}
    job = stopped(word_vectors=vectors, **options)
    start = job.start
    assert start.config.embedding_dim == 8
    rows = job.data.parts["train"].rows
    matrix, _ = start.word_embeddings(job.stores["train"], rows, seed=1)
    place = start.tokenizer.words.index("球") + 4
    np.testing.assert_array_equal(matrix[place], np.ones(8))
    assert any("word vectors: 3 of" in note for note in job.token_notes)
    assert any(str(vectors) in note for note in job.notes)


def test_a_width_that_is_not_that_of_the_word_vectors_is_refused(
    multilabel_files, vectors
):
    with pytest.raises(SettingsError, match="the word vectors, 8. Received: embedding"):
        kerascls.fit(
            **multilabel_files,
            model="textcnn",
            min_count=1,
            word_vectors=vectors,
            embedding_dim=9,
        )


def test_words_are_counted_in_the_rows_of_training_alone(
    stopped, write_csv, vectors, tmp_path
):
    rows = [("足足", "a"), ("车车", "b")] * 20
    file = write_csv(tmp_path / "all.csv", ("text", "label"), rows)
    job = stopped(train=file, word_vectors=vectors, model="textcnn", min_count=1)
    part = job.data.parts["train"].rows
    assert 0 < len(part) < 40
    _, note = job.start.word_embeddings(job.stores["train"], part, seed=0)
    assert "100.0 % of occurrences" in note or "100 %" in note or "100.0%" in note


def test_longer_sequences_of_words_are_asked_for(stopped, multilabel_files):
    job = stopped(**multilabel_files, model="fasttext", ngrams=3, min_count=1)
    assert job.start.config.sizes == {"ngrams": 3, "buckets": 1 << 18}


def test_batch_norm_sees_texts_of_any_length_in_whole_batches(
    stopped, multilabel_files
):
    options = multilabel_files | {"model": "textcnn", "min_count": 1}
    job = stopped(**options, batch_norm=True)
    assert job.start.config.sizes["batch_norm"] == 1
    feeds = build_feeds(job, choose_compute())
    assert feeds["train"].mixes_lengths
    assert not build_feeds(stopped(**options), choose_compute())["train"].mixes_lengths
    with pytest.raises(SettingsError, match="accumulate_steps=2, batch_norm=True"):
        kerascls.fit(**options, batch_norm=True, accumulate_steps=2)


def test_r_drop_without_dropout_is_refused(multilabel_files, tmp_path):
    options = {"model": "fasttext", "min_count": 1, "r_drop": 1.0, "epochs": 1}
    with pytest.raises(SettingsError, match="r_drop=1.0 and no dropout anywhere"):
        kerascls.fit(**multilabel_files, **options, out=tmp_path / "run", quiet=True)


@pytest.mark.slow
def test_labels_of_the_test_part_choose_nothing(train_run, write_csv, tmp_path):
    rows = [("足球", "体育"), ("新车", "汽车"), ("学校", "教育")] * 4
    same = {
        part: write_csv(tmp_path / f"{part}.csv", ("text", "label"), rows)
        for part in ("train", "valid")
    }
    kept = []
    for turn in (0, 1):
        labels = [label for _, label in rows]
        tests = [(text, labels[row + turn]) for row, (text, _) in enumerate(rows[:-1])]
        test = write_csv(tmp_path / f"test{turn}.csv", ("text", "label"), tests)
        out = tmp_path / f"run{turn}"
        run = train_run(out, **same, test=test, model="fasttext", **tiny("fasttext"))
        facts = json.loads((run.out / "run.json").read_text("utf-8"))
        bundle = open_bundle(run.out).path
        kept.append((facts["best_epoch"], (bundle / "decision.json").read_bytes()))
        kept.append((bundle / "model.safetensors").read_bytes())
    assert kept[:2] == kept[2:]


def test_units_are_chosen(stopped, multilabel_files):
    options = {**multilabel_files, "model": "fasttext", "min_count": 1}
    job = stopped(units="characters", **options)
    assert job.start.tokenizer.units == "characters"
    assert any("characters: every character" in note for note in job.notes)


def test_texts_that_are_cut_are_told_with_an_option_that_the_model_follows(
    stopped, multilabel_files
):
    job = stopped(**multilabel_files, model="fasttext", min_count=1, max_tokens=4)
    [note] = [note for note in job.token_notes if "are cut" in note]
    assert note.endswith("; --max-tokens reads more")


def test_a_size_that_a_model_does_not_have_is_refused(multilabel_files):
    with pytest.raises(SettingsError, match="num_layers=2. Leave"):
        kerascls.fit(**multilabel_files, model="fasttext", num_layers=2)


def test_all_numbers_of_layers_can_be_stated(stopped, multilabel_files):
    job = stopped(**multilabel_files, model="textcnn", num_layers=2, min_count=1)
    assert job.start.config.num_layers == 2


@pytest.mark.parametrize("name", [name for name in CLASSICS if name not in OF_ONE_TEXT])
@pytest.mark.parametrize("text", [("question",), ("question", "answer")])
def test_a_model_of_pairs_is_refused_without_them(name, text, pair_files):
    with pytest.raises(SettingsError, match=f"'{name}', which compares two. Received"):
        kerascls.fit(**pair_files, model=name, text=text)


def test_a_model_of_pairs_is_told_the_texts_apart(stopped, pair_files):
    columns = {"text": ("question",), "text_pair": "answer"}
    job = stopped(**pair_files, **columns, model="siamese_cnn", min_count=1)
    assert job.input_spec.pair


def test_a_decoder_has_as_many_steps_as_a_row_has_labels(
    stopped, multilabel_files, pair_files
):
    job = stopped(**multilabel_files, model="seq2seq", min_count=1)
    most = max(map(len, job.data.parts["train"].labels))
    assert most > 1
    assert job.start.config.sizes["steps"] == most
    assert any(f"decoder: {most} steps" in note for note in job.notes)
    text = ("question", "answer")
    job = stopped(**pair_files, text=text, model="seq2seq", min_count=1)
    assert job.start.config.sizes["steps"] == 1


def test_the_vocabulary_of_a_run_is_its_own_when_it_goes_on(textcnn_run):
    content = json.loads((textcnn_run.out / "bundle" / "words.json").read_text("utf-8"))
    assert content["units"] == "auto"
    assert "球" in content["words"]
