"""`kerascls soup` hands runs and options over."""

from pathlib import Path
from types import SimpleNamespace


def test_runs_and_options_are_handed_over(run, replace, tmp_path):
    calls = []

    def soup(runs, **options):
        calls.append((list(runs), options))
        return SimpleNamespace(out=Path("runs/s"))

    replace(soup=soup)
    outcome = run("soup", tmp_path, "--select", "uniform", "--best-by", "f1:小")
    assert (outcome.code, outcome.out) == (0, "Written: runs/s\n")
    (runs, options) = calls[0]
    assert runs == [tmp_path]
    assert (options["select"], options["best_by"]) == ("uniform", "f1:小")
    assert run("soup", tmp_path, "--select", "fitted").code == 2
