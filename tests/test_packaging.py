"""What an installed package has and needs."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pytest

import kerascls
from kerascls.system.extras import BACKENDS, EXTRAS, TRAINING

ROOT = Path(__file__).resolve().parent.parent
IMPORT_NAMES = {
    "ai-edge-litert": "ai_edge_litert",
    "imbalanced-learn": "imblearn",
    "iterative-stratification": "iterstrat",
    "huggingface-hub": "huggingface_hub",
    "scikit-learn": "sklearn",
    "tomli-w": "tomli_w",
}
# Extras of several others, and those for people who work on the package.
NOT_IN_MESSAGES = {"all", "test", "notebooks", "dev"}


def imported_packages() -> set[str]:
    found = set()
    for path in (ROOT / "kerascls").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"kerascls"}


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def import_names(requirements: list[str]) -> set[str]:
    found = set()
    for line in requirements:
        if inner := re.match(r"kerascls\[(.+)\]", line):
            extras = project()["optional-dependencies"]
            found.update(*(import_names(extras[one]) for one in inner[1].split(",")))
        else:
            name = re.match(r"[\w-]+", line)[0]
            found.add(IMPORT_NAMES.get(name, name))
    return found


def base_packages() -> set[str]:
    return import_names(project()["dependencies"])


def declared_extras() -> dict[str, set[str]]:
    extras = project()["optional-dependencies"]
    return {
        name: import_names(extras[name]) for name in extras.keys() - NOT_IN_MESSAGES
    }


def declared_packages() -> set[str]:
    return base_packages().union(*declared_extras().values())


def test_the_sample_comes_with_the_package():
    header, *rows = (
        (files("kerascls.sample") / "news.csv").read_text("utf-8-sig").splitlines()
    )
    assert {"text", "labels"} <= set(header.split(","))
    assert len(rows) >= 300


def test_the_wheel_has_the_sample_the_pages_and_the_types(tmp_path):
    # Older ones do not know the form in which pyproject.toml names the licence.
    pytest.importorskip("setuptools", minversion="77")
    for name in ("kerascls", "data"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    code = "from setuptools.build_meta import build_wheel; build_wheel('dist')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {"kerascls/py.typed", "kerascls/sample/news.csv"} <= set(names)
    assert any(re.fullmatch(r"kerascls/.+/html/.+\.css", name) for name in names)


def test_the_version_is_said_once():
    assert version("kerascls") == kerascls.__version__


def test_every_imported_package_is_declared():
    assert imported_packages() <= declared_packages()


def test_every_declared_package_is_imported():
    assert declared_packages() <= imported_packages()


def test_extras_are_those_whose_absence_is_explained():
    assert {name: set(needed) for name, needed in EXTRAS.items()} == declared_extras()


def test_the_base_predicts_and_brings_nothing_to_train_with():
    assert base_packages() == {
        *("click", "numpy", "onnxruntime", "openpyxl", "pydantic", "rich"),
        *("huggingface_hub", "safetensors", "tokenizers"),
    }


def test_both_backends_bring_the_same_but_for_themselves():
    tensorflow, jax = (declared_extras()[name] for name in BACKENDS)
    assert tensorflow ^ jax == set(BACKENDS)
    assert {"keras", *TRAINING, *EXTRAS["onnx"]} <= tensorflow & jax


def test_tests_and_notebooks_have_all_that_users_can_have():
    extras = project()["optional-dependencies"]
    everything = import_names(extras["all"])
    assert declared_extras()["tensorflow"] | {"optuna", "cleanlab"} <= everything
    for name in ("test", "notebooks"):
        assert everything <= import_names(extras[name])


def test_the_readmes_first_command_installs_what_trains():
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text("utf-8")
        first, second = re.findall(r"pip install -e (\S+) &&", text)
        assert (first, second) == ('".[tensorflow]"', '".[test]"')
