from dataclasses import replace

import pytest

from kerascls.checkpoints.accounting import account, first_layers, require_complete
from kerascls.checkpoints.finding import find_checkpoint
from kerascls.checkpoints.prefixes import encoder_names
from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.encoder_config import weight_shapes

LAST = "encoder/layer_2/output/dense/bias"


class Weights:
    """The shapes of another file, with some names gone, new or of another shape."""

    def __init__(self, weights, gone=(), new=None) -> None:
        self._shapes = {n: s for n, s in weights.shapes().items() if n not in gone}
        self._shapes |= new or {}

    def shapes(self):
        return self._shapes

    def unreadable(self):
        return {}


@pytest.fixture
def files(written):
    return find_checkpoint(written("bert_tensorflow"))


def changed(files, **changes):
    weights = Weights(files.weights, **changes)
    names = encoder_names(files.layout, weights.shapes(), files.weights_path)
    return replace(files, weights=weights, names=names)


def test_every_weight_of_the_encoder_has_a_source(files):
    accounting = account(files)
    assert accounting.is_complete
    assert sorted(accounting.sources) == sorted(weight_shapes(files.config))
    assert accounting.sources[LAST] == f"bert/{LAST}"
    require_complete(files, accounting)


def test_each_kind_of_fault_is_counted_apart(files):
    name = "bert/embeddings/LayerNorm/beta"
    new = {"bert/gate/kernel": (3,), "bert/gate/bias": (3,), name: (7,)}
    broken = changed(files, gone=(f"bert/{LAST}",), new=new)
    accounting = account(broken)
    assert not accounting.is_complete
    assert accounting.missing == (f"bert/{LAST}",)
    assert accounting.unexpected == ("bert/gate/bias", "bert/gate/kernel")
    assert accounting.wrong_shapes == (f"{name} is (7,), not (48,)",)
    with pytest.raises(CheckpointError, match="1 missing, 2 unexpected, 1 wrong shape"):
        require_complete(broken, accounting)


def test_the_error_names_ten_of_a_kind_and_counts_the_rest(files):
    broken = changed(files, new={f"bert/extra_{n:02}": (1,) for n in range(12)})
    with pytest.raises(CheckpointError) as error:
        require_complete(broken, account(broken))
    message = str(error.value)
    assert message.count("unexpected: bert/extra_") == 10
    assert "unexpected: and 2 more" in message


def test_what_is_beside_the_encoder_is_left_out_by_its_place(files):
    beside = changed(files, new={"fc/kernel": (48, 3), "crf/x": (3,)})
    accounting = account(beside)
    assert accounting.is_complete
    assert accounting.left_out["beside the encoder 'bert/'"] == ("crf/x", "fc/kernel")


def test_weights_that_are_no_floats_are_faults_where_they_are_used(files):
    class Quantised(Weights):
        def unreadable(self):
            return {f"bert/{LAST}": "int8", "global_step": "int64"}

    accounting = account(replace(files, weights=Quantised(files.weights)))
    assert accounting.wrong_shapes == (f"bert/{LAST} is of type int8, no float",)
    assert "Quantised" in accounting.advice(files)


def test_the_advice_names_the_sizes_that_differ(files):
    fewer = replace(files, config=replace(files.config, num_layers=2))
    advice = account(fewer).advice(fewer)
    assert "num_hidden_layers is 2 in the one and 3 in the other" in advice


def test_the_advice_on_what_is_within_the_encoder_says_that_the_rest_is_whole(files):
    more = changed(files, new={"bert/gate/bias": (3,)})
    assert "The encoder is complete" in account(more).advice(more)


def test_two_names_of_one_weight_are_a_fault(written):
    files = find_checkpoint(written("bert_huggingface"))
    new = {"bert.embeddings.LayerNorm.weight": (48,)}
    assert account(changed(files, new=new)).unexpected == (*new,)


def test_what_is_left_out_has_a_reason_by_name(files):
    left_out = account(files).left_out
    assert "bert/pooler/dense/kernel" in left_out["pooler"]
    assert "pooler" not in account(files, with_pool=True).left_out


def test_layers_above_the_wanted_are_left_out_and_said(files):
    accounting = account(files, num_hidden_layers=1)
    assert accounting.is_complete
    assert len(accounting.left_out["layers from 1 on"]) == 32
    assert any(note.startswith("left out: layers from 1 on (32") for note in (
        accounting.notes()
    ))  # fmt: skip


def test_hugging_faces_kernels_are_expected_with_their_axes_exchanged(written):
    files = find_checkpoint(written("bert_huggingface"))
    accounting = account(files)
    source = accounting.sources["encoder/layer_0/intermediate/dense/kernel"]
    assert files.weights.shapes()[source] == (64, 48)
    assert accounting.is_complete


@pytest.mark.parametrize("num_layers", [0, 4, 1.5])
def test_a_bert_has_no_more_layers_than_its_own(files, num_layers):
    with pytest.raises(SettingsError, match=f"num_hidden_layers={num_layers}"):
        first_layers(files.config, num_layers)


def test_an_albert_applies_its_one_block_as_often_as_is_asked(written):
    config = find_checkpoint(written("albert_tensorflow")).config
    assert first_layers(config, 40).num_layers == 40
    assert first_layers(config, None) is config
