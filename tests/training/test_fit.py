"""A run from files to bundle and report, and how it ends when it does not go well."""

import csv
import io
import json
import os
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

import kerascls
from kerascls.errors import DataError, SettingsError
from kerascls.evaluation.reports.history import read_history
from kerascls.evaluation.reports.plots.write_plots import PLOTS
from kerascls.inference.bundle import open_bundle
from kerascls.inference.predictor import Predictor
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer
from kerascls.training import fit as training
from kerascls.training import job as preparing


def run_file(out):
    return json.loads((out / "run.json").read_text("utf-8"))


def hidden(out):
    return [item.name for item in out.iterdir() if item.name.startswith(".")]


# What a run leaves.


def test_the_run_directory_holds_what_was_promised(multilabel_run):
    assert sorted(item.name for item in multilabel_run.out.iterdir()) == [
        *("bundle", "errors.csv", "history.csv", "log.txt", "plots"),
        *("report.csv", "report.html", "report.json", "report.md"),
        *("run.json", "seen_texts.safetensors"),
        *("test.safetensors", "valid.safetensors"),
    ]


def test_a_new_run_knows_the_pictures_that_it_replaces(multilabel_run, pair_run):
    for run in (multilabel_run, pair_run):
        assert {item.stem for item in (run.out / "plots").iterdir()} <= set(PLOTS)


def test_run_json_says_what_was_done_with_what(multilabel_run, multilabel_files):
    facts = run_file(multilabel_run.out)
    assert (facts["status"], facts["seed"], facts["task"]) == ("done", 42, "multilabel")
    assert facts["settings"]["train"]["epochs"] == 2
    assert facts["settings"]["train"]["weight_decay"] == 0.01
    assert facts["weights"] == str(multilabel_run.options["checkpoint"])
    assert facts["compute"].startswith(("tensorflow", "jax"))
    assert facts["versions"]["keras"]
    assert facts["best_epoch"] == multilabel_run.result.best_epoch
    for name, path in multilabel_files.items():
        assert facts["data"][name]["file"] == str(path)
        assert len(facts["data"][name]["sha256"]) == 64
    assert facts["data"]["train"]["rows"] == 30


def test_the_log_has_what_was_shown(multilabel_run):
    log = (multilabel_run.out / "log.txt").read_text("utf-8")
    assert log == multilabel_run.shown


@pytest.mark.parametrize(
    "line",
    [
        "multilabel, 3 labels, rows: train 30, valid 6, test 6",
        "labels of valid that training lacks (1), scored as misses: 教育 (2 rows)",
        "labels of test that training lacks (2), scored as misses: 健康 (1 row), 教育",
        "train: 18 of 30 rows repeat an earlier row's text",
        "train and test: the same text in 10 rows of train and 4 rows of test",
        "train.csv: 1 empty text kept",
        "weights: ",
        "Epoch 2: loss",
        "test.csv, test part",
    ],
)
def test_people_are_told(multilabel_run, line):
    assert line in multilabel_run.shown


def test_a_vocabulary_of_another_language_is_told_wherever_the_run_is(
    train_run, write_csv, tmp_path
):
    rows = [("오늘 축구 경기", "a"), ("새 자동차 출시", "b")] * 6
    train = write_csv(tmp_path / "news.csv", ("text", "label"), rows)
    run = train_run(tmp_path / "run", train=train, epochs=1)
    note = "100% of the tokens of news.csv are unknown ([UNK]), such as "
    assert note in run.shown
    assert any(note in line for line in run_file(run.out)["notes"])
    for file in ("report.md", "report.html", "report.json"):
        assert note in (run.out / file).read_text("utf-8")
    assert run.result.report.notes[0].startswith(note)


def test_labels_that_look_like_markup_are_shown_as_they_are(multilabel_run):
    assert " [red]军事[/red] " in multilabel_run.shown


