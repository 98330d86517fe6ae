"""Directories whose files say two things; what transformers 5.24 does decides."""

import json

import pytest
from tiny_tokenizers import added, bpe, template, unigram, wordpiece

from kerascls.checkpoints.tokenizer_files import find_tokenizer
from kerascls.errors import CheckpointError

LOWERED = "do_lower_case=True is not heeded: tokenizer.json says False"
BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}


def found(folder, content, config=None, vocab=None, **options):
    """The tokenizer of a directory with these files."""
    if content is not None:
        (folder / "tokenizer.json").write_text(json.dumps(content), "utf-8")
    if vocab is not None:
        (folder / "vocab.txt").write_text("\n".join(vocab) + "\n", "utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(options), "utf-8")
    return find_tokenizer(folder, config or {})


# What paraphrase-multilingual-MiniLM-L12-v2 and others of its kind say: options of a
# BERT beside a tokenizer that never had them.
OF_A_BERT = {
    "do_lower_case": True,
    "strip_accents": None,
    "tokenize_chinese_chars": True,
}


@pytest.mark.parametrize(
    "tokenizer_class",
    [
        "PreTrainedTokenizerFast",
        "TokenizersBackend",
        "XLMRobertaTokenizer",
        "BertTokenizerFast",
        None,
    ],
)
@pytest.mark.parametrize("content", [unigram(), bpe()])
def test_an_option_that_no_class_heeds_is_told_and_not_refused(
    tmp_path, content, tokenizer_class
):
    options = OF_A_BERT | {"tokenizer_class": tokenizer_class}
    one = found(tmp_path, content, {"model_type": "bert"}, **options)
    assert not one.tokenizer.do_lower_case
    assert LOWERED in one.notes


@pytest.mark.parametrize("content", [unigram(), bpe()])
def test_an_option_that_says_what_the_file_does_is_not_told(tmp_path, content):
    notes = found(tmp_path, content, do_lower_case=False).notes
    assert not any("heeded" in note for note in notes)


def test_albert_lower_cases_by_its_option(tmp_path):
    with pytest.raises(CheckpointError, match=r"do_lower_case=True.*has do_lower_case"):
        found(
            tmp_path, unigram(), tokenizer_class="AlbertTokenizer", do_lower_case=True
        )


def bert_like(**normalizer):
    usual = {"type": "BertNormalizer", "clean_text": True, "lowercase": True}
    usual |= {"handle_chinese_chars": True, "strip_accents": None}
    return wordpiece(normalizer=usual | normalizer)


@pytest.mark.parametrize(
    ("normalizer", "options"),
    [
        ({"lowercase": False}, {"do_lower_case": True}),
        ({}, {"do_lower_case": False}),
        ({"handle_chinese_chars": False}, {"tokenize_chinese_chars": True}),
        ({}, {"tokenize_chinese_chars": False}),
        ({}, {"strip_accents": False}),
        ({"strip_accents": False}, {"strip_accents": True}),
    ],
)
def test_berts_classes_heed_theirs(tmp_path, normalizer, options):
    (name,) = options
    with pytest.raises(CheckpointError, match=f"on how texts are cut.*{name}=.*has"):
        found(
            tmp_path,
            bert_like(**normalizer),
            tokenizer_class="BertTokenizer",
            **options,
        )
    generic = {"tokenizer_class": "PreTrainedTokenizerFast"}
    assert found(tmp_path, bert_like(**normalizer), **generic, **options)


def test_robertas_class_heeds_a_blank_before_the_text(tmp_path):
    content = bpe(pre_tokenizer=BYTE_LEVEL)
    names = {"tokenizer_class": "RobertaTokenizer"}
    with pytest.raises(CheckpointError, match=r"add_prefix_space=True.*=False"):
        found(tmp_path, content, add_prefix_space=True, **names)
    assert found(tmp_path, content, add_prefix_space=False, **names)
    inner = {"type": "Sequence", "pretokenizers": [BYTE_LEVEL]}
    with pytest.raises(CheckpointError, match=r"add_prefix_space=True.*=False"):
        found(tmp_path, bpe(pre_tokenizer=inner), add_prefix_space=True, **names)
    generic = {"tokenizer_class": "PreTrainedTokenizerFast"}
    assert found(tmp_path, content, add_prefix_space=True, **generic)


@pytest.mark.parametrize(("role", "name"), [("cls", "</s>"), ("sep", "<s>")])
def test_special_tokens_other_than_those_around_texts_are_refused(tmp_path, role, name):
    named = {f"{role}_token": name}
    with pytest.raises(CheckpointError, match=f"{role}_token='{name}'.* puts . there"):
        found(tmp_path, unigram(), tokenizer_class="XLMRobertaTokenizer", **named)


@pytest.mark.parametrize("tokenizer_class", ["PreTrainedTokenizerFast", "Mine", None])
def test_a_class_that_takes_those_of_the_file_heeds_no_others(
    tmp_path, tokenizer_class
):
    one = found(tmp_path, unigram(), tokenizer_class=tokenizer_class, cls_token="</s>")
    assert one.tokenizer.token(one.tokenizer.cls_id) == "<s>"
    assert "cls_token='</s>' is not heeded: tokenizer.json puts 0 there" in one.notes


@pytest.mark.parametrize(
    ("separators", "tokenizer_class", "other"),
    [
        (1, "RobertaTokenizer", 2),
        (2, "BertTokenizer", 1),
        (2, "RobertaTokenizer", None),
        (1, "PreTrainedTokenizerFast", None),
    ],
)
def test_other_separators_than_those_of_its_class_are_told(
    tmp_path, separators, tokenizer_class, other
):
    ends = template(("<s>", 0), ("</s>", 2), separators)
    content = unigram(post_processor=ends)
    one = found(tmp_path, content, tokenizer_class=tokenizer_class)
    assert one.tokenizer.separators == separators
    said = [note for note in one.notes if "separators between" in note]
    assert len(said) == (other is not None)
    assert all(f"puts {other} there" in note for note in said)


BERT = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "<s>", "a", "b"]


