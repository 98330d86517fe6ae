"""Fixtures shared by all tests: tiny, made here, no network."""

import csv
import io
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ("messages_met",)

# How long an example takes says more about the machine than about the code.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

ROOT = Path(__file__).resolve().parent.parent

TEXTS = {
    "体育": ("中国队以3比2战胜日本队", "我们今天去看足球", "the team wins a goal ⚽"),
    "汽车": ("新车今天上海发布", "a new car 🚗 is good", "新车的价格不大"),
    "[red]军事[/red]": (
        "军事演习在海上",
        "the army is on the coast",
        "部长说：军事 :car:",
    ),
}
FIT = {"epochs": 2, "batch_size": 8, "learning_rate": 1e-3, "max_tokens": 16}
FIT |= {"baseline": False}  # a second for each run
LINEAR = {**dict.fromkeys(("checkpoint", *FIT)), "baseline": True, "model": "linear"}


@dataclass(frozen=True)
class Run:
    """A finished training: what went in, what came back, what was shown."""

    options: dict
    result: object
    shown: str

    @property
    def out(self) -> Path:
        """The run directory."""
        return self.result.out


@pytest.fixture(scope="session", autouse=True)
def _own_surroundings(tmp_path_factory) -> Iterator[None]:
    """Keeps the user's cache, checkpoints and screen out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERASCLS_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
        patch.delenv("KERASCLS_PRETRAINED", raising=False)
        # A job in the background of a shell ignores it, and so would its children.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        yield


@pytest.fixture(autouse=True)
def _undrawn(monkeypatch) -> None:
    """Leaves plots of runs and reports empty: to draw them takes a second each time.

    They are drawn in the runs that tests share, and in the tests of plots.
    """
    _draw_nothing(monkeypatch)


def _draw_nothing(patch: pytest.MonkeyPatch) -> None:
    path = "kerascls.evaluation.reports.plots.write_plots._png"
    patch.setattr(path, lambda figure, dpi: b"\x89PNG")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data sets that are not part of the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data sets (../shared/data) are not on this machine")
    return folder


@pytest.fixture(scope="session")
def write_csv() -> Callable[..., Path]:
    """Writes rows below a header; returns the path."""

    def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
        with open(path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return path

    return write


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory) -> Path:
    """A random BERT of one layer in Hugging Face's layout."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "tests" / "checkpoints"))
        from make_checkpoints import CASES, write_checkpoint
    case = CASES["bert_huggingface"]
    sizes = {"embedding_dim": 16, "hidden_dim": 16, "intermediate_dim": 32}
    model = replace(case.model, num_layers=1, num_heads=2, **sizes)
    directory = tmp_path_factory.mktemp("checkpoint") / "tiny 小"
    return write_checkpoint(replace(case, model=model), directory)


@pytest.fixture(scope="session")
def multilabel_files(tmp_path_factory, write_csv) -> dict[str, Path]:
    """Three files with empty texts, empty label sets, duplicates, unseen labels."""
    from kerascls.data.readers import join_labels

    folder = tmp_path_factory.mktemp("multilabel")
    known = {join_labels([name]): texts for name, texts in TEXTS.items()}
    train = [(text, label) for label, texts in known.items() for text in texts] * 3
    train += [("新车 足球", "汽车|体育"), ("", "体育"), ("天气很好", "")]
    extra = {
        "valid": [("书 很好", "教育"), ("🙂", ""), ("学校 足球", "教育|体育")],
        "test": [("医院", "健康"), ("学校 新车", "教育|汽车"), ("", "体育")],
    }
    parts = {"train": train}
    for name, rows in extra.items():
        parts[name] = [(texts[-1], label) for label, texts in known.items()] + rows
    return {
        name: write_csv(folder / f"{name}.csv", ("text", "labels"), rows)
        for name, rows in parts.items()
    }


@pytest.fixture(scope="session")
def pair_files(tmp_path_factory, write_csv) -> dict[str, Path]:
    """Three multi-class files with two text columns and unseen labels."""
    folder = tmp_path_factory.mktemp("pairs")
    known = [
        (text, texts[0], name)
        for name, texts in list(TEXTS.items())[:2]
        for text in texts
    ]
    parts = {
        "train": known * 3 + [("", "", "体育")],
        "valid": [*known, ("书 很好", "", "教育")],
        "test": [*known, ("医院", "健康", "健康"), ("", "学校", "教育")],
    }
    header = ("question", "answer", "label")
    return {
        name: write_csv(folder / f"{name}.csv", header, rows)
        for name, rows in parts.items()
    }


