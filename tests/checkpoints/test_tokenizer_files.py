import json

import pytest
from tiny_tokenizers import added, bpe, unigram, wordpiece

from kerascls.checkpoints.tokenizer_files import find_tokenizer
from kerascls.errors import CheckpointError
from kerascls.preprocessing.tokenizers.rust_tokenizer import RustTokenizer
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

BERT = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b"]


def write(folder, **files):
    """JSON files by name without ending, and lists of lines."""
    for name, content in files.items():
        if isinstance(content, list):
            (folder / f"{name}.txt").write_text("\n".join(content) + "\n", "utf-8")
        else:
            (folder / f"{name}.json").write_text(json.dumps(content), "utf-8")
    return folder


def bert(**changed):
    ids = {name: index for index, name in enumerate(BERT)}
    normalizer = {"type": "BertNormalizer", "lowercase": True}
    model = {"type": "WordPiece", "vocab": ids, "unk_token": "[UNK]"}
    model |= {"continuing_subword_prefix": "##", "max_input_chars_per_word": 100}
    return {"model": model, "normalizer": normalizer, **changed}


@pytest.mark.parametrize("content", [unigram(), bpe(), wordpiece()])
def test_a_tokenizer_of_any_kind_is_found(tmp_path, content):
    found = find_tokenizer(write(tmp_path, tokenizer=content), {})
    assert isinstance(found.tokenizer, RustTokenizer)
    assert found.path.name == "tokenizer.json"
    assert found.notes == (
        f"tokenizer: {content['model']['type']}, <s> text </s>, "
        f"<s> text </s> </s> text </s>",
        "lower-cased text: no (from tokenizer.json)",
    )


def test_berts_own_is_the_fast_one(tmp_path):
    found = find_tokenizer(write(tmp_path, tokenizer=bert()), {})
    assert isinstance(found.tokenizer, Tokenizer)
    assert (found.path.name, found.tokenizer.do_lower_case) == ("tokenizer.json", True)
    found = find_tokenizer(write(tmp_path, vocab=BERT), {})
    assert isinstance(found.tokenizer, Tokenizer)
    assert found.path.name == "vocab.txt"


@pytest.mark.parametrize("key", ["handle_chinese_chars", "clean_text"])
def test_another_tokenizer_beside_a_vocabulary_is_the_one_that_is_used(tmp_path, key):
    normalizer = {"type": "BertNormalizer", "clean_text": True, "lowercase": True}
    normalizer |= {"handle_chinese_chars": True, "strip_accents": None, key: False}
    ids = {name: index for index, name in enumerate(BERT)}
    content = bert(
        normalizer=normalizer,
        pre_tokenizer={"type": "BertPreTokenizer"},
        added_tokens=added(BERT[:4], ids),
        post_processor={
            "type": "BertProcessing",
            "sep": ["[SEP]", 3],
            "cls": ["[CLS]", 2],
        },
    )
    options = {"pad_token": "[PAD]"}
    write(tmp_path, vocab=BERT, tokenizer=content, tokenizer_config=options)
    found = find_tokenizer(tmp_path, {})
    assert found.path.name == "tokenizer.json"
    assert isinstance(found.tokenizer, RustTokenizer)


@pytest.mark.parametrize(
    ("options", "config"),
    [
        ({"pad_token": "<pad>"}, {}),
        ({"pad_token": {"content": "<pad>"}}, {"pad_token_id": 0}),
        ({}, {"pad_token_id": 1}),
    ],
)
def test_what_texts_are_padded_with_is_told_by_other_files(tmp_path, options, config):
    write(tmp_path, tokenizer=unigram(padding=None), tokenizer_config=options)
    assert find_tokenizer(tmp_path, config).tokenizer.pad_id == 1


def test_what_the_tokenizer_names_is_before_what_it_pads_with(tmp_path):
    write(tmp_path, tokenizer=unigram(), special_tokens_map={"pad_token": "<unk>"})
    assert find_tokenizer(tmp_path, {}).tokenizer.pad_id == 3


@pytest.mark.parametrize("config", [{}, {"pad_token_id": 999}, {"pad_token_id": []}])
def test_a_padding_that_nothing_tells_is_not_guessed(tmp_path, config):
    write(tmp_path, tokenizer=unigram(padding=None))
    with pytest.raises(CheckpointError, match=r"padded with.*pad_token.*_config.json"):
        find_tokenizer(tmp_path, config)


# As transformers 5.24 makes them of such directories.
@pytest.mark.parametrize("mixed_in", ["tokenizer_config", "config"])
@pytest.mark.parametrize(
    ("named", "pair"),
    [
        ({"tokenizer_class": "RobertaTokenizerFast"}, [0, 4, 2, 2, 5, 2]),
        ({"tokenizer_class": "XLMRobertaTokenizer"}, [0, 4, 2, 2, 5, 2]),
        ({"tokenizer_class": "CamembertTokenizer"}, [0, 4, 2, 2, 5, 2]),
        ({"tokenizer_class": "BertTokenizer"}, [0, 4, 2, 5, 2]),
        ({"tokenizer_class": "AlbertTokenizer"}, [0, 4, 2, 5, 2]),
        ({"model_type": "roberta"}, [0, 4, 2, 2, 5, 2]),
        ({"model_type": "xlm-roberta"}, [0, 4, 2, 2, 5, 2]),
        ({"model_type": "distilbert"}, [0, 4, 2, 5, 2]),
    ],
)
def test_special_tokens_that_a_file_does_not_say_are_those_of_its_class(
    tmp_path, named, pair, mixed_in
):
    content = bpe(post_processor=None)
    names = {"cls_token": "<s>", "sep_token": "</s>"}
    if mixed_in == "tokenizer_config" and "model_type" not in named:
        write(tmp_path, tokenizer=content, tokenizer_config=names | named)
        found = find_tokenizer(tmp_path, {})
    else:
        write(tmp_path, tokenizer=content, tokenizer_config=names)
        found = find_tokenizer(tmp_path, named)
    assert found.tokenizer.encode("a", "b")[0] == pair
    assert any(
        "from tokenizer_config.json; tokenizer.json adds" in n for n in found.notes
    )


