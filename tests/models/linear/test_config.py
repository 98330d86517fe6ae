from kerascls.models.linear.config import LINEAR_LOSSES, LinearConfig


def test_the_sizes_are_those_of_a_label():
    assert LinearConfig().parameters == LinearConfig().to_dict()["vocab_size"]


def test_strengths_ascend_and_one_is_in_the_middle():
    for row in LINEAR_LOSSES.values():
        assert list(row.strengths) == sorted(row.strengths)
        assert len(row.strengths) % 2
