"""States: complete or not there, the newest first, two at most."""

import numpy as np
import pytest
from safetensors import SafetensorError

from kerascls.errors import BundleError, DiskFullError, SettingsError
from kerascls.training import state as states
from kerascls.training.state import State, read_state, stored_shapes, write_state


def state(step, value=0.0):
    arrays = {
        "model/00000": np.full((2, 3), value, np.float32),
        "model/00001": np.array([1, 2**32 - 1], np.uint32),
        "optimizer/00000": np.array(step, np.int64),
    }
    return State(step, arrays, {"seconds": 1.5, "best_epoch": None, "名": "标签"})


def names(folder):
    return sorted(item.name for item in folder.iterdir())


def test_a_state_comes_back_as_it_was(tmp_path):
    write_state(tmp_path / "state", state(7, 0.25))
    found = read_state(tmp_path / "state")
    assert (found.step, found.facts) == (7, state(7).facts)
    for name, array in state(7, 0.25).arrays.items():
        np.testing.assert_array_equal(found.arrays[name], array)
        assert found.arrays[name].dtype == array.dtype


def test_there_is_no_state_where_none_was_written(tmp_path):
    assert read_state(tmp_path / "nowhere") is None
    (tmp_path / ".half").mkdir()
    assert read_state(tmp_path) is None


def test_the_newest_two_are_kept(tmp_path):
    for step in (5, 50, 500, 1000):
        write_state(tmp_path, state(step))
    assert names(tmp_path) == ["step-000000500", "step-000001000"]
    assert read_state(tmp_path).step == 1000


@pytest.mark.parametrize("function", ["save_file", "flush", "write_json"])
def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch, function):
    write_state(tmp_path, state(1, 0.5))

    def fail(*_):
        raise SafetensorError("No space left on device")

    monkeypatch.setattr(states, function, fail)
    with pytest.raises(DiskFullError, match="No space"):
        write_state(tmp_path, state(2))
    assert names(tmp_path) == ["step-000000001"]
    assert read_state(tmp_path).arrays["model/00000"][0, 0] == 0.5


def test_what_a_killed_process_left_half_written_goes_with_the_next_write(tmp_path):
    (tmp_path / ".abc").mkdir(parents=True)
    (tmp_path / ".abc" / "arrays.safetensors").write_bytes(b"half")
    write_state(tmp_path, state(3))
    assert names(tmp_path) == ["step-000000003"]


@pytest.mark.parametrize("file", ["arrays.safetensors", "state.json"])
def test_a_damaged_state_gives_way_to_the_one_before(tmp_path, file):
    for step in (1, 2):
        write_state(tmp_path, state(step))
    damaged = tmp_path / "step-000000002" / file
    damaged.write_bytes(damaged.read_bytes()[:-3])
    assert read_state(tmp_path).step == 1
    write_state(tmp_path, state(2, 0.75))
    assert read_state(tmp_path).arrays["model/00000"][0, 0] == 0.75


def test_damaged_states_alone_are_an_error_that_names_them(tmp_path):
    write_state(tmp_path, state(4))
    (tmp_path / "step-000000004" / "arrays.safetensors").unlink()
    with pytest.raises(BundleError, match="step-000000004.*--overwrite"):
        read_state(tmp_path)


def test_the_shapes_in_a_state_are_those_of_the_newest_that_can_be_read(tmp_path):
    assert stored_shapes(tmp_path) == set()
    for step in (1, 2):
        write_state(tmp_path, state(step))
    assert stored_shapes(tmp_path) == {(2, 3), (2,), ()}
    (tmp_path / "step-000000002" / "arrays.safetensors").write_bytes(b"half")
    assert stored_shapes(tmp_path) == {(2, 3), (2,), ()}


def test_a_state_of_another_format_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(states, "FORMAT_VERSION", 0)
    write_state(tmp_path, state(4))
    monkeypatch.undo()
    with pytest.raises(BundleError, match="format_version=0"):
        read_state(tmp_path)


def test_the_state_of_another_model_is_refused():
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    for arrays in ({}, {"model/00000": np.zeros((9, 9))}):
        with pytest.raises(SettingsError, match="a state of 2 model variables"):
            states.put_snapshot(model, arrays, ("model",))
