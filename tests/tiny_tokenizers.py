"""Contents of tiny `tokenizer.json` files, and texts to try tokenizers on."""

from hypothesis import strategies as st

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
PIECES = """▁ 中 国 中国 足 球 足球 今 天 今天 ▁今天 a b c d ab abc ▁ab ▁a bc 1 2 12
. ... < > / s S E P [ ] , 体 育 ▁体育 体育""".split()
MERGES = ["a b", "ab c", "b c", "a bc", "1 2", "中 国", "ab ab"]

texts = st.lists(
    st.one_of(
        st.sampled_from([*PIECES, *SPECIAL, "[CLS]", "[SEP]", "<mask>"]),
        st.sampled_from(list("中文， 今天abcABC１２９…")),
        st.sampled_from(
            ["สวัสดี", "ن", "مرحبا", "🙂", "👨\u200d👩", "é", "e\u0301", "ﬁ"]
        ),
        st.sampled_from(
            list("\u3000\u00a0\u200b\t\n\r\x00\x01\x7f\ufeff\u2028\ufffd▁")
        ),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=14,
).map("".join)


def added(names, ids, special=True):
    """Rows of `added_tokens`."""
    usual = {"single_word": False, "lstrip": False, "rstrip": False}
    usual |= {"normalized": False, "special": special}
    return [{"id": ids[name], "content": name, **usual} for name in names]


def template(cls, sep, separators=2, segment=0):
    """A post-processor of two special tokens, each `(name, id)`."""

    def token(pair, segment=0):
        return {"SpecialToken": {"id": pair[0], "type_id": segment}}

    def text(name, segment=0):
        return {"Sequence": {"id": name, "type_id": segment}}

    single = [token(cls), text("A"), token(sep)]
    pair = [*single, *[token(sep)] * (separators - 1)]
    return {
        "type": "TemplateProcessing",
        "single": single,
        "pair": [*pair, text("B", segment), token(sep, segment)],
        "special_tokens": {
            name: {"id": name, "ids": [number], "tokens": [name]}
            for name, number in (cls, sep)
        },
    }


def whole(model, ids, **parts):
    """A `tokenizer.json` of a model, with XLM-R's special tokens unless stated."""
    usual = {
        "version": "1.0",
        "truncation": None,
        "padding": {
            "strategy": "BatchLongest",
            "direction": "Right",
            "pad_to_multiple_of": None,
            "pad_id": ids["<pad>"],
            "pad_type_id": 0,
            "pad_token": "<pad>",
        },
        "added_tokens": added(SPECIAL, ids),
        "normalizer": None,
        "pre_tokenizer": None,
        "post_processor": template(("<s>", ids["<s>"]), ("</s>", ids["</s>"])),
        "decoder": None,
    }
    return {**usual, "model": model, **parts}


def unigram(pieces=PIECES, **parts):
    """XLM-R's kind: longer pieces are likelier than their parts."""
    vocab = [[name, 0.0] for name in SPECIAL]
    vocab += [[name, -9.0 + len(name) - 0.001 * n] for n, name in enumerate(pieces)]
    ids = {name: index for index, (name, _) in enumerate(vocab)}
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}
    splitters = [{"type": "WhitespaceSplit"}, {**metaspace, "split": True}]
    usual = {
        "normalizer": {"type": "NFKC"},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": splitters},
    }
    model = {"type": "Unigram", "unk_id": 3, "vocab": vocab, "byte_fallback": False}
    return whole(model, ids, **{**usual, **parts})


def bpe(merges=MERGES, **parts):
    """Words of characters, merged; unknown ones are `<unk>`."""
    characters = [*"abcdABC12.<>/sSEP[],", *"中国今天足球"]
    names = [*SPECIAL, *characters, *(merge.replace(" ", "") for merge in merges)]
    ids = {name: index for index, name in enumerate(dict.fromkeys(names))}
    model = {"type": "BPE", "unk_token": "<unk>", "vocab": ids, "fuse_unk": False}
    model |= {"merges": [merge.split(" ") for merge in merges], "dropout": None}
    model |= {"continuing_subword_prefix": None, "end_of_word_suffix": None}
    usual = {"pre_tokenizer": {"type": "WhitespaceSplit"}}
    return whole(model, ids, **{**usual, **parts})


def wordpiece(**parts):
    """A WordPiece that is not BERT's: words end at white space alone."""
    names = [*SPECIAL, *"abc中国今天", "ab", "##c", "##b", "##国", "[CLS]", "1", "##2"]
    ids = {name: index for index, name in enumerate(names)}
    model = {"type": "WordPiece", "unk_token": "<unk>", "vocab": ids}
    model |= {"continuing_subword_prefix": "##", "max_input_chars_per_word": 100}
    return whole(model, ids, **{"pre_tokenizer": {"type": "WhitespaceSplit"}, **parts})


CONTENTS = {"Unigram": unigram(), "BPE": bpe(), "WordPiece": wordpiece()}
