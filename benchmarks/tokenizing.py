"""Times text to ids: `Tokenizer.encode_ids` beside the Rust tokenizer's own batches.

    python benchmarks/tokenizing.py --data DATA [--repeats 9]
        [--vocab VOCAB | --checkpoint DIR]

The first 10,000 headlines of thucnews_headlines, 500 full documents of sogou5, and
10,000 comments of GoEmotions, where nearly every word is a look-up of its own. The two
take turns; the ids must be equal. "fresh" is a tokenizer that has seen no text before;
"one by one" is the median over 500 texts, each in a call of its own. Without VOCAB one
of 21,128 tokens is made from the texts; with --checkpoint it is the tokenizer of that
checkpoint, and the rows are named after its kind. Rows are appended to
results/tokenizing.csv.
"""

import argparse
import copy
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tokenizers
from real_data import RESULTS, append

from kerascls.checkpoints.config_files import read_config
from kerascls.checkpoints.tokenizer_files import find_tokenizer
from kerascls.data.readers import read
from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer
from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer, build_vocab

SETS = {"thucnews_headlines": 10_000, "sogou5": 500, "goemotions": 10_000}
RUST_AT_ONCE = 4096
Maker = Callable[[], TextTokenizer]
SINGLE_TEXTS = 500


def main():
    """Measures every set and appends a row for each way to call."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--vocab", type=Path)
    parser.add_argument("--checkpoint", type=Path)
    arguments = parser.parse_args()
    for name, rows in SETS.items():
        examples = read(arguments.data / name / "train.csv").examples[:rows]
        texts = ["\n".join(example.texts) for example in examples]
        make = maker(arguments, texts)
        kind = "" if arguments.checkpoint is None else f", {make().kind}"
        for way, measure in WAYS.items():
            pairs = measure(make, texts, arguments.repeats)
            append(RESULTS / "tokenizing.csv", [row(name, way + kind, texts, pairs)])


def maker(arguments: argparse.Namespace, texts: list[str]) -> Maker:
    """Returns what makes a tokenizer that has seen no text."""
    if arguments.checkpoint is not None:
        config = read_config(arguments.checkpoint / "config.json")
        tokenizer = find_tokenizer(arguments.checkpoint, config).tokenizer
        return lambda: copy.deepcopy(tokenizer)
    vocab = load(arguments.vocab) if arguments.vocab else build_vocab(texts)
    return lambda: Tokenizer(vocab, do_lower_case=True)


def load(path: Path) -> list[str]:
    """Returns the tokens of a vocabulary."""
    return path.read_text("utf-8").splitlines()


def rust_ids(tokenizer: TextTokenizer, texts: list[str]) -> list[np.ndarray]:
    """Returns what the Rust tokenizer gives, in batches on all cores, as arrays."""
    found = []
    for start in range(0, len(texts), RUST_AT_ONCE):
        part = texts[start : start + RUST_AT_ONCE]
        encoded = tokenizer._rust.encode_batch_fast(part, add_special_tokens=False)
        found += [np.array(row.ids, np.int32) for row in encoded]
    return found


def at_once(make: Maker, texts: list[str], repeats: int) -> list[tuple]:
    """Returns seconds of ours and of Rust for all texts, by turns."""
    tokenizer = make()
    tokenizer.encode_ids(texts)
    return [turn(tokenizer, texts) for _ in range(repeats)]


def fresh(make: Maker, texts: list[str], repeats: int) -> list[tuple]:
    """Returns the same with a tokenizer that has seen nothing."""
    return [turn(make(), texts) for _ in range(repeats)]


def one_by_one(make: Maker, texts: list[str], repeats: int) -> list[tuple]:
    """Returns the medians over texts given alone."""
    tokenizer = make()
    tokenizer.encode_ids(texts)
    singles = [[text] for text in texts[:SINGLE_TEXTS]]
    return [
        tuple(np.median([turn(tokenizer, single) for single in singles], axis=0))
        for _ in range(repeats)
    ]


WAYS = {"at once": at_once, "at once, fresh": fresh, "one by one": one_by_one}


def turn(tokenizer: TextTokenizer, texts: list[str]) -> tuple[float, float]:
    """Returns the seconds of ours and of Rust, after a look at their ids."""
    ours, our_seconds = timed(lambda: tokenizer.encode_ids(texts))
    rusts, rust_seconds = timed(lambda: rust_ids(tokenizer, texts))
    for index, (our, rust) in enumerate(zip(ours, rusts, strict=True)):
        if not np.array_equal(our, rust):
            raise SystemExit(f"the ids of {texts[index]!r} differ")
    return our_seconds, rust_seconds


def timed(work: Callable[[], list[np.ndarray]]) -> tuple[list[np.ndarray], float]:
    """Returns what work gives, and its seconds."""
    start = time.perf_counter()
    found = work()
    return found, time.perf_counter() - start


def row(name: str, way: str, texts: list[str], pairs: list[tuple]) -> dict:
    """Returns medians, and the ratio of the two within a turn."""
    ours, rusts = np.array(pairs).T
    ratios = rusts / ours
    found = {
        "data": name,
        "way": way,
        "texts": len(texts),
        "characters": sum(map(len, texts)),
        "seconds": round(float(np.median(ours)), 7),
        "rust_seconds": round(float(np.median(rusts)), 7),
        "rust_to_ours": round(float(np.median(ratios)), 2),
        "lowest_ratio": round(float(ratios.min()), 2),
        "highest_ratio": round(float(ratios.max()), 2),
        "repeats": len(pairs),
        "tokenizers": tokenizers.__version__,
        "numpy": np.__version__,
        "command": command(),
        "day": time.strftime("%Y-%m-%d"),
    }
    sys.stdout.write(f"{found}\n")
    return found


def command() -> str:
    """Returns how this was called, without this machine's folders."""
    names = {"--data": "DATA", "--checkpoint": "DIR"}
    words = [names.get(before, word) for before, word in zip_before(sys.argv)]
    return shlex.join(["python", "benchmarks/tokenizing.py", *words])


def zip_before(words: list[str]) -> list[tuple[str, str]]:
    """Returns every word but the first with the one before it."""
    return list(zip(words[:-1], words[1:], strict=True))


if __name__ == "__main__":
    main()
