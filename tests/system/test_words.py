"""Words of messages."""

import pytest

from kerascls.system.words import count


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 rows"), (1, "1 row"), (1476, "1,476 rows")]
)
def test_a_number_stands_with_its_noun(number, said):
    assert count(number, "row") == said
