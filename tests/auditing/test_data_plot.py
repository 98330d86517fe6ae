"""The picture of labelled text."""

import pytest

from kerascls.auditing.data_stats import describe_data


@pytest.mark.parametrize("longest", [0, 3000])
def test_a_picture_is_drawn(tmp_path, write_csv, longest):
    pytest.importorskip("matplotlib")
    rows = [("x" * (longest * n // 50), f"l{n}") for n in range(1, 51)] * 2
    path = write_csv(tmp_path / "a.csv", ("text", "label"), rows)
    describe_data(path, plot=tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
