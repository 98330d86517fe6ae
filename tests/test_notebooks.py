"""Every notebook runs from top to bottom, and is committed without outputs."""

import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
TIMEOUT_S = 900


def printed(notebook) -> str:
    """What the notebook's cells wrote to standard output."""
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    return "".join(out["text"] for out in outputs if out.get("name") == "stdout")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_no_outputs(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["outputs"] for cell in code] == [[]] * len(code)
    assert {cell["execution_count"] for cell in code} == {None}


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_leaves_nothing_behind(path):
    needed = 'notebooks need pip install -e ".[notebooks]"'
    nbclient = pytest.importorskip("nbclient", reason=needed)
    pytest.importorskip("ipykernel", reason=needed)
    import nbformat

    before = sorted(FOLDER.iterdir())
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(
        notebook, timeout=TIMEOUT_S, resources={"metadata": {"path": str(FOLDER)}}
    ).execute()
    assert sorted(FOLDER.iterdir()) == before
    # rich shows tables of its own accord in notebooks, unless it is told not to.
    assert "macro avg" in printed(notebook)
