"""`kerascls.inspect`: what a directory is, a checkpoint or a trained bundle."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascls.inference.bundle import is_bundle, open_bundle
from kerascls.inference.bundle.description import bundle_lines, describe_bundle
from kerascls.inference.bundle.files import RUN_FILE
from kerascls.system.keywords import checked_keywords

if TYPE_CHECKING:
    from kerascls.checkpoints.inspection import Inspection


@dataclass(frozen=True)
class BundleInspection:
    """What `kerascls inspect` shows of a bundle.

    Args:
        description: What `describe_bundle` tells, as plain JSON types.
    """

    description: dict[str, Any]

    @property
    def is_complete(self) -> bool:
        """Whether it can be used; a bundle that cannot be is an error before."""
        return True

    def to_dict(self) -> dict[str, Any]:
        """Returns everything as plain JSON types."""
        return dict(self.description)

    def __str__(self) -> str:
        """Returns the text that `kerascls inspect` prints."""
        lines = bundle_lines(self.description)
        width = max(len(title) for title, _ in lines)
        return "\n".join(f"{title:<{width}}  {value}" for title, value in lines)


@checked_keywords()
def inspect(path: str | Path) -> "Inspection | BundleInspection":
    """Says what a checkpoint, a bundle or a run directory is, and whether it is whole.

    Args:
        path: A directory; of a checkpoint among several, the path that `load_encoder`
            would be given.

    Returns:
        What was found, with `is_complete`, `to_dict()`, and `str()` of it for people.
        Weights of a checkpoint that are missing or too many are part of it.

    Raises:
        CheckpointError: When there is no checkpoint that could be described; it says
            what was looked for.
        BundleError: When a bundle is damaged, or a run has none.

    Example:
        >>> print(kerascls.inspect("pretrained/albert_small_zh_google"))
    """
    path = Path(path).expanduser()
    if is_bundle(path) or (path / RUN_FILE).is_file():
        return BundleInspection(describe_bundle(open_bundle(path)))
    from kerascls.checkpoints.inspection import inspect_checkpoint

    return inspect_checkpoint(path)
