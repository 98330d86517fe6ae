"""The page for bert4keras's users: what it promises is run, in both languages."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import kerascls
from kerascls.errors import CheckpointError
from kerascls.settings.run_settings import FIELDS

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "docs" / name for name in ("MIGRATION.md", "MIGRATION.zh-CN.md")]
LABELS = {"体育": "中国足球队胜", "军事": "军事演习在海上", "汽车": "新车价格"}

sys.path.insert(0, str(ROOT / "tests" / "checkpoints"))
pytestmark = pytest.mark.skipif(
    not PAGES[0].is_file(), reason="the page is in the repository only"
)
both = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def blocks(page: Path) -> list[str]:
    return re.findall(r"(?ms)^```python\n(.*?)^```", page.read_text("utf-8"))


def without_comments(code: str) -> str:
    return re.sub(r"(?m) *#.*$", "", code)


def squeezed(code: str) -> str:
    return re.sub(r"\s|,(?=\s*[)\]}])", "", code)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Where the examples run: a small ALBERT under its usual name, and texts."""
    from make_checkpoints import CASES, write_checkpoint

    folder = tmp_path_factory.mktemp("migration")
    case = CASES["albert_tensorflow"]
    case = replace(case, model=replace(case.model, max_positions=512))
    write_checkpoint(case, folder / "pretrained" / "albert_small_zh_google")
    rows = [
        f"{text} {'，'.join('0123456789'[:n])},{label}"
        for n in range(8)
        for label, text in LABELS.items()
    ]
    (folder / "news.csv").write_text("\n".join(["text,label", *rows, ""]), "utf-8")
    return folder


@pytest.mark.parametrize(
    "which",
    [
        pytest.param(0, id="imports"),
        pytest.param(2, id="fit", marks=pytest.mark.slow),
        pytest.param(3, id="own loop"),
    ],
)
def test_what_stands_after_runs(folder, monkeypatch, which, capsys):
    monkeypatch.chdir(folder)
    code = blocks(PAGES[0])[which]
    assert "bert4keras" not in code
    space: dict = {}
    exec(code.replace("epochs=50", "epochs=1"), space)
    if which == 0:
        assert space["hidden"].shape[::2] == (2, 48)
    elif which == 2:
        assert set(space["predictor"].predict("新车").labels) <= set(LABELS)
        assert (folder / "runs" / "news" / "report.md").is_file()
    else:
        assert space["table"].best_epoch_ == 1
        assert set(space["table"].scores_.labels) == set(LABELS)


@pytest.mark.slow
def test_what_stands_before_runs_where_bert4keras_is(folder, monkeypatch):
    from test_parity_live import reference_python

    python = reference_python("bert4keras")
    _, before, *_, saved_anew = blocks(PAGES[0])
    code = before.replace("epochs=50", "epochs=1") + saved_anew
    # Its own class needs a TensorFlow that today's Python does not have.
    own_adam = "from bert4keras.optimizers import Adam\n"
    assert own_adam in code
    code = code.replace(own_adam, "Adam = keras.optimizers.Adam\n")
    tuned, refused = folder / "tuned", folder / "refused"
    names = {"TF_USE_LEGACY_KERAS": "1", "TF_KERAS": "1"}
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    done = subprocess.run(
        [python, "-c", code], cwd=folder, capture_output=True, text=True
    )
    if "No module named 'sklearn'" in done.stderr:
        pytest.skip("scikit-learn is not there")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "macro avg" in done.stdout
    for made, place in (("named.ckpt.*", tuned), ("best_model.weights*", refused)):
        ignored = shutil.ignore_patterns("albert_model*", "checkpoint")
        source = folder / "pretrained" / "albert_small_zh_google"
        shutil.copytree(source, place, ignore=ignored)
        for path in folder.glob(made):
            shutil.copy(path, place)
    assert kerascls.inspect(tuned).is_complete
    assert kerascls.convert(tuned, folder / "tuned-hf").config.family == "albert"
    with pytest.raises(CheckpointError) as caught:
        kerascls.load_encoder(refused)
    advised = saved_anew.partition("import tensorflow as tf")[2]
    assert squeezed(advised) in squeezed(str(caught.value))


@both
def test_settings_and_calls_of_the_tables_exist(page):
    text = page.read_text("utf-8")
    settings = re.findall(r"`(?:--set )?((?:train|model)\.\w+)(?:=[\d.]+)?`", text)
    assert len(settings) > 12
    assert set(settings) <= set(FIELDS)
    assert set(re.findall(r"kerascls\.(\w+)\(", text)) <= set(kerascls.__all__)


def test_the_own_loop_s_names_are_in_keras():
    import keras

    text = PAGES[0].read_text("utf-8")
    for name in set(re.findall(r"`(keras(?:\.\w+)+)`", text)):
        value = keras
        for part in name.split(".")[1:]:
            value = getattr(value, part)
    for name in ("Lion", "Adafactor"):
        assert hasattr(keras.optimizers, name)


def test_both_pages_have_the_same_code_and_rows():
    ours, theirs = map(blocks, PAGES)
    assert list(map(without_comments, ours)) == list(map(without_comments, theirs))

    def calls(page):
        rows = re.findall(r"(?m)^\| (.*?) \|", page.read_text("utf-8"))
        return [re.findall(r"`([^`]+)`", row) for row in rows]

    assert calls(PAGES[0]) == calls(PAGES[1])
