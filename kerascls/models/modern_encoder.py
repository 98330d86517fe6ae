"""ModernBERT's encoder."""

from typing import Any

import keras
from keras import KerasTensor

from kerascls.models.encoder import Encoder
from kerascls.models.layers.bricks import Bricks, Seeds
from kerascls.models.layers.modern import (
    Context,
    ModernBlock,
    ModernEmbeddings,
    context,
)


@keras.saving.register_keras_serializable("kerascls")
class ModernEncoder(Encoder):
    """Token ids to hidden states as ModernBERT makes them; arguments of `Encoder`.

    Positions are angles, so that there is no table of them; segments are of no effect.
    Of several `num_outputs` the last is normalised, as the final layer does it, and
    the others are not.

    References:
        - [ModernBERT](https://arxiv.org/abs/2412.13663)
    """

    def _make_layers(self, seeds: Seeds) -> None:
        config, policy = self.config, self.dtype_policy
        self.blocks = [
            ModernBlock(config, seeds, index == 0, dtype=policy, name=f"layer_{index}")
            for index in range(config.num_layers)
        ]
        self.embeddings = ModernEmbeddings(
            config, seeds, dtype=policy, name="embeddings"
        )
        bricks = Bricks(config, seeds, policy, has_biases=False)
        self.final_norm = bricks.norm("final_norm")
        if self.with_pool:
            self.pooler = self._dense(config.hidden_dim, "pooler", seeds, "tanh")

    def _context(self, padding_mask: KerasTensor) -> dict[bool, Context]:
        kinds = {self.config.is_local(index) for index in range(self.config.num_layers)}
        dtype = self.compute_dtype
        return {
            kind: context(self.config, padding_mask, kind, dtype)
            for kind in sorted(kinds)
        }

    def _apply(
        self, index: int, hidden: KerasTensor, context: Any, **options: Any
    ) -> KerasTensor:
        hidden = self.blocks[index](
            hidden, context[self.config.is_local(index)], **options
        )
        is_last = index == self.config.num_layers - 1
        return self.final_norm(hidden) if is_last else hidden

    def weights_by_name(self) -> dict[str, keras.Variable]:
        """Returns every variable, float32, under its stable name (`weight_shapes`)."""
        weights = {
            "embeddings/word_embeddings": self.embeddings.tokens,
            "embeddings/LayerNorm/gamma": self.embeddings.norm.gamma,
        }
        for index, block in enumerate(self.blocks):
            name = f"encoder/layer_{index}"
            if block.attention_norm is not None:
                weights[f"{name}/attention/LayerNorm/gamma"] = (
                    block.attention_norm.gamma
                )
            output = block.attention_output.kernel
            weights |= {
                f"{name}/attention/self/kernel": block.query_key_value.kernel,
                f"{name}/attention/output/dense/kernel": output,
                f"{name}/LayerNorm/gamma": block.norm.gamma,
                f"{name}/intermediate/dense/kernel": block.intermediate.kernel,
                f"{name}/output/dense/kernel": block.output_dense.kernel,
            }
        weights["final/LayerNorm/gamma"] = self.final_norm.gamma
        return weights | self._pooler_weights()
