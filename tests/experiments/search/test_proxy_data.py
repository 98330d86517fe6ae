"""Files for trials say what the parts say."""

import numpy as np
import pytest

from kerascls.experiments.search.proxy_data import Stage, sampled, write_trial_data
from kerascls.settings.run_settings import RunSettings
from kerascls.training.preparation import load_labelled_text


def load(**options):
    settings = RunSettings.from_options(**options).data
    return settings, load_labelled_text(settings, 42)


@pytest.fixture(params=["multilabel", "pair"])
def options(request):
    files = request.getfixturevalue(f"{request.param}_files")
    pair = {"text": ("question",), "text_pair": "answer"}
    return files | (pair if request.param == "pair" else {})


def test_all_rows_are_read_back_as_they_were(options, tmp_path):
    settings, data = load(**options)
    written = write_trial_data(tmp_path / "data", data, settings, 0, 42)
    again = load_labelled_text(written[Stage.FULL], 42)
    assert again.task == data.task
    assert again.label_set == data.label_set
    assert list(again.parts) == ["train", "valid"]
    for name, part in again.parts.items():
        assert part.texts == data.parts[name].texts
        assert part.labels == data.parts[name].labels
    columns = data.parts["train"].dataset.text_columns
    assert again.parts["train"].dataset.text_columns == columns


def test_a_sample_has_every_label(options, tmp_path):
    settings, data = load(**options)
    written = write_trial_data(tmp_path, data, settings, 6, 42)
    sample = load_labelled_text(written[Stage.PROXY], 42)
    assert sample.label_set == data.label_set
    assert [len(part.rows) for part in sample.parts.values()] == [6, 6]


def test_labels_with_odd_names_are_read_back(tmp_path, write_csv):
    rows = [("a", r"\[x]|y\|z"), ("b", "[red]"[1:]), ("c", "")] * 3
    path = write_csv(tmp_path / "odd.csv", ("text", "labels"), rows)
    settings, data = load(train=path, valid=path)
    written = write_trial_data(tmp_path / "data", data, settings, 0, 42)
    again = load_labelled_text(written[Stage.FULL], 42)
    assert again.parts["train"].labels == data.parts["train"].labels


def test_without_proxies_there_are_no_files_for_them(multilabel_files, tmp_path):
    settings, data = load(**multilabel_files)
    assert list(write_trial_data(tmp_path, data, settings, 0, 42)) == [Stage.FULL]
    assert len(list(tmp_path.iterdir())) == 2


def test_a_sample_of_all_rows_is_all_rows():
    np.testing.assert_array_equal(sampled([("x",)] * 3, 3, 0), [0, 1, 2])
    np.testing.assert_array_equal(sampled([("x",)] * 3, 9, 0), [0, 1, 2])


def test_the_seed_decides_which_rows_a_sample_has():
    labels = [("xy"[n % 2],) for n in range(40)]
    first, same, other = (sampled(labels, 10, seed).tolist() for seed in (1, 1, 2))
    assert first == same != other


def test_labels_that_look_like_lists_are_read_back_as_they_were(tmp_path):
    texts = [f"{word} {n}" for n in range(20) for word in ("a", "b")]
    given = {"train": (texts, ["['x']", "['y']"] * 20), "task": "multiclass"}
    settings = RunSettings().with_options(**given).data
    data = load_labelled_text(settings, 1)
    written = write_trial_data(tmp_path, data, settings, 0, 1)[Stage.FULL]
    read = load_labelled_text(written, 1)
    assert list(read.label_set) == ["['x']", "['y']"]


@pytest.mark.parametrize("proxy_rows", [0, 4])
def test_shares_are_read_back_as_they_were(tmp_path, write_csv, proxy_rows):
    cells = ["a:0.7|b:0.3", "b:0.9|c:0.1", "c:0.6|a:0.4"] * 8
    rows = [(f"text {n}", cell) for n, cell in enumerate(cells)]
    path = write_csv(tmp_path / "t.csv", ("text", "labels"), rows)
    settings, data = load(train=path, task="distribution")
    written = write_trial_data(tmp_path / "data", data, settings, proxy_rows, 42)
    again = load_labelled_text(written[Stage.FULL], 42).parts["train"].labels
    assert again == data.parts["train"].labels
    assert again.weights == data.parts["train"].labels.weights
    if proxy_rows:
        assert (
            len(load_labelled_text(written[Stage.PROXY], 42).parts["train"].rows) == 4
        )
