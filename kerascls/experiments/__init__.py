"""Several trainings: seeds, searches, learning rates."""
