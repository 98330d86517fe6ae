"""What an installed package has and needs."""

import ast
import re
import sys
import tomllib
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import kerascls
from kerascls.system.extras import EXTRAS

ROOT = Path(__file__).resolve().parent.parent
IMPORT_NAMES = {
    "ai-edge-litert": "ai_edge_litert",
    "iterative-stratification": "iterstrat",
    "scikit-learn": "sklearn",
    "tomli-w": "tomli_w",
}
# Extras for people who work on the package; nothing in it imports them.
FOR_DEVELOPERS = {"test", "notebooks", "dev"}


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
    names = {re.match(r"[\w-]+", line)[0] for line in requirements}
    return {IMPORT_NAMES.get(name, name) for name in names}


def declared_packages() -> set[str]:
    return import_names(project()["dependencies"]).union(*declared_extras().values())


def declared_extras() -> dict[str, set[str]]:
    extras = project()["optional-dependencies"]
    return {name: import_names(extras[name]) for name in extras.keys() - FOR_DEVELOPERS}


def test_the_sample_comes_with_the_package():
    header, *rows = (
        (files("kerascls.sample") / "news.csv").read_text("utf-8-sig").splitlines()
    )
    assert {"text", "labels"} <= set(header.split(","))
    assert len(rows) >= 300


def test_the_version_is_said_once():
    assert version("kerascls") == kerascls.__version__


def test_every_imported_package_is_declared():
    # jax is imported only where Keras runs on it, so it is there.
    assert imported_packages() - {"jax"} <= declared_packages()


def test_every_declared_package_is_imported():
    assert declared_packages() <= imported_packages()


def test_extras_are_those_whose_absence_is_explained():
    assert {name: set(needed) for name, needed in EXTRAS.items()} == declared_extras()
