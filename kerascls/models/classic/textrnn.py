"""TextRNN."""

from keras import KerasTensor

from kerascls.models.classic.classifier import ClassicLayer
from kerascls.models.layers.bricks import Seeds
from kerascls.models.layers.poolings import maximum
from kerascls.models.layers.recurrent import Bidirectional


class TextRNN(ClassicLayer):
    """An LSTM from either end of the text.

    Embeddings --> BiLSTM x num_layers --> last state of either direction, or maximum
    over tokens --> Dropout --> Dense

    The last states are those behind the last real token and, backwards, behind the
    first. In the code for Chinese questions that made it popular the last state was
    that behind the padding, and its second variant had an LSTM of one direction on the
    BiLSTM; here `num_layers` 2 is a BiLSTM on a BiLSTM, which reads the states of all
    tokens of the one below. There is no dropout between layers.

    Args:
        config: `hidden_dim` units of each direction; `num_layers` 1 or more;
            `sizes["max_over_time"]` 1 for the maximum over tokens, 0 for last states.
        num_classes, dropout, seed, **kwargs: As of `ClassicLayer`.

    References:
        - [Framewise phoneme classification with bidirectional LSTM](
          https://doi.org/10.1016/j.neunet.2005.06.042)
        - [Supervised Learning of Universal Sentence Representations](
          https://arxiv.org/abs/1705.02364), whose BiLSTM has the maximum over tokens
    """

    def _make_layers(self, seeds: Seeds) -> None:
        config = self.config
        self.layers_up = [
            Bidirectional(
                *("lstm", config.hidden_dim, seeds),
                dtype=self.dtype_policy,
                name=f"layer_{layer}",
            )
            for layer in range(config.num_layers)
        ]

    def _text_vector(
        self,
        embedded: KerasTensor,
        inputs: dict[str, KerasTensor],
        training: bool | None,
    ) -> KerasTensor:
        states, mask = embedded, inputs["padding_mask"]
        for layer in self.layers_up:
            states, last = layer(states, mask)  # (batch, tokens, 2 * units)
        if self.config.sizes["max_over_time"]:
            last = maximum(states, mask)[:, 0]
        return last  # (batch, 2 * units)