@pytest.mark.parametrize(
    ("role", "name"), [("cls", "<s>"), ("sep", "<s>"), ("pad", "<s>"), ("unk", "<unk>")]
)
def test_other_special_tokens_than_berts_are_not_taken_for_them(tmp_path, role, name):
    with pytest.raises(
        CheckpointError, match=f"{role}_token='{name}'.*save_pretrained"
    ):
        found(tmp_path, None, vocab=BERT, **{f"{role}_token": name})
    assert found(tmp_path, None, vocab=BERT, cls_token={"content": "[CLS]"})


@pytest.mark.parametrize("name", ["BertJapaneseTokenizer", "RoFormerTokenizerFast"])
def test_a_class_that_cuts_words_with_a_dictionary_is_refused(tmp_path, name):
    with pytest.raises(CheckpointError, match=f"{name}.*cuts them with a dictionary"):
        found(tmp_path, None, vocab=BERT, tokenizer_class=name)
    with pytest.raises(CheckpointError, match=f"{name}.*cuts them with a dictionary"):
        found(tmp_path, None, {"tokenizer_class": name}, vocab=BERT)


def test_a_class_that_nobody_knows_is_told(tmp_path):
    notes = found(tmp_path, None, vocab=BERT, tokenizer_class="ErnieTokenizer").notes
    assert (
        "read as BERT's tokenizer, though its class is called ErnieTokenizer" in notes
    )
    notes = found(tmp_path, None, vocab=BERT, tokenizer_class="BertTokenizer").notes
    assert not any("class" in note for note in notes)


@pytest.mark.parametrize("content", [unigram(), None])
def test_tokens_that_were_added_beside_it_are_named(tmp_path, content):
    tokens = BERT if content is None else None
    (tmp_path / "added_tokens.json").write_text('{"NEW": 900, "A": 901}', "utf-8")
    decoder = {"900": {"content": "NEW"}, "7x": {"content": "no"}, "8": {}}
    notes = found(tmp_path, content, vocab=tokens, added_tokens_decoder=decoder).notes
    assert "added_tokens.json is not read: 2 tokens, such as NEW, A" in notes
    assert (
        "added_tokens_decoder of tokenizer_config.json is not read: 1 tokens, such as "
        "NEW" in notes
    )


@pytest.mark.parametrize("content", [unigram(), None])
def test_tokens_that_have_other_ids_beside_it_are_refused(tmp_path, content):
    tokens = BERT if content is None else None
    decoder = {"0": {"content": "<s>"}, "6": {"content": "a"}}
    if content is None:
        decoder = {"0": {"content": "[PAD]"}, "6": {"content": "a"}}
    with pytest.raises(CheckpointError, match=r"'a' is .*added_tokens_decoder of"):
        found(tmp_path, content, vocab=tokens, added_tokens_decoder=decoder)


def test_sentence_transformers_own_lower_casing_is_told(tmp_path):
    path = tmp_path / "sentence_bert_config.json"
    path.write_text('{"max_seq_length": 128, "do_lower_case": true}', "utf-8")
    said = "do_lower_case=True of sentence_bert_config.json is not heeded"
    for tokens, expected in ((BERT, 0), ([*BERT, "A", "B", "C"], 1)):
        notes = found(tmp_path, None, vocab=tokens).notes
        assert sum(said in note for note in notes) == expected
    assert any(said in note for note in found(tmp_path, unigram()).notes)


def test_a_published_directory_of_sentence_embeddings_is_read(tmp_path):
    content = unigram()
    size = len(content["model"]["vocab"])
    content["added_tokens"] += added(["<mask>"], {"<mask>": size})
    names = {"bos": "<s>", "cls": "<s>", "sep": "</s>", "eos": "</s>", "pad": "<pad>"}
    options = {f"{role}_token": name for role, name in names.items()}
    options |= OF_A_BERT | {
        "unk_token": "<unk>",
        "tokenizer_class": "XLMRobertaTokenizer",
    }
    decoder = {str(row["id"]): row for row in content["added_tokens"]}
    config = {"model_type": "bert", "pad_token_id": 0}
    one = found(tmp_path, content, config, added_tokens_decoder=decoder, **options)
    assert (one.tokenizer.pad_id, one.tokenizer.separators) == (1, 2)
    assert [note for note in one.notes if "heeded" in note or "read" in note] == [
        LOWERED
    ]
