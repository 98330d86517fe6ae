"""Classifiers outside of Keras."""
