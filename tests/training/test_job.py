"""A job: what training consists of, and what it refuses before Keras is loaded."""

import sys
from dataclasses import replace

import pytest

from kerascls.errors import DataError, SettingsError
from kerascls.settings.run_settings import RunSettings
from kerascls.system.console import Screen
from kerascls.training import job as jobs
from kerascls.training.job import prepare


def prepared(files, **options):
    options = {"from_scratch": True, "model": "bert"} | files | options
    return prepare(RunSettings.from_options(**options), Screen(quiet=True), cache=False)


def test_every_setting_that_a_preset_fills_in_is_filled_in(multilabel_files):
    settings = prepared(multilabel_files).settings
    filled = (
        *(settings.model.max_tokens, settings.model.pooling, settings.model.dropout),
        *(settings.train.batch_size, settings.train.epochs),
        settings.train.learning_rate,
    )
    assert None not in filled


def test_what_was_stated_stays(multilabel_files):
    settings = prepared(multilabel_files, epochs=7, pooling="max").settings
    assert (settings.train.epochs, settings.model.pooling) == (7, "max")


def test_the_input_is_that_of_the_files_and_settings(pair_files):
    options = {"text": ("question",), "text_pair": "answer", "max_tokens": 20}
    job = prepared(pair_files, **options, truncate="tail")
    spec = job.input_spec
    assert spec.text_columns == ("question", "answer")
    assert (spec.pair, spec.max_tokens, spec.truncate) == (True, 20, "tail")
    assert spec.label_column == job.data.parts["train"].dataset.label_column
    assert job.layout.max_tokens == 20


def test_pairs_have_no_segments_where_the_encoder_has_none(pair_files):
    job = prepared(pair_files, text=("question",), text_pair="answer")
    assert not any("pairs" in note for note in job.notes)
    config = replace(job.start.config, num_token_types=1)
    alone = replace(job, start=replace(job.start, config=config))
    assert alone.input_spec.text_columns == ("question", "answer")
    assert not alone.input_spec.pair
    assert "pairs: no segments here" in alone.notes[-1]


def test_a_method_for_skewed_labels_is_told_of_and_what_val_loss_is(multilabel_files):
    assert not any("imbalance" in note for note in prepared(multilabel_files).notes)
    job = prepared(multilabel_files, imbalance="zlpr")
    assert "imbalance: zlpr (each label" in job.notes[-1]
    assert "val_loss is the plain cross-entropy" in job.notes[-1]


@pytest.mark.parametrize("method", ["logit_adjustment", "balanced_batches"])
def test_to_choose_an_epoch_by_a_loss_that_no_method_made_small_is_told(
    multilabel_files, method
):
    by_loss = {"best_by": "loss", "imbalance": method}
    notes = " ".join(prepared(multilabel_files, **by_loss).notes)
    assert f"in which {method} changed little; --set train.best_by=macro_f1" in notes
    for other in ({"best_by": "loss"}, {"imbalance": method}):
        notes = " ".join(prepared(multilabel_files, **other).notes)
        assert "train.best_by=loss" not in notes


def test_labels_are_counted_on_training_rows_alone(multilabel_files):
    job = prepared(multilabel_files)
    counts, rows = job.label_counts, job.data.parts["train"].labels
    assert counts.num_rows == len(rows)
    for name, positives in zip(job.data.label_set, counts.positives, strict=True):
        assert positives == sum(name in row for row in rows)


def test_a_method_that_is_not_defined_for_the_task_is_refused(pair_files):
    pair = {"text": ("question",), "text_pair": "answer"}
    with pytest.raises(SettingsError, match="multilabel alone. Choose --imbalance"):
        prepared(pair_files, **pair, imbalance="zlpr")


def test_tokens_are_made_when_they_are_asked_for_and_once(
    multilabel_files, monkeypatch
):
    calls = []
    tokenize = jobs.tokenize_parts

    def counted(*arguments):
        calls.append(arguments)
        return tokenize(*arguments)

    monkeypatch.setattr(jobs, "tokenize_parts", counted)
    job = prepared(multilabel_files)
    assert calls == []
    stores = job.stores
    assert job.stores is stores
    assert len(calls) == 1
    assert set(stores) == set(job.data.parts)


def test_a_job_of_other_settings_has_a_layout_of_its_own(multilabel_files):
    job = prepared(multilabel_files)
    assert job.layout.max_tokens != 9
    shorter = replace(job, settings=job.settings.with_options(max_tokens=9))
    assert shorter.layout.max_tokens == 9


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"objective": "nonsense"}, SettingsError, "objective='nonsense'"),
        ({"best_by": "f1:nolabel"}, DataError, "label='nolabel'"),
        ({"max_tokens": 100_000}, SettingsError, "max_tokens=100000"),
        ({"train": "nowhere.csv"}, DataError, "nowhere.csv"),
    ],
    ids=lambda value: next(iter(value), "") if isinstance(value, dict) else "",
)
def test_mistakes_are_refused_before_anything_is_tokenised(
    multilabel_files, monkeypatch, options, error, message
):
    monkeypatch.setattr(jobs, "tokenize_parts", None)
    with pytest.raises(error, match=message):
        prepared(multilabel_files, **options)


def test_how_much_is_cut_off_is_told_part_by_part(write_csv, tmp_path):
    rows = [("新 车", "a"), ("新 " * 20, "b")] * 5
    path = write_csv(tmp_path / "t.csv", ("text", "label"), rows)
    files = {"train": path, "valid": path}
    (note,) = prepared(files, max_tokens=12).token_notes
    assert note.startswith(
        "texts longer than 12 tokens are cut (head is kept): train 5 of 10 (45.5% of "
        "tokens), valid 5 of 10 (45.5% of tokens)"
    )
    assert prepared(files, max_tokens=22).token_notes == []


@pytest.mark.parametrize("method", ["oversample", "undersample"])
def test_drawing_classes_needs_a_package_and_says_how_to_get_it(
    pair_files, multilabel_files, method, monkeypatch
):
    monkeypatch.setitem(sys.modules, "imblearn", None)
    columns = {"text": ("question", "answer"), "imbalance": method}
    expected = rf"imbalance={method} needs .*no imblearn.*kerascls\[imbalance\]"
    with pytest.raises(SettingsError, match=expected):
        prepared(pair_files, **columns)
    prepared(multilabel_files, imbalance=method)
