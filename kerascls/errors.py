"""Errors a user can act on; the command line turns each into one message, exit 2."""


class KerasclsError(Exception):
    """Base of every error that kerascls raises on purpose."""


class DataError(KerasclsError):
    """The labelled text cannot be used as it is."""


class CheckpointError(KerasclsError):
    """A checkpoint is missing, incomplete, or of a kind we cannot read."""


class BundleError(KerasclsError):
    """A run directory or bundle is missing, damaged, or of another version."""


class ExportError(KerasclsError):
    """An exported model differs too much from the one it was made of."""


class SettingsError(KerasclsError, ValueError):
    """A setting or argument has no meaning, or contradicts another one."""


class KeywordError(SettingsError, TypeError):
    """A function was called with a keyword that it does not have."""


class DiskFullError(KerasclsError, OSError):
    """There is no room for what is to be written; nothing is left half written."""


class MissingPackageError(SettingsError, ImportError):
    """A package that only some uses need is not installed."""


class NotFiniteError(KerasclsError):
    """A model gave NaN or infinity: its training has diverged."""
