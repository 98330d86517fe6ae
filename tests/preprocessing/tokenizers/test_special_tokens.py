import pytest
from tiny_tokenizers import template

from kerascls.errors import CheckpointError
from kerascls.preprocessing.tokenizers.special_tokens import (
    SequenceTemplate,
    read_rust,
    sequence_template,
    template_processor,
)

BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True}
BYTE_LEVEL |= {"use_regex": True}
BERT = {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}
ROBERTA = {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0]}
ROBERTA |= {"trim_offsets": True, "add_prefix_space": False}


def found(processor):
    return sequence_template(processor, "a/tokenizer.json")


@pytest.mark.parametrize(
    ("processor", "expected"),
    [
        (BERT, (2, 3, 1, True)),
        (ROBERTA, (0, 2, 2, False)),
        (template(("<s>", 0), ("</s>", 2)), (0, 2, 2, False)),
        (template(("[CLS]", 101), ("[SEP]", 102), 1, 1), (101, 102, 1, True)),
        ({"type": "Sequence", "processors": [BYTE_LEVEL, BERT]}, (2, 3, 1, True)),
    ],
)
def test_what_a_post_processor_adds_is_found_out(processor, expected):
    told = found(processor)
    assert (told.cls_id, told.sep_id) == expected[:2]
    assert (told.separators, told.has_segments) == expected[2:]


@pytest.mark.parametrize("processor", [None, BYTE_LEVEL])
def test_one_that_adds_nothing_says_nothing(processor):
    assert found(processor) is None


def only(single, pair):
    """A processor of `</s>` alone, such as those of T5, XLNet and GPT."""
    row = {"id": "</s>", "ids": [1], "tokens": ["</s>"]}
    parts = {"A": {"Sequence": {"id": "A", "type_id": 0}}}
    parts["B"] = {"Sequence": {"id": "B", "type_id": 0}}
    parts["s"] = {"SpecialToken": {"id": "</s>", "type_id": 0}}
    return {
        "type": "TemplateProcessing",
        "single": [parts[name] for name in single],
        "pair": [parts[name] for name in pair],
        "special_tokens": {"</s>": row},
    }


@pytest.mark.parametrize(
    "names",
    [("As", "AsBs"), ("sA", "sAB"), ("sAs", "sABs"), ("sAs", "sAsssBs"), ("Ass", "A")],
)
def test_sequences_of_another_kind_are_refused_as_they_are(names):
    with pytest.raises(CheckpointError, match="a/tokenizer.json, which makes `.*text"):
        found(only(*names))


@pytest.mark.parametrize("separators", [1, 2])
@pytest.mark.parametrize("has_segments", [True, False])
def test_the_post_processor_of_a_template_means_the_template(separators, has_segments):
    expected = SequenceTemplate(
        cls_id=7, sep_id=9, separators=separators, has_segments=has_segments
    )
    assert found(template_processor(expected, ("<a>", "<b>"))) == expected


def test_what_the_library_cannot_read_is_told_with_its_file():
    with pytest.raises(CheckpointError, match="Received: x.json .* again"):
        read_rust({"model": {"type": "Nonsense"}}, "x.json")


def test_one_that_makes_the_library_panic_is_refused():
    second = [{"Sequence": {"id": "B", "type_id": 0}}]
    processor = {"type": "TemplateProcessing", "single": second, "pair": []}
    with pytest.raises(CheckpointError, match="panic"):
        found(processor | {"special_tokens": {}})
