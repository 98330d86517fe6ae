"""Tests lie where the modules lie that they are about."""

from pathlib import Path

TESTS = Path(__file__).resolve().parent
PACKAGE = TESTS.parent / "kerascls"


def test_every_module_has_a_test_file_of_its_name():
    modules = [
        path.relative_to(PACKAGE)
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.stem not in ("__init__", "__main__")
    ]
    missing = [
        str(module)
        for module in modules
        if not (TESTS / module.with_name(f"test_{module.name}")).is_file()
    ]
    assert missing == []
