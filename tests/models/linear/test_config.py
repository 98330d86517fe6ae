from kerascls.models.linear.config import LinearConfig


def test_the_sizes_are_those_of_a_label():
    assert LinearConfig().parameters == LinearConfig().to_dict()["vocab_size"]
