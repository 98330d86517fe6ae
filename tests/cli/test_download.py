import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "checkpoints"))
from hub_server import Hub, serving


@pytest.fixture
def mirror():
    with serving(Hub({"hfl/rbt3": {"config.json": b"{}", "tf_model.h5": b"0"}})) as url:
        yield url


def test_files_and_folder_are_told(run, mirror, tmp_path):
    folder = tmp_path / "rbt3"
    outcome = run("download", "rbt3", "--to", folder, "--mirror", mirror)
    assert (outcome.code, outcome.out) == (0, f"{folder}\n")
    assert "tf_model.h5 (0.0 MB)" in outcome.err
    again = run("download", "rbt3", "--to", folder, "--mirror", mirror)
    assert again.out == f"{folder} (was there already)\n"


def test_a_name_of_no_model_is_bad_input(run):
    outcome = run("download", "rbt4")
    assert outcome.code == 2
    assert "Did you mean 'rbt3'?" in outcome.err
