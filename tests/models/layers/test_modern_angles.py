import numpy as np
from tiny_models import tiny_config

from kerascls.models.layers.modern_angles import inverse_frequencies


def test_angles_turn_slower_from_pair_to_pair():
    config = tiny_config("modernbert", rotary_base=10000.0, local_rotary_base=16.0)
    found = inverse_frequencies(config, is_local=False)
    np.testing.assert_allclose(found, [1, 0.1, 0.01, 0.001], rtol=1e-6)
    found = inverse_frequencies(config, is_local=True)
    np.testing.assert_allclose(found, [1, 0.5, 0.25, 0.125], rtol=1e-6)
    assert found.dtype == np.float32
