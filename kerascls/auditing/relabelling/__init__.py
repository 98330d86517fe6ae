"""Corrected labels, written into a copy of the file."""
