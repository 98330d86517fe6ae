"""Labelled text: read from files, cleaned, split, and as targets."""
