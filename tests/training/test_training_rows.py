"""What is trained on differs as it is asked for; other parts stay what they are."""

import json
from dataclasses import replace
from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest
from tiny_jobs import job_on

from kerascls.data.labels import LabelSet, Task
from kerascls.data.targets import Targets
from kerascls.models.backend.compute import Compute
from kerascls.settings.imbalance import ImbalanceSettings
from kerascls.training.build import build_feeds
from kerascls.training.training_rows import TrainingRows

COMPUTE = Compute("tensorflow", "cpu", "float32", False)
RARE = [("学校 里 的 书 和 新车", "教育"), ("医院 和 学校 都 很好", "教育|健康")]
METHODS = ("oversample", "undersample", "balanced_batches")


@pytest.fixture(scope="module")
def skewed_files(multilabel_files, tmp_path_factory, write_csv):
    """Three files; two labels are in two long rows of train, the last ones."""
    from kerascls.data.readers import join_labels, read

    folder = tmp_path_factory.mktemp("skewed")
    train = read(multilabel_files["train"]).examples
    rows = [(row.texts[0], join_labels(row.labels)) for row in train] + RARE
    path = write_csv(folder / "train.csv", ("text", "labels"), rows)
    return multilabel_files | {"train": path}


@pytest.fixture(scope="module")
def plain(skewed_files):
    return job_on(skewed_files)


def changed(job, **options):
    return replace(job, settings=job.settings.with_options(**options))


def epoch_of(feed, epoch=0):
    start = epoch * feed.num_batches
    return list(islice(feed.training(3), start, start + feed.num_batches))


def real_rows(batches):
    """Returns token ids without padding, and labels, of the rows of batches."""
    return sorted(
        (tuple(ids[mask > 0].tolist()), tuple(row.tolist()))
        for x, y, weights in batches
        for ids, mask, row, weight in zip(
            x["token_ids"], x["padding_mask"], y, weights, strict=True
        )
        if weight
    )


def rows_of(feed):
    return real_rows([feed.batch(np.arange(len(feed)))])


def test_without_settings_rows_are_those_of_the_part(plain):
    rows = plain.training_rows
    assert rows.sampler is None
    assert rows.copies is None
    assert rows.notes == []
    assert rows.targets is plain.data.targets("train")
    assert plain.learned[0] is plain.stores["train"]


@pytest.mark.parametrize("method", METHODS)
def test_no_drawn_or_edited_row_leaves_train(plain, method):
    job = changed(plain, imbalance=method, augment_below=6)
    before, after = build_feeds(plain, COMPUTE), build_feeds(job, COMPUTE)
    for name in ("valid", "test"):
        one, other = plain.data.parts[name], job.data.parts[name]
        assert list(one.texts) == list(other.texts)
        assert list(one.labels) == list(other.labels)
    np.testing.assert_array_equal(before["valid"].rows, after["valid"].rows)
    assert rows_of(before["valid"]) == rows_of(after["valid"])
    assert after["valid"].sampler is None
    copied = set(job.training_rows.copies.texts)
    every = {text for part in job.data.parts.values() for text in part.texts}
    assert copied
    assert not copied & every


@pytest.mark.parametrize("method", METHODS)
def test_an_epoch_has_rows_of_train_and_their_copies_alone(plain, method):
    job = changed(plain, imbalance=method, augment_below=6)
    feed = build_feeds(job, COMPUTE)["train"]
    known = rows_of(feed)
    assert len(known) == len(plain.data.parts["train"].rows) + len(
        job.training_rows.copies
    )
    drawn = real_rows(epoch_of(feed))
    assert len(drawn) == job.training_rows.sampler.num_rows == feed.rows_per_epoch
    assert set(drawn) <= set(known)
    assert drawn != known


def test_copies_have_the_labels_of_their_rows_and_tokens_of_their_own(plain):
    job = changed(plain, augment_below=6)
    rows, (store, of_store) = job.training_rows, job.learned
    copies, tokenizer = rows.copies, job.start.tokenizer
    first = len(plain.data.parts["train"].rows)
    assert len(rows.targets) == len(of_store) == first + len(copies)
    hot = rows.targets.multi_hot()
    np.testing.assert_array_equal(hot[first:], hot[copies.rows])
    for text, row in zip(copies.texts, of_store[first:], strict=True):
        ids = store.token_ids[store.offsets[row] : store.offsets[row + 1]]
        assert ids.tolist() == tokenizer.encode_flat(list(text))[0].tolist()


def test_losses_and_first_logits_know_the_rows_of_an_epoch(plain):
    job = changed(plain, imbalance="oversample", augment_below=6)
    before, after = plain.label_counts, job.label_counts
    assert before.num_rows == len(plain.data.parts["train"].rows)
    assert after.num_rows == job.training_rows.sampler.num_rows
    assert (after.positives >= before.positives).all()
    rare = plain.data.label_set.column("健康")
    assert after.positives[rare] >= 5 > before.positives[rare]


def test_weights_of_rows_hold_for_copies_too(plain):
    job = changed(plain, augment_below=6, label_weights={"教育": 3.0})
    weights, rows = job.row_weights, job.training_rows
    assert len(weights) == len(rows.targets)
    first = len(plain.data.parts["train"].rows)
    np.testing.assert_array_equal(weights[first:], weights[rows.copies.rows])


def test_people_are_told_what_differs_and_what_does_not(plain):
    notes = changed(plain, imbalance="oversample", augment_below=6).notes
    assert "edited copies" in notes[-2]
    assert notes[-1].startswith("oversample: an epoch has ")
    assert "linear baseline keep the original rows" in notes[-1]


