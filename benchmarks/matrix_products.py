"""The matrix products of an encoder's step: how many, of what size, how fast alone."""

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from kerascls.models.encoder_config import EncoderConfig


@dataclass(frozen=True)
class Product:
    """So many products of `(rows, inner)` and `(inner, columns)` in a step.

    Args:
        name: What it is for.
        rows: Of the left matrix and of the result.
        inner: What is summed over.
        columns: Of the right matrix and of the result.
        batch: How many such products one call makes.
        calls: Calls in a step.
    """

    name: str
    rows: int
    inner: int
    columns: int
    batch: int = 1
    calls: int = 1

    @property
    def flop(self) -> int:
        """Multiplications and additions of a step."""
        return 2 * self.rows * self.inner * self.columns * self.batch * self.calls

    @property
    def num_bytes(self) -> int:
        """Bytes that a step must read and write once, in float32."""
        sizes = (self.rows * self.inner, self.inner * self.columns)
        return 4 * (sum(sizes) + self.rows * self.columns) * self.batch * self.calls

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """What a measurement depends on."""
        return self.batch, self.rows, self.inner, self.columns


def forward_products(config: EncoderConfig, rows: int, tokens: int) -> list[Product]:
    """Returns the products of one pass over `rows` sequences of `tokens` tokens.

    The head's few are left out.
    """
    hidden, inner, layers = (
        config.hidden_dim,
        config.intermediate_dim,
        config.num_layers,
    )
    flat, heads = rows * tokens, rows * config.num_heads
    width = hidden // config.num_heads
    products = [
        Product("attention: queries to output", flat, hidden, hidden, calls=4 * layers),
        Product("attention: scores", tokens, width, tokens, heads, layers),
        Product("attention: mixtures", tokens, tokens, width, heads, layers),
        Product("feed-forward: in", flat, hidden, inner, calls=layers),
        Product("feed-forward: out", flat, inner, hidden, calls=layers),
    ]
    if config.has_projection:
        products.append(Product("projection", flat, config.embedding_dim, hidden))
    return products


def training_products(config: EncoderConfig, rows: int, tokens: int) -> list[Product]:
    """Returns the products of a training step: each needs two gradients."""
    return list(_with_gradients(forward_products(config, rows, tokens)))


def _with_gradients(products: list[Product]) -> Iterator[Product]:
    for one in products:
        m, k, n = one.rows, one.inner, one.columns
        yield one
        yield Product(f"{one.name}, left gradient", m, n, k, one.batch, one.calls)
        yield Product(f"{one.name}, right gradient", k, m, n, one.batch, one.calls)


def milliseconds_alone(model: str, mode: str, rows: int, tokens: int) -> float:
    """Returns how long all products of a step take, one by one on all cores.

    They are measured in a process of their own: here TensorFlow may have fewer threads.
    """
    words = [sys.executable, __file__, model, mode, str(rows), str(tokens)]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout)


def products_of(model: str, mode: str, rows: int, tokens: int) -> list[Product]:
    """Returns the products of a step of a preset, `mode` being train or predict."""
    from kerascls.models.presets import get_preset

    products = {"train": training_products, "predict": forward_products}[mode]
    return products(get_preset(model).config, rows, tokens)


def seconds_alone(product: Product, repeats: int = 5, budget_s: float = 1.0) -> float:
    """Returns how long TensorFlow takes for a product's calls of a step.

    The shortest of some repeats, each long enough to be measured.
    """
    import tensorflow as tf

    batch, rows, inner, columns = product.shape
    lead = () if batch == 1 else (batch,)
    left = tf.random.normal((*lead, rows, inner))
    right = tf.random.normal((*lead, inner, columns))
    call = tf.function(tf.linalg.matmul, jit_compile=False)
    call(left, right)
    start = time.perf_counter()
    call(left, right)
    once = time.perf_counter() - start
    calls = max(1, int(budget_s / repeats / max(once, 1e-6)))
    best = once
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(calls):
            call(left, right)
        best = min(best, (time.perf_counter() - start) / calls)
    return best * product.calls


def main():
    """Prints the milliseconds of the step that the arguments name."""
    import tensorflow as tf

    tf.config.threading.set_inter_op_parallelism_threads(1)
    model, mode, rows, tokens = sys.argv[1:]
    products = products_of(model, mode, int(rows), int(tokens))
    print(1000 * sum(map(seconds_alone, products)))


if __name__ == "__main__":
    main()
