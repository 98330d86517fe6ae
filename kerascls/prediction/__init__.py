"""Labels for files and streams: one output row per input row, in order."""

from kerascls.prediction.files import predict_file
from kerascls.prediction.stream import Predicts, predict_records

__all__ = ["Predicts", "predict_file", "predict_records"]
