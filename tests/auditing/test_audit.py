"""`audit` reads first, then looks; it says what it left out."""

import subprocess
import sys

import pytest

import kerascls
from kerascls.auditing import audit as auditing
from kerascls.errors import DataError, SettingsError

ROWS = [(f"球队比赛{n}", "体育") for n in range(9)] + [
    (f"新车发布{n}", "汽车") for n in range(9)
]
KINDS = ["label_column", "duplicate", "leak", "conflict", "empty_text"]
KINDS += ["near_duplicate", "label_count", "label_pair", "length", "label_error"]


@pytest.fixture
def train(labelled):
    return labelled("train.csv", ROWS)


def test_every_kind_has_a_section_also_without_findings(train):
    found = kerascls.audit(train, label_errors="none")
    assert [section.kind for section in found.sections] == KINDS


def test_wrong_labels_are_found_by_cross_validation(labelled):
    pytest.importorskip("cleanlab", reason='pip install "kerascls[audit]"')
    many = [(f"{a}{b}的球队在比赛", "体育") for a in "甲乙丙丁戊" for b in "天地玄黄宇"]
    cars = [(f"{a}{b}的新车已发布", "汽车") for a in "甲乙丙丁戊" for b in "天地玄黄宇"]
    path = labelled("train.csv", [*many, *cars, ("新车发布了", "体育")], label="label")
    found = kerascls.audit([path]).section("label_error")
    assert found.findings[0][0].row == 50
    assert found.findings[0][0].suggestion == "汽车"


def test_a_bundle_gives_columns_tokens_and_probabilities(
    multilabel_run, multilabel_files
):
    pytest.importorskip("cleanlab", reason='pip install "kerascls[audit]"')
    files = [multilabel_files["train"], multilabel_files["test"]]
    found = kerascls.audit(files, bundle=multilabel_run.out, label_errors="bundle")
    assert found.section("length").counts["unit"] == "tokens"
    assert "unknown_token" in [section.kind for section in found.sections]
    assert any("WARNING" in line for line in found.section("label_error").lines)


def test_a_bundle_does_not_judge_what_it_was_trained_on_unless_asked(
    multilabel_run, multilabel_files
):
    pytest.importorskip("cleanlab", reason='pip install "kerascls[audit]"')
    train = multilabel_files["train"]
    found = kerascls.audit(train, bundle=multilabel_run.out).section("label_error")
    assert not any("by the probabilities of" in line for line in found.lines)
    assert (
        f"not by the bundle, for it was trained on 29 of 30 rows of {train}"
        in found.lines[-1]
    )


def test_a_bundle_judges_files_it_was_not_trained_on(
    multilabel_run, write_csv, tmp_path
):
    pytest.importorskip("cleanlab", reason='pip install "kerascls[audit]"')
    rows = [("好车", "汽车"), ("好球", "体育"), ("好天气", "")]
    test = write_csv(tmp_path / "new.csv", ("text", "labels"), rows)
    found = kerascls.audit(test, bundle=multilabel_run.out).section("label_error")
    assert any("by the probabilities of" in line for line in found.lines)


def test_rows_that_a_bundle_cannot_judge_are_no_failure(pair_run, write_csv, tmp_path):
    pytest.importorskip("cleanlab", reason='pip install "kerascls[audit]"')
    header = ("question", "answer", "label")
    path = write_csv(
        tmp_path / "t.csv", header, [("新", "车", "全新"), ("", "", "体育")]
    )
    section = kerascls.audit(path, bundle=pair_run.out).section("label_error")
    assert "all have the same ones" in section.lines[0]


def test_without_cleanlab_all_else_is_looked_for(train, monkeypatch):
    monkeypatch.setattr(auditing, "has_extra", lambda extra: False)
    section = kerascls.audit(train).section("label_error")
    assert "what judges them is not installed" in section.lines[0]
    assert 'pip install "kerascls[audit]"' in section.advice


def test_asking_for_label_errors_without_cleanlab_says_what_to_install(
    train, monkeypatch
):
    monkeypatch.setattr("kerascls.system.extras.is_installed", lambda name: False)
    with pytest.raises(SettingsError, match=r'pip install "kerascls\[audit\]"'):
        kerascls.audit(train, label_errors="cross-validation")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"near": 0.2}, "near=0.2"),
        ({"folds": 1}, "folds=1"),
        ({"max_tokens": 0}, "max_tokens=0"),
        ({"label_errors": "guess"}, "label_errors='guess'"),
        ({"label_errors": "bundle"}, "bundle=None"),
        ({"export": "rows.csv"}, "export='rows.csv'"),
        ({"task": "both"}, "task='both'"),
    ],
)
def test_an_argument_without_meaning_is_refused(train, options, message):
    with pytest.raises(SettingsError, match="Received:.*" + message):
        kerascls.audit(train, **options)


@pytest.mark.parametrize("times", [0, 2])
def test_no_file_or_one_file_twice_is_refused(train, times):
    with pytest.raises(SettingsError, match="Name each file once"):
        kerascls.audit([train] * times)


def test_files_of_different_tasks_are_refused(train, labelled):
    other = labelled("other.csv", [("a", "b")], label="label")
    with pytest.raises(DataError, match="same task"):
        kerascls.audit([train, other])


def test_a_bundle_of_another_task_is_refused(train, pair_run):
    with pytest.raises(SettingsError, match="leave the task out"):
        kerascls.audit(
            train,
            bundle=pair_run.out,
            text=("text",),
            label="labels",
            task="multilabel",
        )


def test_an_export_never_overwrites_an_audited_file(write_jsonl):
    path = write_jsonl("train.jsonl", [{"text": "a", "labels": ["b"]}])
    with pytest.raises(SettingsError, match="export="):
        kerascls.audit(path, export=path)


def test_data_errors_answer_without_heavy_packages(tmp_path):
    code = """
import sys
from kerascls.cli.app import main
try:
    main(["audit", sys.argv[1]])
except SystemExit as end:
    heavy = {"sklearn", "cleanlab", "pandas", "keras", "tensorflow", "matplotlib"}
    sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else end.code)
"""
    path = tmp_path / "bad.csv"
    path.write_text("text,labels\na,b,c\n", "utf-8")
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True)
    assert done.returncode == 2, done.stderr.decode()
    assert b"bad.csv:2" in done.stderr
