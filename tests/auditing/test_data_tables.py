"""Numbers of labelled text on the screen."""

from kerascls.auditing.data_stats import describe_data
from kerascls.auditing.data_tables import stats_lines


def lines_of(tmp_path, write_csv, rows, column="label"):
    path = write_csv(tmp_path / "a.csv", ("text", column), rows)
    return list(stats_lines(describe_data(path)))


def test_labels_have_counts_shares_and_bars(tmp_path, write_csv):
    rows = [("甲", "体育")] * 3 + [("乙", "汽车")]
    lines = lines_of(tmp_path, write_csv, rows)
    assert any(line.split() == ["3", "75.00%", "#" * 30, "体育"] for line in lines)
    assert any(line.split() == ["1", "25.00%", "#" * 10, "汽车"] for line in lines)
    assert any("3.0 rows for one of the rarest" in line for line in lines)


def test_of_many_labels_the_first_and_the_last_are_shown(tmp_path, write_csv):
    rows = [("x", f"l{n:02}") for n in range(30) for _ in range(40 - n)]
    lines = lines_of(tmp_path, write_csv, rows)
    assert "  ... 10 more" in lines
    shown = [line.split()[-1] for line in lines if "%" in line and "l" in line]
    assert shown[0] == "l00" and "l29" in shown and "l15" not in shown


def test_rows_without_labels_and_empty_texts_are_told(tmp_path, write_csv):
    rows = [("", "a"), ("x", ""), ("y", "b")]
    lines = lines_of(tmp_path, write_csv, rows, "labels")
    assert any(line.endswith("without any label") for line in lines)
    assert "  empty texts: 1" in lines
