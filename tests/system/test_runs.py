import json

import pytest

from kerascls.system.runs import facts_in, line_to_resume


@pytest.mark.parametrize("content", ["", "{", "[1]", "3", "\0", "[" * 100_000])
def test_what_holds_no_facts_is_empty(tmp_path, content):
    (tmp_path / "run.json").write_text(content)
    assert facts_in(tmp_path / "run.json") == {}
    assert facts_in(tmp_path / "missing") == {}


@pytest.mark.parametrize(
    ("status", "state", "goes_on"),
    [
        ("interrupted", "state/step-3", True),
        ("running", "state/step-3", True),
        ("interrupted", "state", False),
        ("done", "state/step-3", False),
    ],
)
def test_what_did_not_end_goes_on_from_its_state(tmp_path, status, state, goes_on):
    run = tmp_path / "my run"
    (run / state).mkdir(parents=True)
    assert line_to_resume(run) is None
    (run / "run.json").write_text(json.dumps({"status": status}))
    line = f"kerascls fit --resume --out '{run}'"
    assert line_to_resume(run) == (line if goes_on else None)
