"""Files become parts, labels and token stores, and people are told what was done."""

import pytest

from kerascls.data.labelled_text import sample_path
from kerascls.data.labels import Task
from kerascls.data.readers.frame_kinds import as_frame
from kerascls.data.splits import SplitMethod, parts
from kerascls.errors import DataError, SettingsError
from kerascls.preprocessing.cache import Cache
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer
from kerascls.settings.data import DataSettings
from kerascls.training import preparation
from kerascls.training.preparation import load_labelled_text, tokenize_parts

VOCAB = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefgh"]


@pytest.fixture
def write(tmp_path, write_csv):
    """Writes a file of `(text, label)` rows."""

    def write(name, rows, column="label"):
        return write_csv(tmp_path / name, ("text", column), rows)

    return write


@pytest.fixture
def load():
    def load(seed=1, on_progress=None, **settings):
        return load_labelled_text(DataSettings(**settings), seed, on_progress)

    return load


def rows(count, labels=("x", "y"), prefix="t"):
    return [(f"{prefix}{n}", labels[n % len(labels)]) for n in range(count)]


def sizes(data):
    return {name: len(part.rows) for name, part in data.parts.items()}


def note(data, word):
    return "\n".join(line for line in data.notes if word in line)


def test_one_file_is_split_70_15_15_by_label(write, load):
    data = load(train=write("all.csv", rows(200)))
    assert sizes(data) == {"train": 140, "valid": 30, "test": 30}
    for part in data.parts.values():
        assert part.labels.count(("x",)) == len(part.rows) / 2
    assert "all.csv" in note(data, "split by label with seed 1")
    assert "train 140, valid 30, test 30" in note(data, "split")


def test_no_row_is_in_two_parts_or_in_none(write, load):
    data = load(train=write("all.csv", rows(50)))
    texts = [text for part in data.parts.values() for text in part.texts]
    assert sorted(texts) == sorted((text,) for text, _ in rows(50))


def test_the_seed_decides_which_row_goes_where(write, load):
    path = write("all.csv", rows(50))
    first, again, other = (load(seed, train=path) for seed in (1, 1, 2))
    assert first.parts["test"].texts == again.parts["test"].texts
    assert first.parts["test"].texts != other.parts["test"].texts


def test_validation_is_cut_from_train_when_there_is_a_test_file(write, load):
    test = write("test.csv", rows(10, prefix="s"))
    data = load(train=write("train.csv", rows(100)), test=test)
    assert sizes(data) == {"train": 85, "valid": 15, "test": 10}
    assert "train 85, valid 15" in note(data, "train.csv was split")
    assert data.parts["test"].texts[0] == ("s0",)


def test_three_files_are_left_as_they_are(write, load):
    names = ("train", "valid", "test")
    files = {name: write(f"{name}.csv", rows(8, prefix=name)) for name in names}
    data = load(**files)
    assert sizes(data) == dict.fromkeys(names, 8)
    assert data.notes == []


def test_train_and_validation_without_test_leave_test_out(write, load):
    valid = write("valid.csv", rows(4, prefix="v"))
    data = load(train=write("train.csv", rows(8)), valid=valid)
    assert sizes(data) == {"train": 8, "valid": 4}
    assert note(data, "no test part")


def test_one_file_of_rows_with_any_number_of_labels_is_split_too(write, load):
    labels = ("x|y", "x", "", "y|z", "z")
    data = load(train=write("all.csv", rows(100, labels), "labels"))
    assert data.task is Task.MULTILABEL
    assert sizes(data) == {"train": 70, "valid": 15, "test": 15}
    assert all(() in part.labels for part in data.parts.values())


def test_a_label_of_one_row_goes_to_train(write, load):
    data = load(train=write("all.csv", [*rows(40), ("once", "rare")]))
    assert "rare" in data.label_set
    assert ("rare",) in data.parts["train"].labels


def test_too_few_rows_for_a_part_are_an_error(write, load):
    with pytest.raises(DataError, match=r"Received: 0 rows for valid from few\.csv"):
        load(train=write("few.csv", rows(2)))


def test_a_split_that_leaves_labels_aside_is_told(write, load, monkeypatch):
    monkeypatch.setattr(parts, "split_method", lambda labels: SplitMethod.RANDOM)
    data = load(train=write("all.csv", rows(20)))
    assert note(data, "split at random")


def test_duplicates_across_files_are_counted_and_told(write, load):
    data = load(
        train=write("train.csv", [*rows(8), ("t0", "y")]),
        valid=write("valid.csv", rows(3)),
        test=write("test.csv", rows(2, prefix="s")),
    )
    assert data.notes == [
        "train: 1 of 9 rows repeat an earlier row's text",
        "train and valid: the same text in 4 rows of train and 3 rows of valid "
        "(distinct texts: 3)",
    ]


def test_duplicates_that_a_split_tears_apart_are_told(write, load):
    data = load(train=write("all.csv", rows(20) * 2))
    assert note(data, "train and valid: the same text")


