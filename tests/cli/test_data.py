"""`kerascls data`."""

import json


def rows(tmp_path, write_csv):
    made = [(1, "甲", "体育"), (2, "乙", "汽车")]
    return write_csv(tmp_path / "in.csv", ("id", "text", "label"), made)


def test_a_file_is_converted_and_what_is_lost_is_said(run, tmp_path, write_csv):
    path = rows(tmp_path, write_csv)
    done = run("data", "convert", path, tmp_path / "o.fasttext")
    assert done.code == 0
    assert "2 rows as fasttext" in done.out
    assert 'not kept: cells of the column "id" (2)' in done.out


def test_the_conversion_is_told_as_json(run, tmp_path, write_csv):
    path = rows(tmp_path, write_csv)
    arguments = ("--out-format", "doccano", "--json")
    done = run("data", "convert", path, tmp_path / "o", *arguments)
    assert json.loads(done.out)["rows"] == 2
    again = run("data", "convert", path, tmp_path / "o", *arguments)
    assert again.code == 2
    assert "--overwrite" in again.err


def test_the_numbers_are_shown_or_told_as_json(run, tmp_path, write_csv):
    path = rows(tmp_path, write_csv)
    assert "2 labels" in run("data", "stats", path).out
    facts = json.loads(run("data", "stats", path, "--json").out)
    assert facts["labels"] == {"体育": 1, "汽车": 1}


def test_a_subcommand_that_is_none_is_refused(run):
    assert run("data", "konvert").code == 2


def test_a_skewed_subset_is_written_and_told(run, tmp_path, write_csv):
    made = [(f"文{n}", "体育汽车"[2 * (n % 2) :][:2]) for n in range(40)]
    path = write_csv(tmp_path / "in.csv", ("text", "label"), made)
    out = tmp_path / "o.csv"
    done = run("data", "imbalance", path, "--counts", "20,4", "--out", out)
    assert done.code == 0, done.err
    assert "24 rows as csv, drawn with seed 0; 5.0 of the most frequent" in done.out
    assert ["汽车", "4", "20"] in [line.split() for line in done.out.splitlines()]
    arguments = ("--profile", "step", "--ratio", "10", "--out", out, "--overwrite")
    told = json.loads(run("data", "imbalance", path, *arguments, "--json").out)
    assert told["counts"] == {"体育": 20, "汽车": 2}


def test_counts_that_are_no_numbers_are_refused(run, tmp_path, write_csv):
    path = rows(tmp_path, write_csv)
    done = run("data", "imbalance", path, "--counts", "5,many")
    assert done.code == 2
    assert "'5,many' is no list such as 5000,4000,3000." in done.err
