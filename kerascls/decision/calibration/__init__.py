"""Probabilities that mean what they say, fitted on validation data."""

from kerascls.decision.calibration.calibration import KINDS, Calibration
from kerascls.decision.calibration.fitting import SHRINKAGE, fit_calibration

__all__ = ["KINDS", "SHRINKAGE", "Calibration", "fit_calibration"]
