"""Weights in forms that are not read, and what to do with them."""

from pathlib import Path

from kerascls.checkpoints.config_files import read_config
from kerascls.errors import CheckpointError

ADAPTER = "adapter_config.json"
# Task of an adapter -> the class of peft that loads it, behind `AutoPeftModel`.
_ADAPTED = {
    "SEQ_CLS": "ForSequenceClassification",
    "TOKEN_CLS": "ForTokenClassification",
    "FEATURE_EXTRACTION": "ForFeatureExtraction",
    "QUESTION_ANS": "ForQuestionAnswering",
}


def conversion(path: Path) -> str | None:
    """Returns what to do with weights in a form that is not read; None for others."""
    if path.suffix == ".ckpt":
        return f"If PyTorch wrote {path.name}, call it {path.stem}.pt."
    if path.suffix != ".msgpack":
        return None
    return (
        f"{path.name} is not read; convert it to safetensors once, where "
        f"transformers 4 is installed:"
        f'\n  python -c "from transformers import '
        f"AutoModel; AutoModel.from_pretrained(r'{path.parent}', from_flax=True)"
        f".save_pretrained(r'{path.parent}', safe_serialization=True)\""
    )


def refuse_adapter(directory: Path) -> None:
    """Raises a CheckpointError when a directory is that of an adapter."""
    if not (directory / ADAPTER).is_file():
        return
    task = read_config(directory / ADAPTER).get("task_type")
    kind = f"AutoPeftModel{_ADAPTED.get(str(task), '')}"
    raise CheckpointError(
        f"Expected the whole weights of an encoder. Received: {directory}, the folder "
        f"of an adapter ({ADAPTER}), which changes the weights of another checkpoint. "
        f"Merge the two where it was made, and give what is written together with the "
        f"vocabulary of the other:"
        f'\n  python -c "from peft import {kind}; {kind}.from_pretrained('
        f"r'{directory}').merge_and_unload().save_pretrained('merged')\""
        f"\nIf a whole checkpoint lies beside it, move {ADAPTER} away."
    )
