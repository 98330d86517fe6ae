"""A trained classifier in formats that need no Keras, compared before it is used."""

from kerascls.serving.exporters.formats import FORMATS, Format

__all__ = ["FORMATS", "Format"]
