"""What may judge labels, by name; nothing is loaded to read it."""

from dataclasses import dataclass

AUTO, NONE = "auto", "none"


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Where the probabilities come from that labels are judged by.

    Args:
        function: `module:function` of `(rows, bundle, folds, seed, on_progress)` that
            returns what it `Judged`, or None where it can judge too little.
        needs_bundle: Whether it is nothing without a bundle.
    """

    function: str
    needs_bundle: bool = False


JUDGES = {
    "bundle": Judge(
        function="kerascls.auditing.judging:judged_by_bundle", needs_bundle=True
    ),
    "cross-validation": Judge(
        function="kerascls.auditing.judging:judged_by_cross_validation"
    ),
}
