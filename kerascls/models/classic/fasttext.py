"""fastText."""

from keras import KerasTensor, ops

from kerascls.models.classic.classifier import ClassicLayer, WordEmbeddings
from kerascls.models.layers.bricks import Seeds

# Odd, so that no bit of a token's id is lost.
_FACTOR = 5167
MAX_BUCKETS = 1 << 18  # times the factor it is below 2**31


class FastText(ClassicLayer):
    """The mean of the embeddings of all words, and of all n-grams of words.

    Embeddings of words, and of hashed n-grams --> Mean --> Dense

    An n-gram is looked up by a hash of its words' ids, so that several may have one
    row. As in the original a text of n words has n - 1 pairs, the marks at its ends
    being words.

    Other than in the original, the mean and the logits are computed in batches, by an
    optimiser with moments, and all labels have a logit of their own.

    Args:
        config: `sizes["ngrams"]` is the longest n-gram, 1 for words alone;
            `sizes["buckets"]` is a power of 2, the rows for n-grams.
        num_classes, dropout, seed, **kwargs: As of `ClassicLayer`.

    References:
        - [Bag of Tricks for Efficient Text Classification](
          https://arxiv.org/abs/1607.01759), [code](
          https://github.com/facebookresearch/fastText)
    """

    def _make_layers(self, seeds: Seeds) -> None:
        config = self.config
        self.ngrams: WordEmbeddings | None = None
        if config.sizes["ngrams"] > 1:
            self.ngrams = WordEmbeddings(
                config.sizes["buckets"],
                config.embedding_dim,
                seeds.next(),
                dtype=self.dtype_policy,
                name="ngrams",
            )

    @property
    def has_gradients(self) -> bool:
        """Not with n-grams, which have embeddings of their own."""
        return self.ngrams is None

    def _text_vector(
        self,
        embedded: KerasTensor,
        inputs: dict[str, KerasTensor],
        training: bool | None,
    ) -> KerasTensor:
        token_ids, mask = inputs["token_ids"], inputs["padding_mask"]
        total, count = _sum(embedded), ops.sum(mask, axis=1, keepdims=True)
        if (table := self.ngrams) is not None:
            buckets = self.config.sizes["buckets"]
            for length in range(2, self.config.sizes["ngrams"] + 1):
                ids, of_ngrams = hashed_ngrams(token_ids, mask, length, buckets)
                total += _sum(table(ids, of_ngrams))
                count += ops.sum(of_ngrams, axis=1, keepdims=True)
        mean = total / ops.cast(ops.maximum(count, 1), "float32")
        return ops.cast(mean, embedded.dtype)


def _sum(vectors: KerasTensor) -> KerasTensor:
    # float32: half precision loses small addends in long sums.
    return ops.sum(ops.cast(vectors, "float32"), axis=1)  # (batch, width)


def hashed_ngrams(
    token_ids: KerasTensor, padding_mask: KerasTensor, length: int, buckets: int
) -> tuple[KerasTensor, KerasTensor]:
    """Returns the rows of a text's n-grams, and which of them there are.

    Args:
        token_ids: int32 `(batch, tokens)`.
        padding_mask: int32 `(batch, tokens)`, 1 for real tokens, padding behind them.
        length: Tokens of an n-gram, from 2 on.
        buckets: Rows that there are, a power of 2, `MAX_BUCKETS` at most.

    Returns:
        int32 `(batch, tokens)` from 0 to `buckets - 1`, of the n-gram that ends at each
        token; int32 `(batch, tokens)`, 1 where there is one.
    """
    tokens = ops.shape(token_ids)[1]
    # In arithmetic that any format has, and that never leaves 32 bits.
    ids = ops.zeros_like(token_ids)
    for back in reversed(range(length)):
        word = ops.pad(token_ids, ((0, 0), (back, 0)))[:, :tokens]
        ids = ops.mod(ids * _FACTOR + word, buckets)
    begins = ops.pad(padding_mask, ((0, 0), (length - 1, 0)))[:, :tokens]
    return ids, padding_mask * begins