@pytest.mark.parametrize(
    "content", [unigram(post_processor=None), bpe(post_processor=None)]
)
@pytest.mark.parametrize(
    ("named", "config"),
    [
        ({}, {}),
        ({"tokenizer_class": "PreTrainedTokenizerFast"}, {"model_type": "roberta"}),
        ({"tokenizer_class": "TokenizersBackend"}, {"model_type": "bert"}),
        ({}, {"model_type": "modernbert"}),
        ({"tokenizer_class": "OwnTokenizer"}, {"model_type": "bert"}),
        ({"tokenizer_class": "RobertaTokenizer", "sep_token": None}, {}),
    ],
)
def test_special_tokens_that_transformers_would_not_add_are_not_guessed(
    tmp_path, content, named, config
):
    names = {"cls_token": "<s>", "sep_token": "</s>"}
    write(tmp_path, tokenizer=content, tokenizer_config=names | named)
    with pytest.raises(
        CheckpointError, match=r"stand before.*RobertaTokenizer for two"
    ):
        find_tokenizer(tmp_path, config)


def test_berts_own_keeps_its_special_tokens_and_says_so(tmp_path):
    write(tmp_path, tokenizer=bert())
    stated = {"tokenizer_class": "PreTrainedTokenizerFast"}
    notes = find_tokenizer(tmp_path, stated).notes
    assert any("as of BERT; tokenizer.json adds none" in note for note in notes)
    assert find_tokenizer(tmp_path, {"model_type": "bert"}).notes == (
        "lower-cased text: yes (from tokenizer.json)",
    )


def test_special_tokens_of_another_vocabulary_are_refused(tmp_path):
    write(tmp_path, tokenizer=unigram(), special_tokens_map={"cls_token": "[CLS]"})
    with pytest.raises(CheckpointError, match=r"cls_token='\[CLS\]'.*does not have"):
        find_tokenizer(tmp_path, {})


@pytest.mark.parametrize("where", ["tokenizer_config", "config"])
def test_files_that_disagree_on_case_are_refused(tmp_path, where):
    write(tmp_path, tokenizer=wordpiece())
    stated = {"do_lower_case": True}
    if where == "tokenizer_config":
        write(tmp_path, tokenizer_config=stated)
    with pytest.raises(CheckpointError, match=r"do_lower_case=True.*has.*=False"):
        find_tokenizer(tmp_path, stated if where == "config" else {})
    write(tmp_path, tokenizer_config={"do_lower_case": False})
    assert not find_tokenizer(tmp_path, {}).tokenizer.do_lower_case


@pytest.mark.parametrize(
    "config", [{}, {"model_type": "camembert"}, {"tokenizer_class": "NllbTokenizer"}]
)
def test_files_of_a_class_that_is_not_read_are_refused_with_what_to_do(
    tmp_path, config
):
    (tmp_path / "sentencepiece.bpe.model").write_bytes(b"x")
    with pytest.raises(CheckpointError, match=r"XLMRobertaTokenizer.*save_pretrained"):
        find_tokenizer(tmp_path, config)


def test_no_tokenizer_at_all_is_said(tmp_path):
    with pytest.raises(CheckpointError, match=r"Received: none in"):
        find_tokenizer(tmp_path, {})


def test_a_vocabulary_with_other_ids_than_tokenizer_json_is_refused(tmp_path):
    content = bert()
    tokens = [*content["model"]["vocab"]]
    write(tmp_path, tokenizer=content)
    (tmp_path / "vocab.txt").write_text("\n".join(tokens), "utf-8")
    assert find_tokenizer(tmp_path, {}).path.name == "vocab.txt"
    tokens[-2:] = tokens[:-3:-1]
    (tmp_path / "vocab.txt").write_text("\n".join(tokens), "utf-8")
    with pytest.raises(CheckpointError, match="agree on the ids of tokens"):
        find_tokenizer(tmp_path, {})


def test_a_wordpiece_with_other_tokens_around_its_texts_keeps_them(tmp_path):
    normalizer = {"type": "BertNormalizer", "clean_text": True, "lowercase": True}
    normalizer |= {"handle_chinese_chars": True, "strip_accents": None}
    content = bert(normalizer=normalizer, pre_tokenizer={"type": "BertPreTokenizer"})
    vocab = content["model"]["vocab"]
    vocab |= {"<s>": len(vocab), "</s>": len(vocab) + 1}
    ends = {"cls": ["<s>", vocab["<s>"]], "sep": ["</s>", vocab["</s>"]]}
    processor = {"type": "RobertaProcessing", "trim_offsets": True, **ends}
    content["post_processor"] = {**processor, "add_prefix_space": False}
    write(tmp_path, tokenizer=content)
    config = {"pad_token_id": vocab["[PAD]"]}
    tokenizer = find_tokenizer(tmp_path, config).tokenizer
    assert tokenizer.token(tokenizer.cls_id) == "<s>"
    assert (tokenizer.separators, tokenizer.has_segments) == (2, False)
