"""Published checkpoints are read as they lie on the hub: tiny stand-ins of their files.

A stand-in has the file names, names of weights, configuration keys and kind of
tokenizer of the published one. `pretrained/README.md` lists the same.
"""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from checkpoint_cases import ALBERT, BERT, ELECTRA, ELECTRA_EQUAL, ERNIE, Case, Model
from make_checkpoints import huggingface_config, huggingface_tensors, make_weights
from safetensors.numpy import save_file
from torch_writer import write_torch

from kerascls.checkpoints.accounting import account, require_complete
from kerascls.checkpoints.finding import find_checkpoint
from kerascls.checkpoints.inspection import inspect_checkpoint
from kerascls.checkpoints.loading import read_encoder_weights
from kerascls.models.presets import PRESETS

README = Path(__file__).parents[2] / "pretrained" / "README.md"
SPECIAL = ("unk", "sep", "pad", "cls", "mask")


@dataclass(frozen=True, kw_only=True)
class Published:
    """What lies in a repository.

    `weights` are its files of weights, the one first that is taken; `config` are keys
    that its configuration has beside or instead of the usual, None for those it lacks.
    """

    model: Model
    weights: tuple[str, ...]
    config: dict[str, object]
    options: dict[str, object] | None = None
    prefix: bool = True
    old_norm_names: bool = False
    has_tokenizer_json: bool = False
    with_ids: bool = False
    lower: bool = True


BIN, H5, SAFE = "pytorch_model.bin", "tf_model.h5", "model.safetensors"
NAMED = {f"{role}_token": f"[{role.upper()}]" for role in SPECIAL}
HFL = {"architectures": ["BertForMaskedLM"], "directionality": "bidi"}
HFL |= {"pooler_fc_size": 768, "pooler_type": "first_token_transform"}
HFL |= {"output_past": True, "transformers_version": None}
ELECTRA_CONFIG = {"architectures": ["ElectraForPreTraining"], "pad_token_id": None}
LARGE = replace(BERT, num_layers=4)
PUBLISHED = {
    "google-bert/bert-base-chinese": Published(
        model=BERT,
        weights=(SAFE, BIN, H5, "flax_model.msgpack"),
        config=HFL | {"output_past": None},
        options={"do_lower_case": False, "model_max_length": 512},
        old_norm_names=True,
        has_tokenizer_json=True,
        lower=False,
    ),
    "hfl/chinese-roberta-wwm-ext": Published(
        model=BERT,
        weights=(BIN, H5, "flax_model.msgpack"),
        config=HFL | {"bos_token_id": 0, "eos_token_id": 2},
        options={"init_inputs": []},
        has_tokenizer_json=True,
    ),
    "hfl/chinese-roberta-wwm-ext-large": Published(
        model=LARGE,
        weights=(BIN, H5, "flax_model.msgpack"),
        config=HFL | {"bos_token_id": 0, "eos_token_id": 2},
        options={"init_inputs": []},
        has_tokenizer_json=True,
    ),
    "hfl/chinese-macbert-base": Published(
        model=BERT,
        weights=(BIN, H5, "flax_model.msgpack"),
        config=HFL | {"gradient_checkpointing": False},
        options=NAMED | {"do_lower_case": True, "init_inputs": []},
        has_tokenizer_json=True,
    ),
    "hfl/chinese-electra-180g-small-discriminator": Published(
        model=ELECTRA,
        weights=(BIN, H5),
        config=ELECTRA_CONFIG,
        options={"init_inputs": []},
        has_tokenizer_json=True,
    ),
    "hfl/chinese-electra-180g-base-discriminator": Published(
        model=ELECTRA_EQUAL,
        weights=(BIN, H5),
        config=ELECTRA_CONFIG,
        options={"init_inputs": []},
        has_tokenizer_json=True,
    ),
    "nghuyong/ernie-3.0-base-zh": Published(
        model=replace(ERNIE, num_token_types=4),
        weights=(BIN,),
        config={"architectures": ["ErnieForMaskedLM"]},
        options=NAMED | {"do_lower_case": True, "tokenizer_class": "BertTokenizer"},
    ),
    "nghuyong/ernie-1.0-base-zh": Published(
        model=replace(ERNIE, num_task_types=0),
        weights=(BIN,),
        config={"architectures": ["ErnieForMaskedLM"], "use_task_id": False},
        with_ids=True,
    ),
    "Langboat/mengzi-bert-base": Published(
        model=BERT,
        weights=(BIN,),
        config={"architectures": ["BertForMaskedLM"], "position_embedding_type": None},
        options=NAMED | {"do_lower_case": True, "tokenizer_class": "BertTokenizer"},
    ),
    "voidful/albert_chinese_small": Published(
        model=ALBERT,
        weights=(SAFE, BIN),
        config={"architectures": ["AlbertForMaskedLM"], "layer_norm_eps": 1e-12},
    ),
    "voidful/albert_chinese_tiny": Published(
        model=replace(ALBERT, num_layers=2),
        weights=(SAFE, BIN),
        config={"architectures": ["AlbertForMaskedLM"], "layer_norm_eps": 1e-12},
    ),
    "hfl/rbt3": Published(
        model=BERT,
        weights=(BIN, H5, "flax_model.msgpack"),
        config=HFL,
        options={"init_inputs": []},
        has_tokenizer_json=True,
    ),
    "BAAI/bge-small-zh-v1.5": Published(
        model=BERT,
        weights=(SAFE, BIN),
        config={"architectures": ["BertModel"], "id2label": {"0": "LABEL_0"}},
        options=NAMED | {"do_lower_case": True, "tokenizer_class": "BertTokenizer"},
        prefix=False,
        has_tokenizer_json=True,
    ),
}


