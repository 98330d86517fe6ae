"""Imports go one way, and what must be light stays light."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import kerascls

PACKAGE = Path(__file__).resolve().parent.parent / "kerascls"

# The contents page, lowest row first. A module imports only from a lower row, inside
# functions too; files of one package may import each other.
#
# No package is called like a public function (`search`, `export`, `audit`, `tune`,
# `diff`, ...): importing a submodule sets it as an attribute of its parent, so after
# `import kerascls.search.space` the name `kerascls.search` would be the package, and
# calling it would fail, depending on what was imported before.
ROWS = (
    ("errors",),
    ("system",),
    ("data",),
    ("preprocessing",),
    ("models",),
    ("checkpoints",),
    ("settings",),
    ("decision",),
    ("inference",),
    ("evaluation",),
    ("training",),
    ("auditing", "experiments", "serving"),
    ("cli",),
    ("__init__", "__main__"),
)
ROW_OF = {name: place for place, names in enumerate(ROWS) for name in names}

# What answers before Keras is there: these packages, and these parts of others.
LIGHT = {
    "__init__",
    "__main__",
    "errors",
    "system",
    "data",
    "preprocessing",
    "models",
    "models.classic",
    "models.classic.config",
    "models.encoder_config",
    "models.families",
    "models.linear",
    "models.linear.classifier",
    "models.linear.config",
    "models.linear.ngrams",
    "models.linear.tfidf",
    "models.presets",
    "models.registry",
    "checkpoints.finding",
    "checkpoints.inspection",
    "settings",
    "decision",
    "inference",
    "evaluation",
    "training.choose_start",
    "training.classic",
    "training.copies",
    "training.fit",
    "training.linear",
    "training.job",
    "training.label_effects",
    "training.preparation",
    "training.resume",
    "training.run_directory",
    "training.set_aside",
    "training.starting_point",
    "training.state",
    "training.trainable",
    "training.training_rows",
    "auditing",
    "experiments.comparison",
    "experiments.combining",
    "experiments.learning_rate",
    "experiments.search",
    "experiments.seeds",
    "experiments.series",
    "serving",
    "cli",
}
HEAVY = {"inference.runtimes.keras_runtime"}
BACKENDS = {"keras", "tensorflow", "jax", "torch"}
ONLY_IN_FUNCTIONS = {"tensorflow", "jax", "torch", "pandas", "scipy", "sklearn"}
ONLY_IN_FUNCTIONS |= {
    "matplotlib",
    "ai_edge_litert",
    "cleanlab",
    "imblearn",
    "mlflow",
    "onnx",
    "onnxruntime",
    "optuna",
    "polars",
    "pyarrow",
    "rjieba",
    "wandb",
}
# A subclass of scikit-learn's estimators cannot wait; nothing else imports it.
ALLOWED = {"training.estimator.classifier": {"sklearn"}}


def files() -> dict[str, Path]:
    """Returns all source files by dotted name, as in `readers.csv`."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if len(parts) > 1 and parts[-1] == "__init__":
            parts = parts[:-1]
        found[".".join(parts)] = path
    return found


FILES = files()


def top(name: str) -> str:
    return name.partition(".")[0]


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def import_nodes(node: ast.AST, in_functions: bool) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif is_type_checking(child):
            for statement in child.orelse:
                yield from import_nodes(statement, in_functions)
        elif in_functions or not isinstance(
            child, ast.FunctionDef | ast.AsyncFunctionDef
        ):
            yield from import_nodes(child, in_functions)


@cache
def imports(name: str, in_functions: bool) -> frozenset[str]:
    """Returns dotted names of what a file imports, without those for type checkers."""
    tree = ast.parse(FILES[name].read_text(encoding="utf-8"))
    found = set()
    for node in import_nodes(tree, in_functions):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
            continue
        assert node.level == 0, f"{name}: relative import, line {node.lineno}"
        found.add(node.module)
        found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def own_imports(name: str, in_functions: bool) -> set[str]:
    """Returns which of our files a file imports."""
    inner = {one.removeprefix("kerascls.") for one in imports(name, in_functions)}
    return {one for one in inner & set(FILES) if one != name}


@cache
def reached(name: str) -> frozenset[str]:
    """Returns all our files that importing a file loads."""
    todo, seen = [name], set()
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo += own_imports(one, in_functions=False)
            todo += [one.rpartition(".")[0]] if "." in one else []
    return frozenset(seen)


def test_every_package_has_a_row():
    assert {top(name) for name in FILES} == set(ROW_OF)
    assert len(ROWS) <= 14


def test_imports_go_down_or_stay_in_the_folder():
    upward = {
        (name, other)
        for name in FILES
        for other in own_imports(name, in_functions=True)
        if top(other) != top(name) and ROW_OF[top(other)] >= ROW_OF[top(name)]
    }
    assert upward == set()


def is_light(name: str) -> bool:
    if top(name) == "models":  # its modules are heavy, but for those named
        return name in LIGHT
    parts = name.split(".")
    prefixes = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    return bool(prefixes & LIGHT) and name not in HEAVY


def test_what_is_light_loads_no_backend():
    heavy = {
        (name, other, outside)
        for name in filter(is_light, FILES)
        for other in reached(name)
        for outside in imports(other, in_functions=False)
        if top(outside) in BACKENDS
    }
    assert heavy == set()


def test_rare_and_heavy_packages_are_imported_where_they_are_used():
    outside = {
        name: {top(one) for one in imports(name, in_functions=False)} for name in FILES
    }
    found = {name: names & ONLY_IN_FUNCTIONS for name, names in outside.items()}
    assert {name: names for name, names in found.items() if names} == ALLOWED


def test_no_package_is_called_like_a_public_function():
    packages = {top(name) for name in FILES if len(name.split(".")) > 1}
    assert packages & set(kerascls.__all__) == set()


@pytest.mark.parametrize("package", sorted({top(name) for name in FILES} - {"errors"}))
def test_the_face_of_a_package_is_its_docstring(package):
    if package.startswith("__"):
        return
    body = ast.parse(FILES[package].read_text(encoding="utf-8")).body
    assert [type(node) for node in body] == [ast.Expr]
