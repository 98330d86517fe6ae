"""A bundle that lives as long as the object that holds it, also in a pickle."""

import io
import tempfile
import zipfile
from functools import cached_property
from pathlib import Path
from typing import Any

from kerascls.inference.bundle import open_bundle
from kerascls.inference.predictor import Predictor


class KeptBundle:
    """A temporary directory for a run or a bundle, gone when nothing refers to it.

    Pickled it is the content of the bundle, whose hashes are checked afterwards.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="kerascls-")
        self.path = Path(self._folder.name)

    @cached_property
    def predictor(self) -> Predictor:
        """Its predictor, loaded when it is first asked for."""
        return Predictor.load(self.path)

    def __getstate__(self) -> dict[str, Any]:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as file:
            for path in sorted(self.path.rglob("*")):
                file.write(path, path.relative_to(self.path))
        return {"content": content.getvalue()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        KeptBundle.__init__(self)
        with zipfile.ZipFile(io.BytesIO(state["content"])) as file:
            file.extractall(self.path)
        open_bundle(self.path)