def write(directory: Path, published: Published) -> Path:
    """Writes a stand-in of a repository."""
    model = published.model
    case = Case(
        name="published",
        model=model,
        layout="huggingface",
        prefix=published.prefix,
        old_norm_names=published.old_norm_names,
    )
    config = huggingface_config(case) | published.config
    config = {key: value for key, value in config.items() if value is not None}
    vocabulary = model.vocabulary
    lines = [f"{token}\t{n}" for n, token in enumerate(vocabulary)]
    files = {"config.json": json.dumps(config)}
    files["vocab.txt"] = "\n".join(lines if published.with_ids else vocabulary) + "\n"
    if published.options is not None:
        files["tokenizer_config.json"] = json.dumps(published.options)
        files["special_tokens_map.json"] = json.dumps(NAMED)
    if published.has_tokenizer_json:
        files["tokenizer.json"] = json.dumps(tokenizer_json(vocabulary, published))
        files["added_tokens.json"] = "{}"
    for name, content in files.items():
        (directory / name).write_text(content, "utf-8")
    tensors = huggingface_tensors(case)
    tensors = {name: np.ascontiguousarray(value) for name, value in tensors.items()}
    first, *others = published.weights
    if first == SAFE:
        save_file(tensors, directory / SAFE, {"format": "pt"})
    else:
        write_torch(directory / BIN, tensors, old=True)
    for name in others:  # must not be opened
        (directory / name).write_bytes(b"something else")
    return directory


def tokenizer_json(vocabulary: list[str], published: Published) -> dict:
    """As the library writes it of a `vocab.txt`."""
    ids = {token: index for index, token in enumerate(vocabulary)}
    usual = {"single_word": False, "lstrip": False, "rstrip": False}
    usual |= {"normalized": False, "special": True}
    normalizer = {"type": "BertNormalizer", "clean_text": True, "strip_accents": None}
    normalizer |= {"handle_chinese_chars": True, "lowercase": published.lower}
    return {
        "version": "1.0",
        "added_tokens": [
            {"id": ids[name], "content": name, **usual} for name in NAMED.values()
        ],
        "normalizer": normalizer,
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "BertProcessing",
            "sep": ["[SEP]", ids["[SEP]"]],
            "cls": ["[CLS]", ids["[CLS]"]],
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": ids,
        },
    }


@pytest.fixture(scope="module", params=PUBLISHED)
def stand_in(request, tmp_path_factory) -> tuple[Published, Path]:
    published = PUBLISHED[request.param]
    return published, write(tmp_path_factory.mktemp("hub"), published)


def test_every_weight_is_found_and_the_right_file_is_taken(stand_in):
    published, folder = stand_in
    checkpoint = find_checkpoint(folder)
    assert checkpoint.weights_path.name == published.weights[0]
    assert checkpoint.family == published.model.family
    require_complete(checkpoint, account(checkpoint))
    weights, _ = read_encoder_weights(checkpoint)
    expected = make_weights(published.model)
    tasks = expected.pop("embeddings/task_type_embeddings", None)
    if tasks is not None:
        expected["embeddings/token_type_embeddings"] += tasks[0]
    assert {*weights} == {n for n in expected if not n.startswith("pooler")}
    for name, value in weights.items():
        np.testing.assert_array_equal(value, expected[name], err_msg=name)


def test_texts_are_cut_as_the_published_tokenizer_does(stand_in):
    published, folder = stand_in
    tokenizer = find_checkpoint(folder).tokenizer
    vocab = {token: index for index, token in enumerate(published.model.vocabulary)}
    pieces = ["[CLS]", "中", "国", "the" if published.lower else "[UNK]", "[SEP]"]
    assert tokenizer.encode("中国 The")[0] == [vocab[piece] for piece in pieces]
    assert tokenizer.do_lower_case is published.lower


def test_nothing_of_it_is_doubtful(stand_in):
    published, folder = stand_in
    inspection = inspect_checkpoint(folder)
    assert inspection.is_complete
    doubts = [note for note in inspection.notes if "are they of one" in note]
    doubts += [note for note in inspection.notes if "keys not used" in note]
    assert doubts == []
    others = ", ".join(published.weights[1:])
    assert not others or any(others.split(", ")[0] in n for n in inspection.notes)


def test_the_page_lists_them_and_what_is_taken():
    section = README.read_text("utf-8").partition("## Chinese checkpoints of the hub")[
        2
    ]
    rows = re.findall(
        r"(?m)^\| ([\w.-]+/[\w.-]+) \| `([\w.]+)` \| read as it lies", section
    )
    assert rows == [(name, one.weights[0]) for name, one in PUBLISHED.items()]


def test_the_presets_say_the_same():
    presets = {row.hub: row.hub_weights for row in PRESETS.values() if row.hub}
    for name, one in PUBLISHED.items():
        assert presets.get(name, one.weights[0]) == one.weights[0]
