"""What training starts from; no weights yet, no Keras."""

from kerascls.starting_points.choosing import choose_start
from kerascls.starting_points.starting_point import HEAD_DROPOUT, StartingPoint

__all__ = ["HEAD_DROPOUT", "StartingPoint", "choose_start"]