@pytest.fixture(scope="session")
def train_run(tiny_checkpoint) -> Callable[..., Run]:
    """Trains from the tiny checkpoint and keeps what was shown."""
    from rich.console import Console

    from kerascls.training.fit import fit

    def train(out: Path, drawn: bool = False, **options: object) -> Run:
        options = {"checkpoint": tiny_checkpoint, **FIT, **options}
        shown = io.StringIO()
        console = Console(file=shown, width=100)
        with pytest.MonkeyPatch.context() as patch:
            if not drawn:
                _draw_nothing(patch)
            result = fit(out=out, console=console, **options)
        return Run(options, result, shown.getvalue())

    return train


@pytest.fixture(scope="session")
def linear_run(train_run, tmp_path_factory) -> Run:
    """A linear model of the sample."""
    pytest.importorskip("sklearn")
    folder = tmp_path_factory.mktemp("linear")
    return train_run(folder / "run", **LINEAR)


@pytest.fixture(scope="session")
def multilabel_run(train_run, multilabel_files, tmp_path_factory) -> Run:
    """A finished multi-label run; do not change its directory."""
    folder = tmp_path_factory.mktemp("runs")
    options = {"baseline": True, **multilabel_files}
    return train_run(folder / "multilabel", drawn=True, **options)


@pytest.fixture(scope="session")
def pair_run(train_run, pair_files, tmp_path_factory) -> Run:
    """A finished multi-class run on pairs of texts; do not change its directory."""
    return train_run(
        tmp_path_factory.mktemp("runs") / "pairs",
        drawn=True,
        **pair_files,
        text=("question",),
        text_pair="answer",
    )


@pytest.fixture(scope="session")
def predictor(multilabel_run):
    """The predictor of the multi-label run."""
    from kerascls.inference.predictor import Predictor

    return Predictor.load(multilabel_run.out)


@pytest.fixture(scope="session")
def pair_predictor(pair_run):
    """The predictor of the multi-class run on pairs."""
    from kerascls.inference.predictor import Predictor

    return Predictor.load(pair_run.out)


@pytest.fixture(scope="session")
def logistic_run(train_run, tmp_path_factory):
    """Another linear model of the sample than `linear_run`, of the same split."""
    pytest.importorskip("sklearn")
    folder = tmp_path_factory.mktemp("logistic")
    return train_run(folder / "run", **LINEAR, linear_loss="log_loss")


@pytest.fixture(scope="session")
def multilabel_linear_run(train_run, multilabel_files, tmp_path_factory):
    """A linear model of the files of `multilabel_run`."""
    folder = tmp_path_factory.mktemp("linear")
    return train_run(folder / "run", **LINEAR, **multilabel_files)


@pytest.fixture(scope="session")
def second_run(train_run, multilabel_files, tmp_path_factory):
    """`multilabel_run` once more, with another seed."""
    folder = tmp_path_factory.mktemp("second")
    return train_run(folder / "run", **multilabel_files, seed=7)


@pytest.fixture(scope="session")
def sample_ensemble(linear_run, logistic_run, tmp_path_factory):
    """An ensemble of two linear models; do not change its directory."""
    from kerascls.experiments.combining.ensemble import ensemble

    out = tmp_path_factory.mktemp("ensemble") / "out"
    runs = [linear_run.out, logistic_run.out]
    return ensemble(runs, out=out, select="equal", quiet=True)


@pytest.fixture(scope="session")
def mixed_ensemble(multilabel_run, multilabel_linear_run, tmp_path_factory):
    """An ensemble of a transformer and a linear model; do not change its directory."""
    from kerascls.experiments.combining.ensemble import ensemble

    out = tmp_path_factory.mktemp("ensemble") / "mixed"
    runs = [multilabel_run.out, multilabel_linear_run.out]
    return ensemble(runs, out=out, select="equal", calibration="none", quiet=True)


@pytest.fixture
def stopped(monkeypatch, tmp_path):
    """Calls `fit` up to where Keras would start; gives what it would start with."""
    import kerascls
    from kerascls.training import trainer as fitting

    calls = []

    def stop(*arguments, **_):
        calls.append(arguments)
        raise RuntimeError("stop here")

    monkeypatch.setattr(fitting, "fit_weights", stop)
    monkeypatch.chdir(tmp_path)

    def fit(**options):
        with pytest.raises(RuntimeError, match="stop here"):
            kerascls.fit(quiet=True, **options)
        job, *_ = calls[-1]
        return job

    return fit
