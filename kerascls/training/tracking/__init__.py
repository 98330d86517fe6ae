"""TensorBoard, MLflow and Weights & Biases: the epochs of a run, offline by default."""

from kerascls.training.tracking.runs import close_trackers, trackers

__all__ = ["close_trackers", "trackers"]
