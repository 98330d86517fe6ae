"""Small checkpoints in every layout, in a directory with an awkward name."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture(scope="session")
def written(tmp_path_factory) -> Callable[[str], Path]:
    """Writes the checkpoint of a case once; do not change what it returns."""
    from make_checkpoints import CASES, write_checkpoint

    places: dict[str, Path] = {}

    def write(name: str) -> Path:
        if name not in places:
            directory = tmp_path_factory.mktemp("written") / name
            places[name] = write_checkpoint(CASES[name], directory)
        return places[name]

    return write


@pytest.fixture
def copy_of(written, tmp_path) -> Callable[[str], Path]:
    """Returns a copy of a case's checkpoint, to be changed at will."""

    def copy(name: str) -> Path:
        directory = tmp_path / "中文 目录 (1)" / name
        return Path(shutil.copytree(written(name), directory))

    return copy


@pytest.fixture
def edit_json() -> Callable[..., None]:
    """Changes keys of a JSON file; the value None removes the key."""

    def edit(path: Path, **changes: object):
        content = json.loads(path.read_text("utf-8")) | changes
        content = {key: value for key, value in content.items() if value is not None}
        path.write_text(json.dumps(content), encoding="utf-8")

    return edit
