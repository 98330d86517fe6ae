"""Situations that people met, kept outside the project, one folder each.

`case(name)` copies the folder, runs its command lines and gives what each one did.
"""

import json
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"


@dataclass(frozen=True)
class Done:
    """What one command line did."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that was on the screen, with single spaces: lines break anywhere."""
        return " ".join((self.out + " " + self.err).split())

    def refuses(self, *words: str) -> bool:
        """Whether it ended as bad input does, with a message that has these words."""
        assert self.code == 2, (self.code, self.said)
        assert "Traceback" not in self.said
        return self.says(*words)

    def works(self, *words: str) -> bool:
        """Whether it ended well, and said these words."""
        assert self.code == 0, (self.code, self.said)
        return self.says(*words)

    def says(self, *words: str) -> bool:
        """Whether these words were said."""
        missing = [word for word in words if word not in self.said]
        assert not missing, (missing, self.said)
        return True


@dataclass(frozen=True)
class Case:
    """A copy of a case's folder, and what its command lines did there."""

    folder: Path
    done: list[Done]

    def json(self, path: str) -> object:
        """Returns what a JSON file of the folder holds."""
        return json.loads((self.folder / path).read_text("utf-8"))

    def audit(self, folder: str = "audit") -> object:
        """Returns the summary that an audit wrote."""
        return self.json(f"{folder}/audit.json")


@pytest.fixture
def case(tmp_path, monkeypatch, capfd):
    """Runs a case by its folder's name."""
    from kerascls.cli.app import main

    def command(line: str) -> Done:
        capfd.readouterr()
        words = shlex.split(re.sub(r"\$'\\n'", "'\n'", line))
        if words[0] == "kerascls" and not {"|", "&&", ">"} & set(words):
            with pytest.raises(SystemExit) as ended:
                main(words[1:])
            code = ended.value.code or 0
        elif words == ["python", "make.py"]:
            runpy.run_path("make.py")  # here, where its heavy packages are loaded
            code = 0
        elif words[0] == "python":
            code = subprocess.run([sys.executable, *words[1:]], check=True).returncode
        else:
            raise ValueError(f"A test of this case has to do by itself: {line}")
        shown = capfd.readouterr()
        return Done(code, shown.out, shown.err)

    def run(name: str, lines: list[str] | None = None) -> Case:
        """Runs the case's own lines that call kerascls or python, or the given ones."""
        if not (CASES / name).is_dir():
            pytest.skip("the cases (../shared/cases) are not on this machine")
        folder = shutil.copytree(CASES / name, tmp_path / "case")
        monkeypatch.chdir(folder)
        if lines is None:
            written = re.split(r"(?<!');|&&", (folder / "cmd").read_text("utf-8"))
            lines = [one.strip() for one in written]
            lines = [one for one in lines if one.startswith(("kerascls", "python"))]
        return Case(folder, [command(line) for line in lines])

    return run
