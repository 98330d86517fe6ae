#!/usr/bin/env bash
# transformers 5.24.0, tokenizers 0.23.3, sentencepiece 0.2.3. Seen 2026-11-30.
#
# AlbertTokenizer of transformers 5 on a SentencePiece model with user-defined pieces
# (ALBERT's published English models have some: brackets, quotes, £, €) gives other
# pieces than SentencePiece itself: it drops the blank's own piece before such a piece,
# and begins a new word behind it though there is no blank. So "(ten" becomes "(" and
# "▁ten", and the ids that a checkpoint was trained with never come. No warning.
#
# Expected: the pieces of SentencePiece, as on texts without user-defined pieces.
#
# Output seen:
#   'the price is'          same
#   'the price (ten euro)'  SentencePiece ▁the ▁price ▁ ( t e n ▁euro )
#                           AlbertTokenizer ▁the ▁price ( ▁ten ▁euro )
#   'now £five'             SentencePiece ▁now ▁ £ f i v e
#                           AlbertTokenizer ▁now £ ▁five
# Exit 0: as described. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check transformers==5.24.0 \
    tokenizers==0.23.3 sentencepiece==0.2.3 protobuf==7.36.2
cat >"$work/compare.py" <<'PYTHON'
import random
import sys

import sentencepiece
from transformers import AlbertTokenizer

random.seed(1)
words = "the price is now about ten euro and the other one costs five pound".split()
lines = (" ".join(random.choices(words, k=8)) for _ in range(2000))
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=lines, model_prefix="spiece", vocab_size=60, pad_id=0, unk_id=1,
    bos_id=-1, eos_id=-1, control_symbols="[CLS],[SEP],[MASK]",
    user_defined_symbols="(,£", hard_vocab_limit=False, minloglevel=2,
)
with open("config.json", "w") as file:
    file.write('{"model_type": "albert"}')
own = sentencepiece.SentencePieceProcessor(model_file="spiece.model")
theirs = AlbertTokenizer.from_pretrained(".")
same = {}
for text in ("the price is", "the price (ten euro)", "now £five"):
    one, two = own.encode(text, out_type=str), theirs.tokenize(text)
    same[text] = one == two
    print(f"{text!r:22}  ", end="")
    print("same" if one == two else f"SentencePiece {' '.join(one)}\n"
          f"{'':24}AlbertTokenizer {' '.join(two)}")
sys.exit(0 if list(same.values()) == [True, False, False] else 1)
PYTHON
cd "$work" && "$work/venv/bin/python" compare.py 2>"$work/log" ||
    { tail -n 5 "$work/log"; exit 1; }
