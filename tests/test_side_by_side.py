"""How the side-by-side measurements turn times into rows, and rows into tables."""

import argparse
import csv
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
pytestmark = pytest.mark.skipif(
    not BENCHMARKS.is_dir(), reason="the scripts are in the repository only"
)


@pytest.fixture(autouse=True)
def _scripts(monkeypatch):
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(BENCHMARKS / "peers"))
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield
    for name in set(sys.modules) - before:
        if str(BENCHMARKS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def clock():
    """Returns a function that counts steps until the clock says stop."""
    from protocol import StepClock

    def count(steps=1, **job):
        clock = StepClock({"spawned": 0.0, **job})
        while not clock(steps):
            if clock.ends[-1][0] >= 100:
                return None
        return clock.ends[-1][0]

    return count


def test_a_clock_stops_at_a_multiple_of_the_fair_cut(clock):
    assert clock(max_minutes=0, cut=7) == 7


def test_a_clock_sees_a_cut_that_several_steps_pass_at_once(clock):
    assert clock(steps=4, max_minutes=0, cut=7) == 8


def test_a_clock_without_a_limit_never_stops(clock):
    assert clock(max_minutes=None, cut=7) is None


def test_a_whole_epoch_takes_what_was_measured():
    from fit_speed import epoch_times

    found = epoch_times([(1, 10.0), (2, 12.0), (3, 14.0)], steps=3)
    assert found == {"prepare_s": 10.0, "steady_s": 6.0, "wall_s": 14.0}


def test_the_rest_of_an_epoch_is_added_at_the_pace_of_the_steps_done():
    from fit_speed import epoch_times

    found = epoch_times([(2, 10.0), (4, 11.0)], steps=10)
    assert found == {"prepare_s": 10.0, "steady_s": 5.0, "wall_s": 14.0}


@pytest.mark.parametrize("ends", [[(1, 9.0)], [(1, 9.0), (11, 20.0)]])
def test_an_epoch_without_a_pace_or_of_too_many_steps_is_refused(ends):
    from fit_speed import epoch_times
    from side_by_side import PeerFailure

    with pytest.raises(PeerFailure, match="2 to 10 steps"):
        epoch_times(ends, steps=10)


@pytest.mark.parametrize(
    ("rows", "steps"), [(20_000, 50), (1355, 10), (256, 2), (40, 1)]
)
def test_a_fair_cut_is_a_group_of_sorted_batches(rows, steps):
    from fit_speed import fair_cut

    assert fair_cut(rows) == steps


def test_peers_take_turns():
    from fit_speed import cases

    options = {"repeats": 2, "sets": ["headlines"], "models": ["albert_small"]}
    options |= {"peers": ["kerascls", "KerasHub"], "rows": 9}
    found = [c["peer"] for c in cases(argparse.Namespace(**options))]
    assert found == ["kerascls", "KerasHub"] * 2


def test_a_model_is_measured_with_peers_that_read_it():
    from fit_speed import cases
    from side_by_side import E5

    options = {"repeats": 1, "sets": ["headlines"], "models": ["albert_small", E5]}
    options |= {"peers": ["kerascls", "kerascls, pruned", "KerasHub"], "rows": 9}
    found = [(c["model"], c["peer"]) for c in cases(argparse.Namespace(**options))]
    assert found == [
        *(("albert_small", "kerascls"), ("albert_small", "KerasHub")),
        *((E5, "kerascls"), (E5, "kerascls, pruned")),
    ]


def test_what_is_measured_is_not_measured_again_and_failures_do_not_stop(tmp_path):
    from side_by_side import PeerFailure, measure_missing

    def measure(case):
        seen.append(case["peer"])
        if case["peer"] == "b":
            raise PeerFailure("no")
        return {"seconds": 1}

    seen, path = [], tmp_path / "rows.csv"
    cases = [{"peer": name, "repeat": 0} for name in "abc"]
    assert measure_missing(path, cases, measure, "command") == 1
    assert measure_missing(path, cases, measure, "command") == 1
    assert seen == ["a", "b", "c", "b"]
    with open(path, encoding="utf-8") as file:
        assert [row["peer"] for row in csv.DictReader(file)] == ["a", "c"]


def test_a_ratio_is_to_the_best_peer_of_the_same_turn():
    from speed_table import ratio

    values = {
        "kerascls": {"0": 1.0, "1": 9.0},
        "KerasHub": {"0": 4.0, "1": 10.0, "2": 1.0},
        "transformers": {"0": 2.0, "1": 90.0},
    }
    peers = ("KerasHub", "transformers", "bert4keras")
    assert ratio(values, "kerascls", peers, min) == pytest.approx((0.5 + 0.9) / 2)
    assert ratio(values, "kerascls", ("bert4keras",), min) is None


def test_only_the_largest_measurement_of_its_kind_is_shown():
    from speed_table import groups

    rows = [
        {"data": "headlines", "model": "albert_small", "texts": size}
        for size in ("64", "5000", "5000")
    ]
    ((key, found),) = groups(rows, "texts")
    assert key == ("headlines", "albert_small")
    assert [row["texts"] for row in found] == ["5000", "5000"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_tables_have_a_line_for_what_was_measured(language, monkeypatch, tmp_path):
    import speed_table

    fits = (
        "peer,model,data,max_rows,repeat,rows,rows_timed,wall_s,steady_s\n"
        + "".join(
            f"{peer},albert_small,headlines,20000,0,20000,3200,{seconds},{steps}\n"
            for peer, seconds, steps in (
                *(("kerascls", 50, 44), ("KerasHub", 100, 90)),
                ('"kerascls, pruned"', 49, 40),
            )
        )
    )
    (tmp_path / "fit_speed.csv").write_text(fits, "utf-8")
    columns = "texts_per_s,p50_ms,p99_ms,cold_s,peak_mib"
    predictions = f"peer,model,data,texts,repeat,{columns}\n" + "".join(
        f"{peer},albert_small,headlines,5000,0,{rate},4,5,6,700\n"
        for peer, rate in (("kerascls", 300), ("transformers", 100))
    )
    (tmp_path / "predict_speed.csv").write_text(predictions, "utf-8")
    monkeypatch.setattr(speed_table, "RESULTS", tmp_path)
    (line,) = speed_table.fit_table(language).splitlines()[2:]
    assert "20,000" in line and "3,200" in line
    assert "| 50 s |" in line and "| 0.50 |" in line
    assert line.endswith("| 1.10 |")
    ours, theirs = speed_table.predict_table(language).splitlines()[2:]
    assert "| kerascls | 300 | 3.00 | 4.0 ms | 5.0 ms | 1.00 | 6.0 s |" in ours
    assert "| transformers | 100 |  |" in theirs


def test_products_count_what_a_small_encoder_multiplies():
    from matrix_products import forward_products, training_products

    from kerascls.models.encoder_config import EncoderConfig

    sizes = {"embedding_dim": 4, "hidden_dim": 8, "intermediate_dim": 16}
    config = EncoderConfig(
        family="electra", vocab_size=9, num_layers=3, num_heads=2, **sizes
    )
    flat = 2 * 5  # rows * tokens
    dense = 4 * 8 * 8 + 2 * 8 * 16
    attention = 2 * 5 * 8  # for each token: scores and mixtures
    forward = 2 * flat * (3 * (dense + attention) + 4 * 8)
    assert sum(p.flop for p in forward_products(config, 2, 5)) == forward
    assert sum(p.flop for p in training_products(config, 2, 5)) == 3 * forward


def test_every_layout_has_every_weight(tmp_path):
    import json

    from random_encoders import random_weights, write_huggingface
    from safetensors.numpy import load_file

    from kerascls.checkpoints.names import file_name
    from kerascls.models.encoder_config import EncoderConfig

    sizes = {"embedding_dim": 4, "hidden_dim": 8, "intermediate_dim": 16}
    config = EncoderConfig(
        family="albert", vocab_size=9, num_layers=3, num_heads=2, **sizes
    )
    weights = random_weights(config, seed=1)
    write_huggingface(tmp_path, config, weights)
    written = load_file(tmp_path / "model.safetensors")
    for name, value in weights.items():
        key = f"albert.{file_name('huggingface', 'albert', name)}"
        array = written[key].T if name.endswith("/kernel") else written[key]
        assert (array == value).all()
    assert json.loads((tmp_path / "config.json").read_text())["embedding_size"] == 4


def test_the_original_reads_labels_and_characters_line_by_line(tmp_path):
    from fasttext_speed import HEADLINES, lines_of
    from side_by_side import Place, write_rows

    rows = [("体育", "Go 队，\u3000赢了"), ("财经", "A股")]
    write_rows(tmp_path / HEADLINES / "test.csv", rows)
    place = Place(tmp_path, tmp_path / "runs", tmp_path, cores=1)
    written = lines_of(place, "test").read_text("utf-8").splitlines()
    assert written == ["__label__体育 g o 队 ， 赢 了", "__label__财经 a 股"]


def test_a_runner_may_have_another_name_than_its_environment():
    from side_by_side import Peer

    assert Peer("fasttext").runner.is_file()
    assert Peer("kerascls", script="classic").runner.name == "run_classic.py"
