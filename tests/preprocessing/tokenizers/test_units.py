"""What a token can be; tests/test_tables.py holds that the list is written once."""

import pytest

from kerascls.preprocessing.tokenizers.units import UNITS
from kerascls.system.extras import EXTRAS
from kerascls.system.tables import named


@pytest.mark.parametrize("name", UNITS)
def test_every_unit_says_what_it_is_and_cuts_an_empty_text_into_nothing(name):
    unit = UNITS[name]
    assert len(unit.meaning.split()) > 4
    if unit.package:
        pytest.importorskip(unit.package)
    assert named(unit.splitter)("") == []


def test_what_a_unit_needs_is_an_extra_and_its_dictionary_is_named():
    packages = {unit.package for unit in UNITS.values() if unit.package}
    assert packages <= {name for names in EXTRAS.values() for name in names}
    assert all(unit.dictionary for unit in UNITS.values() if unit.package)
