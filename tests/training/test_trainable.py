import numpy as np

from kerascls.training.trainable import Trainable, Trained


def test_what_was_trained_without_epochs_has_no_best_one():
    trained = Trained(
        runtime="linear", write_model=lambda _: None, valid_logits=np.zeros((0, 2))
    )
    assert trained.best_epoch is None
    assert trained.facts == {}


def test_both_kinds_of_jobs_have_all_that_fit_asks_for():
    from kerascls.training.job import Job
    from kerascls.training.linear.job import LinearJob

    asked = {name for name in vars(Trainable) if not name.startswith("_")}
    for kind in (Job, LinearJob):
        assert asked <= {*dir(kind), *kind.__dataclass_fields__}
