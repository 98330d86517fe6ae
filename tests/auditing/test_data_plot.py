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


def test_numbers_stand_as_they_are_at_both_scales(tmp_path, write_csv, monkeypatch):
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    told = []

    def drawn(figure, *arguments, **more):
        figure.draw_without_rendering()
        for axes in figure.get_axes():
            ticks = (*axes.get_xticklabels(), *axes.get_yticklabels())
            told.extend(tick.get_text() for tick in ticks)

    monkeypatch.setattr(Figure, "savefig", drawn)
    rows = [("x" * 10, "甲")] * 1000 + [("x" * 100, "乙")] * 10
    path = write_csv(tmp_path / "a.csv", ("text", "label"), rows)
    describe_data(path, plot=tmp_path / "a.png")
    assert {"1", "10", "100", "1,000", "甲", "乙"} <= set(told)
    assert not [one for one in told if "$" in one]


def test_rows_without_any_label_are_drawn_too(tmp_path, write_csv, recwarn):
    pytest.importorskip("matplotlib")
    rows = [("x", ""), ("y", "")]
    path = write_csv(tmp_path / "a.csv", ("text", "labels"), rows)
    describe_data(path, plot=tmp_path / "a.png")
    assert (tmp_path / "a.png").is_file()
    assert not recwarn.list
