import json

import pytest

from kerascls.checkpoints.layouts import find_weights
from kerascls.checkpoints.unread_weights import conversion, refuse_adapter
from kerascls.errors import CheckpointError


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        (None, "AutoPeftModel"),
        ("SEQ_CLS", "AutoPeftModelForSequenceClassification"),
        ("OTHER", "AutoPeftModel"),
    ],
)
@pytest.mark.parametrize("beside", ["adapter_model.bin", "model.safetensors"])
def test_the_folder_of_an_adapter_is_refused_with_what_merges_it(
    tmp_path, beside, task, kind
):
    (tmp_path / beside).touch()
    (tmp_path / "adapter_config.json").write_text(json.dumps({"task_type": task}))
    with pytest.raises(CheckpointError, match="adapter_config.json away") as error:
        find_weights(tmp_path)
    assert f"import {kind}; {kind}.from_pretrained(r'{tmp_path}')" in str(error.value)


def test_other_folders_are_not_refused(tmp_path):
    assert refuse_adapter(tmp_path) is None
    (tmp_path / "config.json").write_text("{}")
    assert refuse_adapter(tmp_path) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("flax_model.msgpack", "from_flax=True"),
        ("last.ckpt", "call it last.pt"),
        ("model.safetensors", None),
        ("vocab.txt", None),
    ],
)
def test_what_can_be_converted_is_told_how(tmp_path, name, said):
    cure = conversion(tmp_path / name)
    assert cure is None if said is None else said in cure
