"""Numbers of labelled text on the screen."""

from kerascls.auditing.data_stats import describe_data
from kerascls.auditing.data_tables import stats_lines


def lines_of(tmp_path, write_csv, rows, column="label"):
    path = write_csv(tmp_path / "a.csv", ("text", column), rows)
    return list(stats_lines(describe_data(path)))


def test_labels_have_counts_shares_ratios_brackets_and_bars(tmp_path, write_csv):
    rows = [("甲", "体育")] * 30 + [("乙", "汽车")] * 6
    cells = [line.split() for line in lines_of(tmp_path, write_csv, rows)]
    assert ["体育", "30", "83.33%", "1.0", "middle", "#" * 20] in cells
    assert ["汽车", "6", "16.67%", "5.0", "tail", "#" * 4] in cells


def test_the_skew_is_told(tmp_path, write_csv):
    rows = [("甲", "a")] * 120 + [("乙", "b")] * 30
    lines = lines_of(tmp_path, write_csv, rows)
    assert (
        "2 labels; for one row of a label the most frequent has 2.5 on average, 4.0 "
        "for one of the rarest" in lines
    )
    assert (
        "evenness 0.722 (1 is even), that of 1.6 labels with as many rows each" in lines
    )
    assert (
        "head (100 rows or more) 1 label with 120 rows; middle (10 to 99) 1 label with "
        "30 rows; tail (below 10) 0 labels with 0 rows" in lines
    )


def test_of_many_labels_the_first_and_the_last_are_shown(tmp_path, write_csv):
    rows = [("x", f"l{n:02}") for n in range(30) for _ in range(40 - n)]
    lines = lines_of(tmp_path, write_csv, rows)
    assert "... 10 more" in [line.strip() for line in lines]
    shown = [line.split()[0] for line in lines if "%" in line and "90 %" not in line]
    assert shown[0] == "l00" and shown[-1] == "l29" and "l15" not in shown


def test_rows_without_labels_and_empty_texts_are_told(tmp_path, write_csv):
    rows = [("", "a"), ("x", ""), ("y", "b")]
    lines = lines_of(tmp_path, write_csv, rows, "labels")
    assert any(line.split()[:4] == "without any label 1".split() for line in lines)
    assert "  empty texts: 1" in lines


def test_sets_of_labels_are_told_of_several_labels_for_a_row(tmp_path, write_csv):
    rows = [("x", "a|b"), ("y", "a|b"), ("z", "a"), ("u", "")]
    lines = lines_of(tmp_path, write_csv, rows, "labels")
    assert (
        "1.25 labels for a row, 62.50% of all; 3 sets of labels, 2 of one row alone"
        in lines
    )
    assert "rows by number of labels: 1 with 0, 1 with 1, 2 with 2" in lines


def test_labels_that_a_file_lacks_are_named(tmp_path, write_csv):
    train = write_csv(tmp_path / "train.csv", ("text", "label"), [("x", "a")] * 2)
    rows = [("y", "a"), ("y", "a"), ("z", "b"), ("z", "b")]
    test = write_csv(tmp_path / "test.csv", ("text", "label"), rows)
    lines = list(stats_lines(describe_data([train, test])))
    assert f"no row in {train} for 1 of 2 labels: b" in lines
    assert not [line for line in lines if line.startswith(f"no row in {test}")]
