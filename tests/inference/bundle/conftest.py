"""A bundle to read and change; puts the cases of this folder where tests find them."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture
def bundle(tmp_path):
    from bundle_cases import write

    return write(tmp_path / "bundle").path
