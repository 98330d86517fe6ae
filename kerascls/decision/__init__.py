"""From probabilities to labels: rules, and fitting them on validation data."""

from kerascls.decision.costs import CostMatrix, LabelCosts, read_costs
from kerascls.decision.coverage import CoverageCurve, coverage_curve, coverage_of
from kerascls.decision.decision import Decision
from kerascls.decision.global_threshold import (
    DEFAULT_THRESHOLD,
    MAX_CANDIDATES,
    OBJECTIVES,
    Objective,
    candidate_thresholds,
    fit_threshold,
    macro_threshold,
)
from kerascls.decision.objectives import (
    FBeta,
    LabelObjective,
    PrecisionAt,
    RecallAt,
    parse_objective,
)
from kerascls.decision.rule import KINDS, Rule
from kerascls.decision.rule_fitting import FittedRule, fit_rule
from kerascls.decision.scores import probabilities

__all__ = [
    "DEFAULT_THRESHOLD",
    "KINDS",
    "MAX_CANDIDATES",
    "OBJECTIVES",
    "CostMatrix",
    "CoverageCurve",
    "Decision",
    "FBeta",
    "FittedRule",
    "LabelCosts",
    "LabelObjective",
    "Objective",
    "PrecisionAt",
    "RecallAt",
    "Rule",
    "candidate_thresholds",
    "coverage_curve",
    "coverage_of",
    "fit_rule",
    "fit_threshold",
    "macro_threshold",
    "parse_objective",
    "probabilities",
    "read_costs",
]
