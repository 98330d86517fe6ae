"""The SavedModel form, strings in and labels out."""
