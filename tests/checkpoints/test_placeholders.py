import gzip
import json
import pickle
import zipfile

import pytest

from kerascls.checkpoints.placeholders import refuse_placeholder
from kerascls.errors import CheckpointError


def zipped(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.pkl", b"x")


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda path: path.touch(), "which is empty"),
        (
            lambda path: path.write_text("version https://git-lfs.github.com/spec/v1"),
            "git lfs pull",
        ),
        (lambda path: path.write_text("\n<!DOCTYPE HTML><p>Not found"), "a web page"),
        (zipped, "a zip archive"),
        (lambda path: path.write_bytes(pickle.dumps({}, protocol=2)), "Python pickle"),
        (lambda path: path.write_bytes(gzip.compress(b"x")), "packed with gzip"),
    ],
)
def test_what_is_another_file_than_its_name_says_is_told(tmp_path, write, said):
    path = tmp_path / "model.safetensors"
    write(path)
    with pytest.raises(CheckpointError, match=said):
        refuse_placeholder(path)


def test_what_may_be_right_is_left_to_its_reader(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"a": 1}))
    for name in ("config.json", "gone.json"):
        assert refuse_placeholder(tmp_path / name) is None
