"""What the pages say is so: commands, options, examples, links, tables; in both."""

import ast
import re
import shlex
import sys
import tomllib
from pathlib import Path

import click
import pytest

import kerascls
from kerascls.cli.app import COMMANDS
from kerascls.cli.app import kerascls as group
from kerascls.cli.exit_codes import BAD_INPUT, DONE, FAILURE, INTERRUPTED
from kerascls.data.labels import Task
from kerascls.models.classic.config import CLASSICS
from kerascls.models.presets import PRESETS
from kerascls.settings.imbalance import METHODS
from kerascls.settings.run_settings import FIELDS, RunSettings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
MODELS = {"en": DOCS / "MODELS.md", "zh": DOCS / "MODELS.zh-CN.md"}
SUGGEST = {"en": DOCS / "SUGGEST.md", "zh": DOCS / "SUGGEST.zh-CN.md"}
MEASUREMENTS = {
    "en": DOCS / "MEASUREMENTS.md",
    "zh": DOCS / "MEASUREMENTS.zh-CN.md",
}
IMBALANCE = {"en": DOCS / "IMBALANCE.md", "zh": DOCS / "IMBALANCE.zh-CN.md"}
PICTURES = DOCS / "images"

both = pytest.mark.parametrize("language", READMES)
in_repository = pytest.mark.skipif(
    not PICTURES.is_dir(), reason="pictures and scripts are in the repository only"
)


def text_of(language: str) -> str:
    return READMES[language].read_text("utf-8")


def blocks(language: str, kind: str) -> list[str]:
    return re.findall(rf"(?ms)^```{kind}\n(.*?)^```", text_of(language))


def commands(language: str) -> list[str]:
    return [line for block in blocks(language, "bash") for line in block.splitlines()]


def kerascls_calls(language: str) -> list[list[str]]:
    """The words of every `kerascls` command, in blocks and in running text."""
    text = text_of(language)
    if MEASUREMENTS[language].is_file():
        text += MEASUREMENTS[language].read_text("utf-8")
    inline = re.findall(r"`(kerascls [a-z][^`]*)`", text)
    parts = [part for line in commands(language) for part in line.split(" && ")]
    return [shlex.split(part) for part in [*inline, *parts] if "kerascls " in part[:9]]


def options_of(command: str) -> set[str]:
    found = group.get_command(None, command)
    inner = found.commands.values() if isinstance(found, click.Group) else ()
    parameters = [one for each in (found, *inner) for one in each.params]
    return {name for parameter in parameters for name in parameter.opts} | {"--help"}


def ids_of_headings(text: str) -> set[str]:
    titles = re.findall(r"(?m)^#+ (.+)$", text)
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles
    }


@both
def test_commands_and_their_options_exist(language):
    for _, command, *words in kerascls_calls(language):
        assert command in COMMANDS
        given = {word for word in words if word.startswith("--")}
        assert given <= options_of(command), command


@both
def test_every_option_named_exists(language):
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+(?![\w-])", text_of(language)))
    ours = set().union(*(options_of(command) for command in COMMANDS))
    others = {"--data", "--runs", "--envs", "--no-deps"}  # of benchmarks and pip
    assert named - ours <= others


@both
def test_every_option_of_fit_is_named(language):
    named = set(re.findall(r"--[a-z-]+", text_of(language)))
    assert options_of("fit") <= named


@both
def test_settings_given_with_set_exist(language):
    given = re.findall(r"--set ([\w.]+=[\w.]+)", text_of(language))
    assert len(given) > 4
    for assignment in given:
        key = assignment.partition("=")[0]
        task = ["data.task=multilabel"] if key.startswith("decision") else []
        assert key in FIELDS
        RunSettings().with_overrides([*task, assignment])


@both
def test_settings_files_can_be_read(language):
    (block,) = blocks(language, "toml")
    assert RunSettings.from_dict(tomllib.loads(block)).train.epochs == 5


@both
def test_exit_codes_are_those_of_the_command_line(language):
    codes = re.findall(r"(?m)^\| (\d+) \|", text_of(language))
    assert list(map(int, codes)) == [DONE, FAILURE, BAD_INPUT, INTERRUPTED]


@both
def test_every_preset_is_listed(language):
    listed = re.findall(r"(?m)^\| `(\w+)` \| \d+ \|", text_of(language))
    assert listed == [name for name in PRESETS if name not in CLASSICS]


@in_repository
@both
def test_every_classic_model_is_listed(language):
    text = MODELS[language].read_text("utf-8")
    assert re.findall(r"(?m)^\| `(\w+)` \| [\d.]+ M \|", text) == list(CLASSICS)