def test_there_are_no_bars_and_no_colours_in_a_pipe(multilabel_run):
    assert "\x1b" not in multilabel_run.shown
    assert "Tokenising" not in multilabel_run.shown


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("multilabel", ["[red]军事[/red]", "体育", "汽车", "教育"]),
        ("pair", ["体育", "汽车", "教育"]),
    ],
)
def test_history_has_a_row_per_class_and_epoch_unseen_ones_too(request, kind, labels):
    run = request.getfixturevalue(f"{kind}_run")
    rows = read_history(run.out / "history.csv")
    averages = ["micro avg", "accuracy", "macro avg", "weighted avg"]
    expected = [(str(n), name) for n in (1, 2) for name in (*labels, *averages)]
    assert [(row["epoch"], row["class"]) for row in rows] == expected
    unseen = [row for row in rows if row["class"] == "教育"]
    assert {float(row["recall"]) for row in unseen} == {0.0}
    assert all(int(row["support"]) > 0 for row in unseen)


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        (
            "multilabel",
            [
                *("[red]军事[/red]", "体育", "汽车", "健康", "教育"),
                *("micro avg", "accuracy", "macro avg", "weighted avg"),
            ],
        ),
        (
            "pair",
            ["体育", "汽车", "健康", "教育", "accuracy", "macro avg", "weighted avg"],
        ),
    ],
)
def test_report_csv_has_the_form_of_a_classification_report(request, kind, rows):
    out = request.getfixturevalue(f"{kind}_run").out
    assert (out / "report.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with open(out / "report.csv", encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    more = ["f1 at 0.5"] if kind == "multilabel" else []
    numbers = ["precision", "recall", "f1-score", "support", *more]
    assert table[0] == ["class", *numbers, "kind"]
    assert [row[0] for row in table[1:]] == rows


def test_the_majority_class_is_shown_beside_the_scores(pair_run):
    assert "Always '体育': accuracy 0.3750" in pair_run.shown
    assert "体育" in (pair_run.out / "report.md").read_text("utf-8")


def test_the_result_can_be_written_as_json(multilabel_run):
    facts = json.loads(json.dumps(multilabel_run.result.to_dict()))
    assert facts["out"] == str(multilabel_run.out)
    assert facts["report"]["unseen"] == {"健康": 1, "教育": 1}


def test_the_bundle_knows_how_texts_become_batches(pair_run):
    bundle = open_bundle(pair_run.out)
    assert (
        bundle.read("text.json")
        == bundle.input_spec.to_dict()
        == {
            "text_columns": ["question", "answer"],
            "label_column": "label",
            "pair": True,
            "do_lower_case": True,
            "max_tokens": 16,
            "truncate": "head",
        }
    )
    assert bundle.train_support == {"体育": 10, "汽车": 9}
    assert bundle.rule.kind == "argmax"


# The same run again.


@pytest.fixture(scope="module")
def second(multilabel_run, train_run, tmp_path_factory):
    """The multi-label run once more, and what happened in which order."""
    events, encoded, chosen_on = [], [], []
    out = tmp_path_factory.mktemp("runs") / "second"

    def note(name, function):
        def noted(*arguments, **options):
            events.append((name, (out / "bundle" / "manifest.json").is_file()))
            if name == "tokenize_parts":
                chosen_on.append(arguments[0])  # the data
            if name == "decide":
                chosen_on.append(arguments[-1])  # the logits
            return function(*arguments, **options)

        return noted

    encode_flat = Tokenizer.encode_flat

    def encode(self, texts):
        encoded.extend(texts)
        return encode_flat(self, texts)

    with pytest.MonkeyPatch.context() as patch:
        tokenize = note("tokenize_parts", preparing.tokenize_parts)
        patch.setattr(preparing, "tokenize_parts", tokenize)
        for name in ("decide", "write_bundle", "report_on"):
            patch.setattr(training, name, note(name, getattr(training, name)))
        patch.setattr(Predictor, "logits", note("logits", Predictor.logits))
        patch.setattr(Tokenizer, "encode_flat", encode)
        run = train_run(out, **multilabel_run.options)
    return SimpleNamespace(run=run, events=events, encoded=encoded, chosen_on=chosen_on)


def test_the_same_seed_gives_the_same_history(multilabel_run, second):
    first, again = (run.out / "history.csv" for run in (multilabel_run, second.run))
    assert first.read_bytes() == again.read_bytes()


def test_the_same_seed_gives_the_same_weights(multilabel_run, second):
    first, again = (
        open_bundle(run.out).path / "model.safetensors"
        for run in (multilabel_run, second.run)
    )
    assert first.read_bytes() == again.read_bytes()


def test_the_bundle_gives_the_logits_that_the_threshold_was_chosen_on(second):
    data, logits = second.chosen_on
    loaded = Predictor.load(second.run.out)
    store = preparing.tokenize_parts(data, loaded.tokenizer, None)["valid"]
    np.testing.assert_allclose(loaded.logits(store), logits, atol=1e-6)


def test_token_ids_of_an_earlier_run_are_used_again(second):
    assert second.encoded == []


def test_test_is_scored_once_with_the_bundle_after_everything_was_chosen(second):
    assert second.events == [
        ("tokenize_parts", False),
        ("decide", False),
        ("write_bundle", False),
        ("logits", True),
        ("report_on", True),
    ]


# How a run is asked for.


def test_a_plain_call_trains_on_a_file(
    stopped, tmp_path, write_csv, tiny_checkpoint, monkeypatch
):
    shutil.copytree(tiny_checkpoint, tmp_path / "weights" / "bert")
    monkeypatch.setenv("KERASCLS_PRETRAINED", str(tmp_path / "weights"))
    rows = [(f"t{n}", "xy"[n % 2]) for n in range(20)]
    path = write_csv(tmp_path / "news.csv", ("text", "kind"), rows)
    call = stopped(train=path, model="bert", task="multilabel", label="kind", epochs=7)
    assert (call.data.task, call.settings.train.epochs) == ("multilabel", 7)
    assert call.start.checkpoint.directory == tmp_path / "weights" / "bert"
    assert call.layout.max_tokens == call.settings.model.max_tokens == 40
    assert (tmp_path / "runs" / "bert" / "run.json").is_file()


def test_without_out_every_run_has_a_directory_of_its_own(
    stopped, tmp_path, pair_files, tiny_checkpoint
):
    for _ in range(2):
        stopped(**pair_files, text=["question"], checkpoint=tiny_checkpoint)
    assert sorted(os.listdir(tmp_path / "runs")) == ["tiny 小", "tiny 小-2"]


@pytest.mark.parametrize("pair", [None, "answer"])
def test_a_second_text_is_a_pair_only_when_it_is_called_one(
    stopped, pair_files, tiny_checkpoint, pair
):
    text = ("question",) if pair else ("question", "answer")
    call = stopped(**pair_files, text=text, text_pair=pair, checkpoint=tiny_checkpoint)
    assert call.layout.pair == (pair is not None)
    assert call.stores["test"].num_fields == 2


def test_where_ids_cannot_be_kept_the_run_goes_on_and_says_so(
    stopped, tmp_path, pair_files, tiny_checkpoint, monkeypatch
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("KERASCLS_CACHE", str(tmp_path / "file"))
    data = {**pair_files, "text": ["answer"], "checkpoint": tiny_checkpoint}
    assert len(stopped(**data, out=tmp_path / "out").stores) == 3
    log = (tmp_path / "out" / "log.txt").read_text("utf-8")
    assert log.count("held in memory and not kept") == 1


def test_a_threshold_for_multiclass_is_an_error(pair_files, tmp_path):
    with pytest.raises(SettingsError, match=r"multilabel only.*threshold=0\.5"):
        training.fit(
            **pair_files, text=["answer"], threshold=0.5, quiet=True, out=tmp_path
        )
    assert os.listdir(tmp_path) == []


def test_a_score_of_a_label_that_training_lacks_is_an_error(pair_files, tmp_path):
    data = {**pair_files, "text": ["answer"], "best_by": "f1:nobody"}
    with pytest.raises(DataError, match="label='nobody'"):
        training.fit(**data, quiet=True, out=tmp_path)
    assert os.listdir(tmp_path) == []


@pytest.mark.slow
def test_the_sample_trains_without_weights_and_says_so(tmp_path, monkeypatch):
    from kerascls.models import presets

    monkeypatch.setattr(presets, "pretrained_folders", lambda: [tmp_path])
    file = io.StringIO()
    result = kerascls.fit(
        out=tmp_path / "out", epochs=1, max_tokens=32, console=Console(file=file)
    )
    assert "NO PRETRAINED WEIGHTS for albert_small" in file.getvalue()
    assert result.report.scores.rows > 50
    assert Predictor.load(result.out).predict("国足今晚迎战劲旅").scores


def test_test_rows_that_were_trained_on_are_in_the_report(multilabel_run):
    report = json.loads((multilabel_run.out / "report.json").read_text("utf-8"))
    line = "3 of 6 rows of test.csv were trained on: these scores flatter."
    assert line in report["notes"]
    assert line in (multilabel_run.out / "report.md").read_text("utf-8")
    assert line in multilabel_run.shown
