"""Every notebook runs from top to bottom; the first is committed with its outputs."""

import json
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
TIMEOUT_S = 900
MAX_STORED_BYTES = 200_000


def printed(notebook) -> str:
    """What the notebook's cells wrote to standard output."""
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    return "".join(out["text"] for out in outputs if out.get("name") == "stdout")


def code_cells(path) -> list[dict]:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def kinds(cells) -> list[list[tuple]]:
    """What each cell shows: text that was printed, tables, pictures."""
    return [
        sorted({(out["output_type"], *sorted(out.get("data", ()))) for out in outputs})
        for outputs in (cell["outputs"] for cell in cells)
    ]


@pytest.mark.parametrize("path", NOTEBOOKS[1:], ids=lambda path: path.stem)
def test_other_notebooks_have_no_outputs(path):
    code = code_cells(path)
    assert [cell["outputs"] for cell in code] == [[]] * len(code)
    assert {cell["execution_count"] for cell in code} == {None}


def test_the_first_notebook_shows_what_came_of_one_run_from_top_to_bottom():
    code, content = code_cells(NOTEBOOKS[0]), NOTEBOOKS[0].read_bytes()
    counts = [cell["execution_count"] for cell in code]
    assert counts == list(range(1, len(code) + 1))
    outputs = [out for cell in code for out in cell["outputs"]]
    assert sum("image/png" in out.get("data", ()) for out in outputs) == 2
    assert not [
        out for out in outputs if "error" in (out["output_type"], out.get("name"))
    ]
    assert not [out for out in outputs if out.get("name") == "stderr"]
    assert not re.search(rb"/(tmp|home|root|Users)/", content)
    assert len(content) < MAX_STORED_BYTES


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
    if path == NOTEBOOKS[0]:  # what is stored is still what the cells show
        executed = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert kinds(executed) == kinds(code_cells(path))
