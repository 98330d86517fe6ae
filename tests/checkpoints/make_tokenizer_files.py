"""Writes tokenizer_files.json: tokenizers in their own files, and ids of texts.

Tiny models are trained with SentencePiece and the library tokenizers; the ids are those
of transformers, and for ALBERT those of SentencePiece itself: transformers 5 puts a new
word behind each piece that ALBERT's model has by rule. In an environment of its own run

    pip install transformers==5.24.0 sentencepiece protobuf torch
    python tests/checkpoints/make_tokenizer_files.py
"""

import base64
import json
import random
import tempfile
from pathlib import Path

import sentencepiece
from tokenizers import ByteLevelBPETokenizer
from transformers import AutoTokenizer

TEXTS = """中国队以3比2战胜日本队 今天我们去看足球 新车今天上海发布
the team wins a goal a new car is good the army is on the coast
don't look at the goals 足球新闻 今天的新闻 the new goal of the team
中国新车发布 上海今天天气很好 it's the World's best - 12,3""".split()
RULES = {"３": "3", "２": "2", "１": "1", "…": "...", "Ａ": "A", "\u3000": " "}
RULES |= {"\u00a0": " ", "\u200b": " ", "\t": " ", "\ufeff": ""}
POOL = [*TEXTS, *RULES, "  ", "\n", "é", "e\u0301", "🙂", "👨\u200d👩", "สวัสดี", "مرحبا"]
POOL += [
    "\x01",
    "\x7f",
    "\u2028",
    "ＡＢ",
    "9,",
    "(a)",
    "``q''",
    "▁",
    "ﬁ",
    "İ",
    "ß",
    "£",
]


def main():
    """Trains, asks and writes."""
    random.seed(0)
    texts = ["", " ", "\n", *(text() for _ in range(120))]
    found = {"texts": texts}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "text.txt").write_text("\n".join(TEXTS), "utf-8")
        rules = "\n".join(f"{hexes(a)}\t{hexes(b)}" for a, b in RULES.items())
        (folder / "rules.tsv").write_text(rules + "\n", "utf-8")
        found["xlm_roberta"] = xlm_roberta(folder, texts)
        found["albert"] = albert(folder, texts)
        found["roberta"] = roberta(folder, texts)
    path = Path(__file__).with_name("tokenizer_files.json")
    path.write_text(json.dumps(found, indent=0) + "\n", "utf-8")


def text():
    """Some of everything."""
    return "".join(random.choice(POOL) for _ in range(random.randrange(1, 9)))


def hexes(characters):
    """The code points of a rule, as SentencePiece wants them."""
    return " ".join(f"{ord(character):X}" for character in characters)


def xlm_roberta(folder, texts):
    """The model whose ids fairseq moved."""
    train(folder, "sentencepiece.bpe", unk_id=0, bos_id=1, eos_id=2, pad_id=-1)
    return asked(folder, "sentencepiece.bpe.model", "xlm-roberta", texts)


def albert(folder, texts):
    """The model with special tokens of its own; texts without what it normalises."""
    symbols = {"control_symbols": "[CLS],[SEP],[MASK]"}
    symbols |= {"user_defined_symbols": ["(", ")", "-", "."]}
    train(folder, "spiece", pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, **symbols)
    path = folder / "spiece.model"
    model = sentencepiece.SentencePieceProcessor(model_file=str(path))
    plain = [one for one in texts if one.isascii() and not {*one} & {*"`\n"}]
    plain = [one for one in plain if one == one.lower()]
    plain += ["中国 足球(-)今天", "a-b.中国"]
    return {
        "files": {"spiece.model": base64.b64encode(path.read_bytes()).decode()},
        "model_type": "albert",
        "texts": plain,
        "ids": [model.encode(one) for one in plain],
    }


def roberta(folder, texts):
    """Byte-level BPE."""
    trainer = ByteLevelBPETokenizer()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer.train([str(folder / "text.txt")], vocab_size=340, special_tokens=special)
    trainer.save_model(str(folder))
    return asked(folder, "vocab.json", "roberta", texts, "merges.txt")


def train(folder, prefix, **options):
    """Trains a Unigram model."""
    sentencepiece.SentencePieceTrainer.train(
        input=str(folder / "text.txt"),
        model_prefix=str(folder / prefix),
        vocab_size=130,
        hard_vocab_limit=False,
        normalization_rule_tsv=str(folder / "rules.tsv"),
        minloglevel=2,
        **options,
    )


def asked(folder, name, model_type, texts, *others):
    """The files, and transformers' ids of texts."""
    config = folder / "config.json"
    config.write_text(json.dumps({"model_type": model_type}), "utf-8")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    files = {one: (folder / one).read_bytes() for one in (name, *others)}
    return {
        "files": {one: base64.b64encode(data).decode() for one, data in files.items()},
        "model_type": model_type,
        "texts": texts,
        "ids": [tokenizer(one, add_special_tokens=False)["input_ids"] for one in texts],
        "pair": tokenizer("足球 a", "b")["input_ids"],
        "size": len(tokenizer),
    }


if __name__ == "__main__":
    main()