@pytest.mark.parametrize("column", ["label", "labels"])
def test_labels_unseen_in_training_are_counted_and_told(write, load, column):
    data = load(
        train=write("train.csv", rows(8), column),
        valid=write("valid.csv", [("v", "z"), ("w", "x")], column),
        test=write("test.csv", [("v", "z"), ("w", "z"), ("u", "new")], column),
    )
    assert data.unseen == {
        "train": {},
        "valid": {"z": 1},
        "test": {"new": 1, "z": 2},
    }
    assert "scored as misses: new (1 row), z (2 rows)" in note(data, "labels of test")
    assert data.label_set.names == ("x", "y")
    assert data.scored_labels("test").names == ("x", "y", "new", "z")


def test_targets_hold_unseen_labels_in_the_last_columns(write, load):
    data = load(
        train=write("train.csv", rows(8), "labels"),
        valid=write("valid.csv", [("v", "z|x"), ("w", "")], "labels"),
    )
    assert data.targets("valid").dense([0, 1]).tolist() == [[1, 0, 1], [0, 0, 0]]
    assert data.targets("train").num_classes == 2
    assert data.targets("train") is data.targets("train"), "made once"


def test_of_many_unseen_labels_ten_are_shown(write, load):
    labels = [*rows(14), *((f"u{n}", f"new{n:02}") for n in range(12))]
    data = load(train=write("train.csv", rows(8)), valid=write("valid.csv", labels))
    line = note(data, "labels of valid that training lacks (12)")
    assert line.endswith("new09 (1 row) and 2 more")


@pytest.mark.parametrize(
    ("labels", "found"), [(("x",), "only the label 'x'"), (("",), "no label")]
)
def test_training_with_nothing_to_tell_apart_is_an_error(write, load, labels, found):
    path = write("all.csv", rows(20, labels), "labels")
    with pytest.raises(DataError, match=f"(?s)at least one label.*{found}"):
        load(train=path)


def test_one_label_in_multiclass_training_is_an_error(write, load):
    with pytest.raises(DataError, match="only the label 'x' in 14 rows"):
        load(train=write("all.csv", rows(20, ("x",))))


def test_rows_without_labels_are_legal_in_every_part(write, load):
    files = {
        name: write(f"{name}.csv", [*rows(4, prefix=name), (name, "")], "labels")
        for name in ("train", "valid", "test")
    }
    data = load(**files)
    assert [part.labels[-1] for part in data.parts.values()] == [(), (), ()]
    assert all(data.targets(part).dense([4]).sum() == 0 for part in data.parts)


def test_files_of_different_tasks_are_an_error(write, load):
    train, valid = write("train.csv", rows(8)), write("valid.csv", rows(8), "labels")
    with pytest.raises(DataError, match=r"train\.csv: multiclass.*valid.csv: multilab"):
        load(train=train, valid=valid)


def test_files_of_different_text_columns_are_an_error(write, load, tmp_path, write_csv):
    header = ("title", "content", "label")
    valid = write_csv(tmp_path / "valid.csv", header, [("a", "b", "x")])
    with pytest.raises(DataError, match=r"texts from title\+content"):
        load(train=write("train.csv", rows(8)), valid=valid)


def test_a_file_given_twice_is_read_once(write, load, monkeypatch):
    files = []
    read = preparation.read
    monkeypatch.setattr(
        preparation,
        "read",
        lambda path, *args, **kw: files.append(path) or read(path, *args, **kw),
    )
    path, valid = write("all.csv", rows(8)), write("valid.csv", rows(4, prefix="v"))
    data = load(train=path, valid=valid, test=path)
    assert files == [path, valid]
    assert data.parts["train"].dataset is data.parts["test"].dataset
    assert "train and test: the same text in 8 rows" in note(data, "train and test")


def test_validation_without_train_is_an_error_and_not_the_sample(write, load):
    with pytest.raises(
        SettingsError, match=r"--train.*no train, valid=.*valid\.csv, test="
    ):
        load(valid=write("valid.csv", rows(4)))


def test_without_train_the_sample_is_read(load):
    data = load()
    assert data.is_sample
    assert data.parts["train"].dataset.path == sample_path()
    assert sorted(data.label_set) == ["体育", "健康", "军事", "教育", "汽车"]
    assert not load(train=sample_path()).is_sample


def test_bad_rows_left_out_and_empty_texts_kept_are_told(write, load):
    path = write("all.csv", [*rows(20), ("", "x"), (" ", "y"), ("t", "")])
    data = load(train=path, skip_bad_rows=True)
    assert data.notes[1:3] == [
        "all.csv: 1 bad row left out",
        "all.csv: 2 empty texts kept",
    ]


def test_reading_is_reported_under_the_name_of_each_file(write, load, tmp_path):
    calls = []
    load(
        train=write("train.csv", rows(8)),
        valid=write("valid.csv", rows(4)),
        on_progress=lambda title: lambda *done: calls.append((title, *done)),
    )
    titles = dict.fromkeys(title for title, *_ in calls)
    assert list(titles) == ["Reading train.csv", "Reading valid.csv"]
    assert calls[-1][1] == calls[-1][2] == (tmp_path / "valid.csv").stat().st_size


