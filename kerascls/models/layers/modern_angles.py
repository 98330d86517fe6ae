"""Angles of rotary positions; no Keras needed."""

import numpy as np

from kerascls.models.encoder_config import EncoderConfig


def inverse_frequencies(config: EncoderConfig, is_local: bool) -> np.ndarray:
    """Returns how fast the angle of each pair of units turns, float32 `(width / 2,)`.

    References:
        - [RoFormer](https://arxiv.org/abs/2104.09864)
    """
    width = config.hidden_dim // config.num_heads
    base = config.local_rotary_base if is_local else config.rotary_base
    exponents = np.arange(0, width, 2, dtype=np.float32) / np.float32(width)
    return (1.0 / np.float32(base) ** exponents).astype(np.float32)
