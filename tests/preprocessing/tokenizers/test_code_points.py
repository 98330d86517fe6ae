"""Looking code points up gives the very ids of the Rust tokenizer."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascls.preprocessing.tokenizers import code_points
from kerascls.preprocessing.tokenizers.code_points import CodePointTokenizer
from kerascls.preprocessing.tokenizers.vocabulary import without_surrogates
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
KNOWN = [*"中国人豈。，!=,[]a9é가ᄀ", *"￥々〇", "σ", "##σ", "##a", "##b", "ab", "sep"]
VOCABS = {
    "small": SPECIAL + KNOWN,
    "without letters": [*SPECIAL, "中", "。"],
    "odd": [*SPECIAL, "a", "", "a", "中##", "中", "##中", "aa", "a中", "\u0301", "##!"],
}
SURROGATES = range(0xD800, 0xE000)


class Counted:
    """A Rust tokenizer that counts the texts it is given."""

    def __init__(self, vocab, lower):
        self.whole, self.texts = Tokenizer(vocab, lower), 0

    def __call__(self, texts):
        self.texts += len(texts)
        return self.rust(texts)

    def rust(self, texts):
        rust = self.whole._rust
        return [row.ids for row in rust.encode_batch_fast(texts, False, False)]

    def looked_up(self):
        return CodePointTokenizer(self, self.whole.vocab, self.whole.unk_id)


def split(ids, lengths):
    return [row.tolist() for row in np.split(ids, np.cumsum(lengths)[:-1])]


def characters_of(first, last):
    """Returns the characters of whole code points, surrogates left out."""
    return [chr(code) for code in range(first, last) if code not in SURROGATES]


CASINGS = pytest.mark.parametrize("lower", [False, True])


@CASINGS
def test_every_code_point_of_the_first_plane_has_the_ids_it_has_in_rust(lower):
    counted = Counted(VOCABS["small"], lower)
    characters = characters_of(0, 0x10000)
    blocks = [characters[at : at + 256] for at in range(0, len(characters), 256)]
    texts = [glue.join(block) for block in blocks for glue in (" ", "中", "a ")]
    assert split(*counted.looked_up().encode_flat(texts)) == counted.rust(texts)


@pytest.mark.slow
@CASINGS
@pytest.mark.parametrize("vocab", VOCABS)
def test_every_code_point_alone_and_between_ideographs_is_as_in_rust(vocab, lower):
    counted = Counted(VOCABS[vocab], lower)
    looked_up = counted.looked_up()
    for first in range(0, 0x40000, 0x1000):
        characters = characters_of(first, first + 0x1000)
        between = [f"中{character}国" for character in characters]
        behind = [f"a{character}\u0301中" for character in characters]
        for texts in filter(None, (characters, between, behind)):
            found = looked_up.encode_flat(texts)
            assert split(*found) == counted.rust(texts)


marks = st.characters(categories=["Mn", "Mc", "Me"])
dropped = st.characters(categories=["Cc", "Cf", "Co", "Cn"])
spaces = st.characters(categories=["Zs", "Zl", "Zp"]) | st.sampled_from("\t\n\r\x0b")
punctuation = st.characters(categories=["Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm"])
ideographs = st.characters(min_codepoint=0x2E80, max_codepoint=0xA4CF)
compatible = st.characters(min_codepoint=0xF900, max_codepoint=0xFAFF)
far = st.characters(min_codepoint=0x1F000, max_codepoint=0x323AF)
hangul = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)
jamo = st.characters(min_codepoint=0x1100, max_codepoint=0x11FF)
musical = st.characters(min_codepoint=0x1D15E, max_codepoint=0x1D1C0)
letters = st.sampled_from("aabbAΣσéÉİıßﬁｄ１9Ⅷ")
known = st.sampled_from([token.removeprefix("##") or "#" for token in KNOWN])
special = st.sampled_from([*SPECIAL, "##a", "\ufeff", "\ufffd", "\0", "a\u200bb"])
alphabet = st.one_of(
    *(marks, dropped, spaces, punctuation, ideographs, compatible, far),
    *(hangul, jamo, musical, letters, known, special, st.characters(codec="utf-8")),
)
texts = st.lists(alphabet, max_size=12).map("".join)


@given(st.lists(texts, max_size=6), st.sampled_from(list(VOCABS)), st.booleans())
def test_mixtures_have_the_ids_they_have_in_rust(many, vocab, lower):
    counted = Counted(VOCABS[vocab], lower)
    looked_up = counted.looked_up()
    for _ in range(2):  # what was met before takes another way
        ids, lengths = looked_up.encode_flat(many)
        assert ids.dtype == np.int32
        assert lengths.tolist() == list(map(len, counted.rust(many)))
        assert ids.tolist() == sum(counted.rust(many), [])


@pytest.mark.parametrize(
    "text",
    [
        *("中\u0301国", "!\u0301=\u0338", "a\u200bb", "ab\0c", "a\ufffdb"),
        *("a\u302e\u200b\u302f\u0301", "中\u302e\u0301\u302f", "\u0344a", "≠\u0301a"),
        *("[SEP]中[sep]", "\ufeff中", "豈", "a豈a", "가", "a가a", "\ue000中\ue000"),
        *("a" * 100, "a" * 101, "中" + "b" * 250 + "中", "aΣ ΑΣ", "\U0002b8ff中"),
        *("\U0001d15e\U0001d165", "\U000e0001a", "\U0010fffda", "", " ", "\t\r\n中"),
    ],
)
@CASINGS
def test_difficult_texts_have_the_ids_they_have_in_rust(text, lower):
    counted = Counted(VOCABS["small"], lower)
    assert split(*counted.looked_up().encode_flat([text])) == counted.rust([text])


@given(st.lists(texts, min_size=1, max_size=8), st.integers(1, 20))
def test_where_parts_begin_does_not_show(many, chars_at_once):
    counted = Counted(VOCABS["small"], True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(code_points, "CHARS_AT_ONCE", chars_at_once)
        found = counted.looked_up().encode_flat(many)
    assert split(*found) == counted.rust(many)


@given(st.lists(st.text("abAΣ中。 \u0301", max_size=9), min_size=1, max_size=30))
def test_a_dictionary_that_is_full_starts_again(many):
    counted = Counted(VOCABS["small"], True)
    looked_up = counted.looked_up()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(code_points, "MAX_RUNS", 3)
        patch.setattr(code_points, "CHARS_AT_ONCE", 20)
        for _ in range(2):
            assert split(*looked_up.encode_flat(many)) == counted.rust(many)
            assert len(looked_up._runs) <= 3


def test_threads_share_what_they_find_out():
    counted = Counted(VOCABS["small"], True)
    looked_up = counted.looked_up()
    rng = np.random.default_rng(0)
    characters = [*"ab中国。, ", *map(chr, range(0x300, 0x500))]
    jobs = [["".join(rng.choice(characters, 40)) for _ in range(30)] for _ in range(40)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(looked_up.encode_flat, jobs))
    for job, (ids, lengths) in zip(jobs, found, strict=True):
        assert split(ids, lengths) == counted.rust(job)


def test_what_was_met_before_is_not_encoded_again():
    counted = Counted(VOCABS["small"], True)
    looked_up = counted.looked_up()
    looked_up.encode_flat(["中国 ab, 。é"])
    before = counted.texts
    looked_up.encode_flat(["é国中, ab ab。", "中"])
    assert counted.texts == before


def test_long_runs_are_not_kept():
    looked_up = Counted(VOCABS["small"], True).looked_up()
    looked_up.encode_flat(["b" * 101, "b" * 100])
    assert list(looked_up._runs) == ["b" * 100]


def test_no_texts_have_no_ids():
    ids, lengths = Counted(VOCABS["small"], True).looked_up().encode_flat([])
    assert (ids.shape, ids.dtype, lengths.shape) == ((0,), np.int32, (0,))


def test_halves_of_surrogate_pairs_are_for_the_caller_to_replace():
    looked_up = Counted(VOCABS["small"], True).looked_up()
    with pytest.raises(UnicodeEncodeError):
        looked_up.encode_flat(["中", "\ud83d"])


@given(st.lists(st.text(alphabet=st.characters(), max_size=9), max_size=4))
def test_the_tokenizer_replaces_halves_of_surrogate_pairs(many):
    tokenizer = Tokenizer(VOCABS["small"], True)
    whole = [without_surrogates(text) for text in many]
    expected = Counted(VOCABS["small"], True).rust(whole)
    assert [row.tolist() for row in tokenizer.encode_ids(many)] == expected
