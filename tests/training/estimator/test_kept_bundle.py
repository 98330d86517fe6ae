"""A bundle in a temporary directory, and in a pickle."""

import pickle
import shutil

import pytest

from kerascls.errors import BundleError
from kerascls.training.estimator.kept_bundle import KeptBundle


@pytest.fixture
def kept(multilabel_run):
    one = KeptBundle()
    shutil.copytree(multilabel_run.result.bundle, one.path, dirs_exist_ok=True)
    return one


def test_it_goes_with_the_object():
    one = KeptBundle()
    folder = one.path
    assert folder.is_dir()
    del one
    assert not folder.exists()


def test_a_pickle_has_the_same_files(kept):
    other = pickle.loads(pickle.dumps(kept))
    assert other.path != kept.path

    def files(folder):
        paths = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in paths}

    assert files(other.path) == files(kept.path)
    assert other.predictor.labels == kept.predictor.labels


def test_what_was_damaged_is_refused(kept):
    (kept.path / "settings.json").write_text("{}")
    content = pickle.dumps(kept)
    with pytest.raises(BundleError, match="settings.json"):
        pickle.loads(content)
