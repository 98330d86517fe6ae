"""Classifiers: something that reads tokens, and a head."""
