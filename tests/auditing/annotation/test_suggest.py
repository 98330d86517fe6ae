"""From a classifier and a pool to rows to label: whole, said, seeded, or refused."""

import json
import shutil

import numpy as np
import pytest

import kerascls
from kerascls.auditing.annotation.suggestion_files import SUGGESTION_FORMATS
from kerascls.errors import DataError, KeywordError, SettingsError
from kerascls.inference.predictor import Predictor

TEXTS = [
    "新车今天上海发布",  # in training
    "新车 足球",
    "学校 足球",
    "医院",
    "",
    "全新的新闻",
    "全新的新闻 ",
    "球队赢得比赛，新车上市",
    "部长谈军事演习",
]


@pytest.fixture(scope="module")
def sample_pool():
    """News that nobody has labelled, some of it twice."""
    topics = ("国足迎战", "新车发布", "军队演习", "医院体检", "学校考试")
    return [f"{topics[n % 5]}，第{n % 2}条，{topics[n % 3]}" for n in range(60)]


@pytest.fixture(scope="module")
def predictor(linear_run) -> Predictor:
    return Predictor.load(linear_run.out)


def texts_of(found):
    return [one.text for one in found]


@pytest.mark.parametrize("diversity", ["none", "k-center", "k-means++", "badge"])
def test_each_row_is_suggested_once_and_the_seed_decides(
    predictor, sample_pool, diversity
):
    options = {"diversity": diversity, "seed": 5}
    first, again = (
        kerascls.suggest(predictor, sample_pool, 12, **options) for _ in (1, 2)
    )
    assert len(first) == 12
    assert len(set(texts_of(first))) == 12
    assert texts_of(first) == texts_of(again)
    assert [sample_pool[row] for row in first.positions] == texts_of(first)
    assert [one.rank for one in first] == list(range(1, 13))


def test_without_diversity_the_largest_priorities_come_first(predictor, sample_pool):
    found = kerascls.suggest(predictor, sample_pool, 5, diversity="none")
    priorities = [one.priority for one in found]
    everything = kerascls.suggest(predictor, sample_pool, 99, diversity="none")
    assert priorities == sorted(priorities, reverse=True)
    assert priorities == [one.priority for one in everything][:5]
    assert all(one.distance is None for one in found)


def test_of_fewer_rows_all_are_taken_and_that_is_said(predictor, sample_pool):
    found = kerascls.suggest(predictor, sample_pool, 99)
    usable = len(set(sample_pool))
    assert len(found) == found.usable_rows == usable < found.pool_rows == 60
    assert found.notes == (
        f"left out: {60 - usable} of 60 rows, whose text an earlier row has; the first "
        f"is <list 60 rows> at position {usable}",
        f"99 rows wanted: <list 60 rows> has {usable} to label, which are all "
        "suggested",
    )


def test_rows_of_the_run_and_excluded_ones_are_left_out(multilabel_run, tmp_path):
    found = kerascls.suggest(multilabel_run.out, TEXTS, exclude={"text": ["医院 "]})
    assert sorted(texts_of(found)) == sorted([TEXTS[5], TEXTS[7], TEXTS[8]])
    told = " ".join(found.notes)
    for reason in (
        "which training had",
        "which the validation part had",
        "without a text",
        "whose text an earlier row has",
    ):
        assert reason in told
    assert found.settings["distances"] == "the classifier's pooled states"


def test_a_bundle_alone_says_what_it_does_not_know(linear_run, sample_pool, tmp_path):
    copy = shutil.copytree(linear_run.result.bundle, tmp_path / "bundle")
    found = kerascls.suggest(copy, sample_pool, 3)
    # In Python options are keywords.
    assert "Give its files with `exclude=" in found.notes[0]


def test_an_index_and_other_columns_stay(predictor, sample_pool):
    pandas = pytest.importorskip("pandas")
    index = [f"row {n}" for n in range(60)]
    frame = pandas.DataFrame({"text": sample_pool, "id": range(60)}, index)
    found = kerascls.suggest(predictor, frame, 4)
    chosen = frame.iloc[found.positions]
    assert chosen["text"].tolist() == texts_of(found)
    assert chosen["id"].tolist() == [one.fields["id"] for one in found]
    assert found[0].place.endswith(f"(index '{chosen.index[0]}')")


