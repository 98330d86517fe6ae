"""Writes tokenizer_references.json: what bert4keras 0.11.5 makes of texts.

bert4keras cannot be installed beside kerascls; in an environment of its own run

    pip install tensorflow tf-keras && pip install --no-deps bert4keras==0.11.5
    export TF_KERAS=1 TF_USE_LEGACY_KERAS=1
    python tests/preprocessing/tokenizers/make_tokenizer_references.py
"""

import json
import random
import unicodedata
from pathlib import Path

from bert4keras.snippets import sequence_padding
from bert4keras.tokenizers import Tokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
BLOCKS = {
    "ASCII": (0x00, 0x7F, 6),
    "Latin": (0x80, 0x24F, 2),
    "combining": (0x300, 0x36F, 1),
    "Greek and Cyrillic": (0x370, 0x4FF, 1),
    "Hebrew and Arabic": (0x590, 0x6FF, 1),
    "Devanagari": (0x900, 0x97F, 1),
    "Thai": (0xE00, 0xE7F, 1),
    "Greek extended": (0x1F00, 0x1FFF, 1),
    "punctuation, spaces, format": (0x2000, 0x206F, 2),
    "letter-like": (0x2100, 0x214F, 1),
    "CJK punctuation, Kana": (0x3000, 0x30FF, 2),
    "CJK": (0x4E00, 0x4E7F, 6),
    "Hangul": (0xAC00, 0xAC7F, 1),
    "CJK compatibility": (0xF900, 0xF93F, 1),
    "half and full width": (0xFF00, 0xFFFF, 2),
    "CJK extension B": (0x20000, 0x2003F, 1),
}
EMOJI = "😀🤣👨\u200d👩\u200d👧❤\ufe0f🇨🇳👍🏽🫠"
DIFFERENCES = {
    "private use": ["a\ue000b", "\U000f0000"],
    "long words": ["ab" * 50 + "a", "ab" * 100],
    "recent characters": ["a⹕b", "a\u0890b", "a؝b"],
    "CJK extension E": ["a\U0002b820b"],
    "final sigma": ["ΟΣ"],
    "half a surrogate pair": ["a\ud800b"],
}


def is_stable(character):
    """Whether Unicode 3.2 and today's tables say the same of a character."""
    old = unicodedata.ucd_3_2_0.category(character)
    is_surrogate_or_private = old in ("Cs", "Co", "Cn")
    return not is_surrogate_or_private and old == unicodedata.category(character)


def draw_texts(rng, count):
    """Texts that mix two or three blocks, now and then with emoji."""
    blocks, weights = list(BLOCKS), [weight for *_, weight in BLOCKS.values()]
    texts = []
    for _ in range(count):
        text = ""
        for block in rng.choices(blocks, weights, k=rng.randint(1, 3)):
            first, last, _ = BLOCKS[block]
            characters = [chr(code) for code in range(first, last + 1)]
            stable = [c for c in characters if is_stable(c) and c not in "Σ\x00"]
            text += "".join(rng.choices(stable, k=rng.randint(1, 8)))
            text += rng.choice(["", " ", " ", rng.choice(EMOJI), "\x00"])
        texts.append(text)
    return texts


def make_vocab(rng, texts):
    """Some of the characters, bare and as inner pieces, so that [UNK] occurs too."""
    seen = sorted(
        {c for text in texts for c in unicodedata.normalize("NFD", text.lower())}
        | {c for text in texts for c in text}
    )
    seen = [c for c in seen if not c.isspace() and c.isprintable()]
    bare = rng.sample(seen, len(seen) * 9 // 10)
    inner = [f"##{c}" for c in rng.sample(seen, len(seen) * 8 // 10)]
    fixed = [
        "a",
        "b",
        "##a",
        "##b",
        "ο",
        "##σ",
        "##ς",
        "[",
        "]",
        "sep",
        "SEP",
        "\u2e55",
    ]
    return list(dict.fromkeys(SPECIAL + fixed + bare + inner))


def main():
    rng = random.Random(20)
    texts = draw_texts(rng, 240)
    texts += ["", " ", "[SEP] [CLS]a[PAD]", "[sep]##a", "ab" * 50, "ab" * 101, EMOJI]
    vocab = make_vocab(rng, texts)
    token_dict = {token: index for index, token in enumerate(vocab)}
    both = {
        lower: Tokenizer(token_dict, do_lower_case=lower) for lower in (False, True)
    }
    words = "a b ab 一 丁 a b a a b b a".split()
    pairs = [
        {
            "first": first,
            "second": second,
            "maxlen": n,
            "out": encode(both, first, second, n),
        }
        for n in (3, 4, 5, 7, 8, 12, 30, None)
        for first in ("", " ".join(words[:3]), " ".join(words))
        for second in ("", " ".join(words[:4]), " ".join(words[::-1]), None)
    ]
    rows = [[1, 2, 3], [4], [5, 6]]
    references = {
        "vocab": vocab,
        "texts": [{"text": text, "ids": ids(both, text)} for text in texts],
        "differences": {
            name: [{"text": text, "ids": ids(both, text)} for text in examples]
            for name, examples in DIFFERENCES.items()
        },
        "pairs": pairs,
        "padding": [
            {**options, "out": sequence_padding([*map(list, rows)], **options).tolist()}
            for options in (
                {},
                {"length": 2},
                {"length": 5, "value": -1},
                {"length": 4, "mode": "pre"},
            )
        ],
    }
    path = Path(__file__).with_name("tokenizer_references.json")
    path.write_text(json.dumps(references, indent=None, separators=(",", ":")) + "\n")


def ids(both, text):
    """Ids without [CLS] and [SEP]: cased, then lower-cased."""
    return [both[lower].encode(text)[0][1:-1] for lower in (False, True)]


def encode(both, first, second, maxlen):
    return both[True].encode(first, second, maxlen=maxlen)


if __name__ == "__main__":
    main()
