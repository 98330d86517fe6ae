import numpy as np
import pytest

from kerascls.decision.costs import LabelCosts, read_costs
from kerascls.decision.label_thresholds import fit_rule
from kerascls.errors import DataError

LABELS = ("体育", "汽车")


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "costs.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_costs_of_labels_come_in_the_order_of_the_labels(written):
    path = written("label,false_positive,false_negative\n汽车,1,3\n体育,1,1\n")
    costs = read_costs(path, LABELS)
    assert isinstance(costs, LabelCosts)
    assert costs.thresholds.tolist() == [0.5, 0.25]


def test_a_matrix_is_true_by_given(written):
    path = written("true,汽车,体育\n汽车,0,7\n体育,2.5,0\n")
    assert read_costs(path, LABELS).costs == ((0.0, 2.5), (7.0, 0.0))


def test_the_column_of_the_true_label_is_the_first_whatever_its_name(written):
    path = written("truth,true,false\ntrue,0,7\nfalse,2.5,0\n")
    assert read_costs(path, ("false", "true")).costs == ((0.0, 2.5), (7.0, 0.0))


@pytest.mark.parametrize("unit", [1e-13, 1e-6, 1, 10**9])
def test_the_unit_of_costs_does_not_matter(unit):
    rng = np.random.default_rng(0)
    targets = rng.random((200, 2)) < 0.3
    given = np.clip(targets * 0.3 + rng.random((200, 2)) * 0.7, 0, 1).astype(np.float32)
    ratio = LabelCosts(np.array([1, 3]), np.array([2, 1]))
    scaled = LabelCosts(ratio.false_positive * unit, ratio.false_negative * unit)
    assert fit_rule(targets, given, scaled).rule == fit_rule(targets, given, ratio).rule


def test_costs_decide_the_default_of_labels():
    costs = LabelCosts(np.array([0.0, 3.0]), np.array([1.0, 1.0]))
    assert costs.thresholds.tolist() == [0, 0.75]


HEADER = "label,false_positive,false_negative\n体育,1,1\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + "汽年,1,1\n", r"costs\.csv:3: .*label='汽年'.*Did you mean '汽车'"),
        (HEADER + "体育,1,1\n", r"costs\.csv:3: .*'体育' are there twice"),
        (HEADER + "汽车,one,1\n", r"costs\.csv:3: .*'false_positive' holds 'one'"),
        (HEADER + "汽车,-1,1\n", r"costs\.csv:3: .*'false_positive' holds '-1'"),
        (HEADER + "汽车,1,inf\n", r"costs\.csv:3: .*'false_negative' holds 'inf'"),
        (HEADER + "汽车,1,\n", r"costs\.csv:3: .*'false_negative' holds ''"),
        (HEADER + "汽车,0,0\n", r"costs\.csv:3: .*both costs are 0"),
        (HEADER + "汽车,1\n", r"costs\.csv:3: 2 columns where the header has 3"),
        (HEADER, r"without '汽车'\. Add them"),
        ("true,体育\n体育,0\n", r"missing: \['汽车'\]"),
        ("true,体育,汽车,军事\n", r"unknown: \['军事'\]"),
        ("", "holds no cell"),
    ],
)
def test_a_fault_in_the_file_is_named(written, text, message):
    with pytest.raises(DataError, match=message):
        read_costs(written(text), LABELS)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(DataError, match="none.csv"):
        read_costs(tmp_path / "none.csv", LABELS)