# Pairs of texts.


@pytest.fixture
def pairs(tmp_path, write_csv):
    header = ("question", "text", "answer", "label")
    cells = [(f"q{n}", f"t{n}", f"a{n}", "xy"[n % 2]) for n in range(20)]
    return write_csv(tmp_path / "pairs.csv", header, cells)


@pytest.mark.parametrize(
    ("settings", "columns"),
    [
        ({"text_pair": "answer"}, ("text", "answer")),
        ({"text": ("question",), "text_pair": "answer"}, ("question", "answer")),
        (
            {"text": ("question", "text"), "text_pair": "answer"},
            ("question", "text", "answer"),
        ),
    ],
)
def test_the_second_of_a_pair_is_the_last_text(pairs, load, settings, columns):
    data = load(train=pairs, **settings)
    assert data.parts["train"].dataset.text_columns == columns


def test_a_pair_of_one_column_with_itself_is_an_error(pairs, load):
    with pytest.raises(SettingsError, match=r"text=text, text_pair=text\..*--text"):
        load(train=pairs, text_pair="text")


def test_a_pair_in_a_file_without_the_default_column_names_the_columns(
    tmp_path, write_csv, load
):
    path = write_csv(tmp_path / "x.csv", ("title", "reply", "label"), [("a", "b", "x")])
    with pytest.raises(DataError, match='a column "text".*"title", "reply".*--text'):
        load(train=path, text_pair="reply")


# Token ids.


@pytest.mark.parametrize("cached", [True, False])
def test_parts_of_one_file_share_a_store(write, load, cached):
    data = load(
        train=write("train.csv", rows(20)), test=write("test.csv", [("a b", "x")])
    )
    stores = tokenize_parts(data, Tokenizer(VOCAB), Cache() if cached else None)
    assert stores["train"] is stores["valid"]
    assert len(stores["train"]) == 20
    assert stores["test"].token_ids.tolist() == [4, 5]
    assert stores["test"].lines.tolist() == [2]


def test_tokenising_is_reported_under_the_name_of_the_file(write, load):
    data, calls = load(train=write("new.csv", rows(20, prefix="fresh"))), []
    tokenize_parts(
        data,
        Tokenizer(VOCAB),
        Cache(),
        on_progress=lambda title: lambda *done: calls.append((title, *done)),
    )
    assert calls == [("Tokenising new.csv", 20, 20)]


def table(names, prefix="t"):
    of_rows = rows(40, names, prefix)
    return {"text": [t for t, _ in of_rows], "label": [name for _, name in of_rows]}


def test_tables_in_memory_are_parts_as_files_are(write, load):
    files = load(train=write("all.csv", rows(40)))
    tables = load(train=table(("x", "y")))
    for name, part in files.parts.items():
        assert part.texts == tables.parts[name].texts
        assert part.labels == tables.parts[name].labels
    assert "<dict 40 rows> was split by label" in note(tables, "split")


def test_one_table_for_two_parts_is_read_once(load):
    one = table(("x", "y"))
    data = load(train=one, test=one)
    assert data.parts["train"].dataset is data.parts["test"].dataset


def test_how_a_file_is_read_is_no_matter_of_the_table_beside_it(write, load):
    test = write("test.csv", rows(10, prefix="u"))
    data = load(train=table(("x", "y")), test=test, format="csv", delimiter=",")
    assert sizes(data)["test"] == 10
    with pytest.raises(SettingsError, match="format='csv'"):
        load(train=table(("x", "y")), format="csv")


def test_several_tables_are_read_as_one(load):
    frames = [as_frame(table(("x", "y"), prefix)) for prefix in "tu"]
    data = load(train=frames)
    assert sum(sizes(data).values()) == 80
    assert "<dict 40 rows> + <dict 40 rows, no. 2>" in note(data, "split")


def test_all_files_of_a_pattern_are_one_part_and_are_written_down(write, load):
    paths = [write(f"p{n}.csv", rows(20, prefix=f"t{n}-")) for n in (10, 9)]
    data = load(train=paths[0].parent / "p*.csv")
    files = data.parts["train"].dataset.facts()["files"]
    assert [one["file"] for one in files] == [str(paths[1]), str(paths[0])]
    assert sum(sizes(data).values()) == 40


@pytest.mark.parametrize("part", ["valid", "test"])
def test_a_pattern_of_training_that_matches_another_part_is_refused(write, load, part):
    test, more = write("test.csv", rows(30)), write("more.csv", rows(30))
    with pytest.raises(SettingsError, match=f"(?s)--{part} .*test.csv in both"):
        load(train=test.with_name("*.csv"), **{part: test})
    same = load(train=more, **{part: more})  # which somebody may want to see
    assert "the same text in" in note(same, "same text")


def test_a_link_to_a_file_of_training_is_that_file(write, load, tmp_path):
    train = [write("a.csv", rows(30)), write("b.csv", rows(30))]
    (tmp_path / "c.csv").symlink_to(train[0])
    with pytest.raises(SettingsError, match="a.csv in both"):
        load(train=train, test=tmp_path / "c.csv")
