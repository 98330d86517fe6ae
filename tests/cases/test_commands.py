"""Options that people gave, and what must not be dropped of them."""


def test_two_training_files_are_both_used(case):
    ran = case("option-given-twice")
    assert ran.done[0].works("a.csv + b.csv was split", "train 25, valid 6, test 5")
    train = ran.json("run/run.json")["data"]["train"]
    assert [part["file"] for part in train["files"]] == ["a.csv", "b.csv"]
    assert len({part["sha256"] for part in train["files"]}) == 2