@both
def test_every_method_for_skewed_labels_is_listed_with_its_parameters(language):
    text, _, _ = IMBALANCE[language].read_text("utf-8").partition("<!-- imbalance")
    rows = dict(re.findall(r"(?m)^\| `(\w+)` \|(.*)$", text))
    assert list(rows) == list(METHODS)
    for name, row in METHODS.items():
        one_label, several, _, parameters, *_ = rows[name].split("|")
        assert bool(one_label.strip()) is (Task.MULTICLASS in row.tasks)
        assert bool(several.strip()) is (Task.MULTILABEL in row.tasks)
        told = re.findall(r"`(\w+)` ([\w.]+)", parameters)
        assert tuple(parameter for parameter, _ in told) == row.parameters
        for parameter, value in told:
            default = FIELDS[f"imbalance.{parameter}"].default
            shown = f"{default:g}" if isinstance(default, float) else str(default)
            assert value in (("none", "无") if default is None else (shown,))


@both
def test_names_of_the_package_are_public(language):
    named = re.findall(r"kerascls\.(\w+)\(", text_of(language))
    assert named
    assert set(named) <= set(kerascls.__all__)


@both
def test_python_examples_compile(language):
    found = blocks(language, "python")
    assert len(found) == 6
    for block in found:
        compile(block, language, "exec")


@in_repository
@pytest.mark.parametrize(
    "page", [*READMES.values(), *sorted(DOCS.glob("*.md"))], ids=str
)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
        if link.startswith("https://"):
            continue
        path, _, heading = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        ids = ids_of_headings(target.read_text("utf-8")) if heading else ()
        assert not heading or heading in ids, link


@in_repository
@both
def test_tables_are_those_that_the_scripts_make(language, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    from tables import TABLES, filled

    places = READMES, IMBALANCE, MEASUREMENTS, MODELS, SUGGEST
    pages = [pages[language].read_text("utf-8") for pages in places]
    for text in pages:
        assert filled(text, language) == text, "run: python benchmarks/figures.py"
    made = re.findall(r"<!-- (\w+): made by benchmarks/figures.py -->", "".join(pages))
    assert sorted(made) == sorted(TABLES)


@in_repository
def test_both_pages_of_measurements_have_the_same_numbers():
    def numbers(language: str) -> list[str]:
        lines = MEASUREMENTS[language].read_text("utf-8").splitlines()
        return [
            number
            for line in lines
            if line.startswith("|")
            for number in re.findall(r"[+-]?\d*\.\d+", line)
        ]

    assert numbers("en") == numbers("zh") != []


def test_both_have_the_same_commands():
    assert commands("en") == commands("zh")


def test_both_have_the_same_settings_file_and_data():
    assert blocks("en", "toml") == blocks("zh", "toml")
    assert blocks("en", "csv") == blocks("zh", "csv") != []


def test_both_have_the_same_examples_but_for_comments():
    english, chinese = (
        [ast.dump(ast.parse(block)) for block in blocks(language, "python")]
        for language in READMES
    )
    assert english == chinese


def test_both_name_the_same_things_under_as_many_headings():
    def names(language: str) -> list[str]:
        return sorted(re.findall(r"`([^`\n]+)`|^#", text_of(language), re.MULTILINE))

    assert names("en") == names("zh")


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory, multilabel_run, multilabel_files, write_csv) -> Path:
    """A directory with the files that the examples name."""
    folder = tmp_path_factory.mktemp("newcomer")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "tests" / "checkpoints"))
        from make_checkpoints import CASES, write_checkpoint
    write_checkpoint(
        CASES["albert_tensorflow"], folder / "pretrained" / "albert_small_zh_google"
    )
    rows = [("新车", "汽车"), ("足球", "体育"), ("军事", "汽车|体育")] * 8
    for name in ("news.csv", "more.csv", "new.csv"):
        write_csv(folder / name, ("text", "labels"), rows)
    (folder / "runs").mkdir()
    (folder / "runs" / "news").symlink_to(multilabel_run.out)
    (folder / "exports" / "news").mkdir(parents=True)
    place = folder / "exports" / "news" / "1"
    kerascls.export(multilabel_run.out, format="savedmodel", out=place)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("index", range(len(blocks("en", "python"))))
def test_python_examples_run(newcomer, index, monkeypatch):
    monkeypatch.chdir(newcomer)
    monkeypatch.setattr(sys, "argv", ["python"])
    block = blocks("en", "python")[index].replace("maxlen=128", "maxlen=16")
    code = block.replace("epochs=3", "epochs=1, max_tokens=16")
    exec(compile(code, "README.md", "exec"), {})
