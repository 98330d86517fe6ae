"""Cases that were right from the beginning stay right."""

import pytest


def test_batches_of_one_row_train(case):
    assert case("batch-of-one-row").done[0].works()


@pytest.mark.parametrize("name", ["blank-lines-before-header", "bom-and-quotes"])
def test_what_stands_before_a_header_is_passed_over(case, name):
    assert case(name).done[0].works("36")


def test_no_epochs_are_refused(case):
    assert case("epochs-zero").done[0].refuses("epochs")