def rows_on(parts, task, **options):
    """Returns training rows of labels alone."""
    labels = [tuple(row.split("|")) if row else () for row in parts]
    names = LabelSet.from_labels([{name for row in labels for name in row}])
    targets = Targets.from_labels(labels, names)
    data = SimpleNamespace(task=task, label_set=names, targets=lambda part: targets)
    return TrainingRows(data, ImbalanceSettings(**options), seed=0)


@pytest.mark.parametrize("method", ["oversample", "undersample"])
def test_where_no_label_is_rare_it_is_told_with_the_rule_that_would_do_more(method):
    labels = ["a"] * 3 + [""] * 30
    rows = rows_on(labels, Task.MULTILABEL, method=method)
    (note,) = rows.notes
    assert note.startswith(f"{method}: each row comes once, for no label is rare")
    cure = rows_on(labels, Task.MULTILABEL, method=method, sampling_rule="label_set")
    drawn = cure.sampler.num_rows
    assert f"sampling_rule=label_set an epoch would have {drawn} of 33" in note
    assert drawn != 33
    assert f"{method}: an epoch has {drawn} rows, drawn of 33" in cure.notes[0]


@pytest.mark.parametrize("method", ["oversample", "undersample"])
@pytest.mark.parametrize(
    ("labels", "task", "options", "why"),
    [
        (["a", "b"] * 9, Task.MULTILABEL, {}, "no label is rare enough, or all rows"),
        (
            *(["a", "b"] * 9, Task.MULTILABEL, {"sampling_rule": "label_set"}),
            "no set of labels is rare enough",
        ),
        (
            *(["a"] * 9 + ["b", "a|c"], Task.MULTILABEL, {"sampling_share": 0.05}),
            "sampling_share=0.05 of 11 being less than one",
        ),
    ],
)
def test_why_each_row_comes_once_is_told(method, labels, task, options, why):
    (note,) = rows_on(labels, task, method=method, **options).notes
    assert f"{method}: each row comes once, " in note
    assert why in note
    assert "an epoch would have" not in note


def test_how_often_a_row_is_drawn_is_told():
    pytest.importorskip("imblearn")
    labels = ["a"] * 30 + ["b"]
    (note,) = rows_on(labels, Task.MULTICLASS, method="oversample").notes
    assert "an epoch has 60 rows, drawn of 31, some 30 times; validation" in note
    (note,) = rows_on(labels, Task.MULTICLASS, method="undersample").notes
    assert "an epoch has 2 rows, drawn of 31; validation" in note


def test_rows_count_one_on_average_among_those_that_are_drawn(plain):
    options = {"label_weights": {"教育": 9.0}, "imbalance": "balanced_batches"}
    job = changed(plain, **options)
    drawn = job.training_rows.first_epoch
    assert job.row_weights[drawn].mean() == pytest.approx(1, abs=1e-5)
    assert job.row_weights.mean() < 0.9


def test_a_training_that_goes_on_draws_what_it_would_have_drawn(plain):
    for method in METHODS:
        job = changed(plain, imbalance=method, augment_below=6)
        feed = build_feeds(job, COMPUTE)["train"]
        again = build_feeds(changed(job, epochs=3), COMPUTE)["train"]
        step = feed.num_batches + 1
        rest = list(islice(again.training(3, first_step=step), feed.num_batches - 1))
        assert real_rows(rest) == real_rows(epoch_of(feed, epoch=1)[1:])


def test_tokens_that_are_kept_get_those_of_copies_behind_them(plain):
    job = changed(plain, augment_below=6)
    kept = replace(job, cache=True)
    for _ in range(2):  # made, and found again
        store, rows = kept.learned
        np.testing.assert_array_equal(store.token_ids, job.learned[0].token_ids)
        np.testing.assert_array_equal(rows, job.learned[1])
        kept = replace(kept)


@pytest.mark.parametrize("method", METHODS)
def test_pairs_with_one_label_are_edited_in_one_text_and_drawn(pair_files, method):
    pytest.importorskip("imblearn")
    columns = {"text": ("question",), "text_pair": "answer"}
    job = job_on(pair_files, **columns, imbalance=method, augment_below=14)
    texts, copies = job.data.parts["train"].texts, job.training_rows.copies
    assert copies
    for copy, row in zip(copies.texts, copies.rows, strict=True):
        assert sum(a == b for a, b in zip(copy, texts[row], strict=True)) == 1
    feed = build_feeds(job, COMPUTE)["train"]
    drawn = real_rows(epoch_of(feed))
    assert len(drawn) == feed.rows_per_epoch
    assert set(drawn) <= set(rows_of(feed))


@pytest.mark.slow
def test_a_run_is_reported_and_compared_on_the_original_rows(
    train_run, multilabel_run, multilabel_files, tmp_path
):
    options = {"imbalance": "balanced_batches", "augment_below": 14, "epochs": 1}
    run = train_run(tmp_path / "run", baseline=True, **options, **multilabel_files)
    plain, facts = (
        json.loads((one.out / "run.json").read_text("utf-8"))
        for one in (multilabel_run, run)
    )
    assert "rows added to train" in run.shown
    assert any("balanced_batches: an epoch has" in note for note in facts["notes"])
    assert facts["data"] == plain["data"]
    for one in (plain, facts):
        one["baseline"].pop("seconds")
    assert facts["baseline"] == plain["baseline"]
    seen = "seen_texts.safetensors"
    assert (run.out / seen).read_bytes() == (multilabel_run.out / seen).read_bytes()
    one, other = run.result.report, multilabel_run.result.report
    assert one.train_support == other.train_support
    assert one.scores.support.tolist() == other.scores.support.tolist()
