"""What watches a training: scores, states, early stopping, progress."""
