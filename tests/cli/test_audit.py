"""`kerascls audit` hands options over and shows what was found."""

import json


def write(path, *rows):
    path.write_text("\n".join(["text,labels", *rows]) + "\n", "utf-8")
    return path


def test_findings_do_not_make_it_fail(run, tmp_path):
    path = write(tmp_path / "a.csv", "新车,汽车", "新车,体育")
    outcome = run("audit", path, "--label-errors", "none")
    assert outcome.code == 0
    assert f"{path}:3  新车  [体育]" in outcome.out


def test_json_is_all_there_is_on_standard_output(run, tmp_path):
    path = write(tmp_path / "a.csv", "新车,汽车")
    outcome = run("audit", path, "--label-errors", "none", "--json")
    assert json.loads(outcome.out)["files"] == {str(path): 1}


def test_leaks_are_between_the_files_given(run, tmp_path):
    one, two = (write(tmp_path / f"{name}.csv", "新车,汽车") for name in "ab")
    outcome = run("audit", one, two, "--label-errors", "none", "--out", tmp_path / "o")
    assert "1 distinct text in common: 1 row and 1 row" in outcome.out
    assert (tmp_path / "o" / "findings.csv").is_file()


def test_bad_input_exits_with_2(run, tmp_path):
    assert run("audit").code == 2
    assert run("audit", tmp_path / "none.csv").code == 2
    path = write(tmp_path / "a.csv", "新车,汽车")
    assert run("audit", path, "--near", "0.1").code == 2