def test_files_are_written_with_their_fields(predictor, sample_pool, tmp_path):
    pool = tmp_path / "pool.jsonl"
    rows = [{"text": text, "id": n, "label": ""} for n, text in enumerate(sample_pool)]
    pool.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    found = kerascls.suggest(predictor, pool, 4, output=tmp_path / "out.jsonl")
    lines = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == found.positions.tolist()
    assert [json.loads(line) for line in lines] == [one.to_dict() for one in found]
    with pytest.raises(SettingsError, match="which exists"):
        kerascls.suggest(predictor, pool, 4, output=tmp_path / "out.jsonl")
    with pytest.raises(SettingsError, match="another file for the output"):
        kerascls.suggest(predictor, pool, 4, output=pool, overwrite=True)
    assert len(pool.read_text("utf-8").splitlines()) == 60


def test_what_annotators_give_back_is_trained_on(predictor, sample_pool, tmp_path):
    out = tmp_path / "tasks.jsonl"
    kerascls.suggest(
        predictor, sample_pool, 4, output=out, output_format="doccano", diversity="none"
    )
    again = kerascls.suggest(predictor, sample_pool, 4, exclude=[out], diversity="none")
    assert any("which `exclude=" in note for note in again.notes)
    tasks = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert not {task["text"] for task in tasks} & set(texts_of(again))


def test_pairs_of_texts_are_rows_too(pair_predictor):
    pool = {"question": ["国足？", "新车？", ""], "answer": ["输了", "", ""]}
    found = kerascls.suggest(pair_predictor, pool, uncertainty="margin")
    assert {tuple(one.texts_by_column.values()) for one in found} == {
        ("国足？", "输了"),
        ("新车？", ""),
    }
    assert found[0].unsure_of[0].threshold is None


def test_columns_can_be_called_otherwise(predictor):
    found = kerascls.suggest(predictor, {"why": ["国足迎战", "新车"]}, text="why")
    assert found[0].to_dict()["input_why"] == found[0].text


@pytest.mark.parametrize(
    ("pool", "options", "message"),
    [
        ({"words": ["a"]}, {}, 'Expected the text column "text"'),
        ({"text": ["", " "]}, {}, "nobody has labelled.*2 rows; 2 without a text"),
        ({"text": []}, {}, "nobody has labelled.*0 rows"),
        ({"text": [float("inf")]}, {}, "holds an infinite number"),
    ],
)
def test_a_pool_without_texts_is_refused(predictor, pool, options, message):
    with pytest.raises(DataError, match=message):
        kerascls.suggest(predictor, pool, **options)


def test_unknown_keywords_and_options_without_effect_are_refused(predictor):
    with pytest.raises(KeywordError, match="Did you mean 'uncertainty'"):
        kerascls.suggest(predictor, ["a"], uncertainy="margin")
    with pytest.raises(SettingsError, match="a table in memory"):
        kerascls.suggest(predictor, ["a"], encoding="gb18030")


def test_thresholds_are_refused_where_there_are_none(pair_predictor):
    pool = {"question": ["a"], "answer": ["b"]}
    with pytest.raises(SettingsError, match="labels from a probability on"):
        kerascls.suggest(pair_predictor, pool, uncertainty="threshold")


def test_ctrl_c_leaves_nothing(predictor, sample_pool, tmp_path):
    def interrupt(done, rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kerascls.suggest(
            predictor,
            sample_pool,
            output=tmp_path / "out.jsonl",
            on_progress=interrupt,
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", SUGGESTION_FORMATS)
def test_half_a_surrogate_pair_is_written(predictor, tmp_path, format):
    out = tmp_path / "out"
    kerascls.suggest(predictor, ["国足 \ud83d"], output=out, output_format=format)
    assert "国足 \ufffd" in out.read_text("utf-8")


@pytest.mark.slow
def test_a_hundred_thousand_rows_stay_within_bounded_memory(predictor, tmp_path):
    import tracemalloc

    random = np.random.default_rng(0)
    words = ["国足", "新车", "演习", "体检", "考试", "球迷", "油耗", "海军", "医生"]
    pool = tmp_path / "pool.csv"
    with open(pool, "w", encoding="utf-8") as file:
        file.write("text\n")
        for number, row in enumerate(random.integers(0, 9, (100_000, 40))):
            file.write(f"{number}{''.join(words[n] for n in row)}\n")
    tracemalloc.start()
    found = kerascls.suggest(predictor, pool, 100)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.usable_rows == 100_000
    assert peak < 100e6
