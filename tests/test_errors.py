"""Errors of the package are caught by one name, and settings also as ValueError."""

import inspect

import pytest

from kerascls import errors
from kerascls.errors import (
    KerasclsError,
    KeywordError,
    MissingPackageError,
    SettingsError,
)

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_a_kerascls_error_that_keeps_its_message(kind):
    with pytest.raises(KerasclsError, match="^what to do$"):
        raise kind("what to do")


def test_a_wrong_setting_is_a_value_error_and_no_other_kind_is():
    settings = {kind for kind in KINDS if issubclass(kind, ValueError)}
    assert settings == {SettingsError, MissingPackageError, KeywordError}


def test_a_keyword_that_is_unknown_is_a_type_error_too():
    assert issubclass(KeywordError, TypeError)


def test_a_missing_package_is_an_import_error_too():
    assert issubclass(MissingPackageError, ImportError)
