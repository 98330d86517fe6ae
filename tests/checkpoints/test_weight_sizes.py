import pytest

from kerascls.checkpoints.finding import find_checkpoint
from kerascls.checkpoints.weight_sizes import sizes_of_weights


@pytest.mark.parametrize(
    "case", ["bert_tensorflow", "albert_tensorflow", "electra_huggingface"]
)
def test_the_weights_show_what_the_configuration_says(written, case):
    found = find_checkpoint(written(case))
    shapes = found.weights.shapes()
    inside = {name: shapes[source] for name, source in found.names.inside.items()}
    sizes = sizes_of_weights(found.layout, found.family, inside)
    config = found.config
    expected = {
        "vocab_size": config.vocab_size,
        "embedding_size": config.embedding_dim,
        "type_vocab_size": config.num_token_types,
        "max_position_embeddings": config.max_positions,
        "hidden_size": config.hidden_dim,
        "intermediate_size": config.intermediate_dim,
    }
    if found.family != "albert":  # whose one block says nothing of how often it is used
        expected["num_hidden_layers"] = config.num_layers
    assert sizes == expected


def test_what_is_not_there_says_nothing():
    assert sizes_of_weights("google", "albert", {"x": (1,)}) == {}
    odd = {"embeddings/word_embeddings": (), "embeddings/position_embeddings": (7,)}
    assert sizes_of_weights("google", "albert", odd) == {"max_position_embeddings": 7}
