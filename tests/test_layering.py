"""Imports go one way, and what must be light stays light."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "kerascls"

# The contents page, lowest layer first. A module imports only from a lower layer,
# inside functions too; files of one folder may import each other.
LAYERS = (
    ("errors", "machine", "spans"),
    ("code_points", "encoder_config", "extras", "labels", "vocabulary"),
    ("activations", "metrics", "presets", "run_directory", "tokenizer"),
    ("calibration", "interrupts", "readers", "scored_rows", "screen", "settings"),
    ("pruning", "splits", "states"),
    ("decision", "differences", "targets", "token_store"),
    ("batches", "bundle", "parts", "report", "token_cache"),
    ("preparation",),
    ("resuming",),
    ("compute", "tensorflow_ops"),
    ("adam", "feeds", "layers", "losses", "poolings", "snapshots"),
    ("encoders", "heads", "optimizers", "regularization", "validation"),
    ("checkpoints",),
    ("models", "starting_points"),
    ("features", "runtimes"),
    ("callbacks", "predictor", "tracking"),
    ("assembly", "evaluation", "prediction", "rounds"),
    ("exporting", "fitting", "range_test", "tuning"),
    ("training",),
    ("auditing", "rate_finding", "searching", "seeds"),
    ("cli",),
    ("__init__", "__main__"),
)
LAYER_OF = {name: place for place, names in enumerate(LAYERS) for name in names}

# What answers before Keras is there: everything below `compute`, and these.
LIGHT_FOLDERS = {
    *sum(LAYERS[:9], ()),
    "auditing",
    "exporting",
    "prediction",
    "searching",
    "starting_points",
    "cli",
}
LIGHT_FILES = {
    "__init__",
    "__main__",
    "checkpoints",
    "checkpoints.finding",
    "checkpoints.inspection",
    "evaluation",
    "predictor",
    "rate_finding",
    "runtimes",
    "runtimes.onnx_runtime",
    "seeds",
    "training",
    "tuning",
}
BACKENDS = {"keras", "tensorflow", "jax", "torch"}
ONLY_IN_FUNCTIONS = {"tensorflow", "jax", "torch", "pandas", "sklearn", "matplotlib"}
ONLY_IN_FUNCTIONS |= {
    "ai_edge_litert",
    "cleanlab",
    "mlflow",
    "onnx",
    "onnxruntime",
    "optuna",
    "wandb",
}


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
            continue
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


def test_every_module_has_a_layer():
    assert {top(name) for name in FILES} == set(LAYER_OF)


@pytest.mark.parametrize("name", FILES)
def test_imports_go_down_or_stay_in_the_folder(name):
    upward = [
        other
        for other in own_imports(name, in_functions=True)
        if top(other) != top(name) and LAYER_OF[top(other)] >= LAYER_OF[top(name)]
    ]
    assert upward == []


@pytest.mark.parametrize(
    "name",
    [name for name in FILES if top(name) in LIGHT_FOLDERS or name in LIGHT_FILES],
)
def test_what_is_light_loads_no_backend(name):
    heavy = {
        (other, outside)
        for other in reached(name)
        for outside in imports(other, in_functions=False)
        if top(outside) in BACKENDS
    }
    assert heavy == set()


@pytest.mark.parametrize("name", FILES)
def test_rare_and_heavy_packages_are_imported_where_they_are_used(name):
    outside = {top(one) for one in imports(name, in_functions=False)}
    assert outside & ONLY_IN_FUNCTIONS == set()
