"""Options that people gave, and what must not be dropped of them."""

import csv

import pytest


def test_two_training_files_are_both_used(case):
    ran = case("option-given-twice")
    assert ran.done[0].works("a.csv + b.csv was split", "train 25, valid 6, test 5")
    train = ran.json("run/run.json")["data"]["train"]
    assert [part["file"] for part in train["files"]] == ["a.csv", "b.csv"]
    assert len({part["sha256"] for part in train["files"]}) == 2


@pytest.mark.slow
def test_csv_may_have_the_probabilities_of_all_labels(case):
    ran = case(
        "probabilities-for-all-labels-csv",
        [
            "kerascls fit --train train.csv --from-scratch --set model.num_layers=1 "
            "--epochs 1 --max-tokens 32 --out run --quiet",
            "kerascls predict run --input train.csv --output out.csv --all-scores",
        ],
    )
    assert ran.done[1].works()
    with open(ran.folder / "out.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    labels = ran.json("run/bundle/labels.json")["train_rows"]
    scores = [[float(row[f"score_{label}"]) for label in labels] for row in rows]
    assert len(rows) == len((ran.folder / "train.csv").read_text().splitlines()) - 1
    assert all(0 < score < 1 for row in scores for score in row)
    for row in rows:
        for label, score in zip(
            row["predicted"].split("|"), row["score"].split("|"), strict=True
        ):
            assert score == (row[f"score_{label}"] if label else score)
