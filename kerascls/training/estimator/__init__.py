"""The classifier that scikit-learn's tools work with."""
