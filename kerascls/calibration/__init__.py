"""Probabilities that mean what they say, fitted on validation data."""

from kerascls.calibration.calibration import KINDS, Calibration
from kerascls.calibration.fitting import SHRINKAGE, fit_calibration

__all__ = ["KINDS", "SHRINKAGE", "Calibration", "fit_calibration"]
