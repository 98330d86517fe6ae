"""8-bit products that some processors clip, and files whose products they would.

onnxruntime multiplies uint8 activations by int8 kernels. Without VNNI, x86 adds two
products in 16 bits and clips what does not fit (VPMADDUBSW): 255 * 127 * 2 is 64,770
and becomes 32,767. With codes up to 63 a sum is at most 32,130 whatever the
activations; their zero point is subtracted later, in 32 bits. x86 with VNNI and ARM do
not clip.

References:
    - [onnxruntime, data type selection](
      https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html)
    - [oneDNN, nuances of int8 computations](
      https://oneapi-src.github.io/oneDNN/dev_guide_int8_computations.html)
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from kerascls.errors import BundleError

# The largest code of a kernel, and the name under which an ONNX file tells it.
KERNEL_CODES = 63
KERNEL_CODES_KEY = "kernel_codes"
# The largest one with which no sum is clipped; other writers go so far.
EXACT_CODES = 32_767 // (2 * 255)
# Files that do not tell were written when kernels took all of int8.
_FIRST_KERNEL_CODES = 127

# An ONNX file: `x` times two codes of 127. As bytes, since the package `onnx`, which
# could write it, is not needed to predict; a test writes it again.
_PROBE = (
    b"\x08\t:}\n:\n\x01x\n\x05codes\n\x05scale\x12\x01y\x22\x15DynamicQuantizeMatMul"
    b":\rcom.microsoft\x12\x05probe*\x11\x08\x02\x08\x01\x10\x03B\x05codesJ\x02\x7f\x7f"
    b"*\x0f\x10\x01B\x05scaleJ\x04\x00\x00\x80?Z\t\n\x01x\x12\x04\n\x02\x08\x01b\t\n"
    b"\x01y\x12\x04\n\x02\x08\x01B\x04\n\x00\x10\x12B\x11\n\rcom.microsoft\x10\x01"
)


def check_kernel_codes(path: Path, metadata: Mapping[str, str]) -> None:
    """Checks that this processor computes the products of an 8-bit file exactly.

    Args:
        path: The ONNX file.
        metadata: What it tells of itself.

    Raises:
        BundleError: When some would be clipped.
    """
    codes = metadata.get(KERNEL_CODES_KEY, str(_FIRST_KERNEL_CODES))
    is_exact = codes.isdecimal() and int(codes) <= EXACT_CODES
    if is_exact or not saturates():
        return
    raise BundleError(
        f"Expected 8-bit kernels with codes up to {KERNEL_CODES}: this processor clips "
        f"sums of larger products, so probabilities would be wrong. Received: "
        f"{str(path)!r}, {KERNEL_CODES_KEY}={codes}, as early versions wrote it. "
        f"Export it again with `kerascls export OUT --int8`, or choose runtime='keras'."
    )


@cache
def saturates() -> bool:
    """Returns whether onnxruntime clips products of 8 bits on this processor.

    That is computed, not looked up: it depends on onnxruntime and its build, too.
    """
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = 1
    session = InferenceSession(_PROBE, options, providers=["CPUExecutionProvider"])
    x = np.full((4, 2), 255, np.float32)  # with 255 its largest, x is its own code
    return bool((session.run(None, {"x": x})[0] < 2 * 255 * 127 - 1).any())
