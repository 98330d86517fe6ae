"""Times reading and tokenising a file, beside pandas' C reader and the Rust tokenizer.

    python benchmarks/reading.py --data DATA --folder FOLDER [--rows 1000000]
        [--repeats 5]

The file has headlines as `benchmarks/large_files.py` makes them, in FOLDER. Theirs is
`pandas.read_csv(engine="c")`, then `encode_batch_fast` of `tokenizers`'
BertWordPieceTokenizer on all cores, some thousand texts at a time, whose ids are put
into one array as a store holds them. Ours is what `fit` does before it trains: `read`
with all its checks, then the token store of the texts. Each takes its turn in a process
of its own; the ids must be equal. The least time of each side counts, and the median
ratio of the turns is given too. Rows go to results/reading.csv.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from large_files import SETS, generated
from real_data import RESULTS, append

AT_ONCE = 4096
LIMIT = 1.2


def main():
    """Generates what is missing, measures, and appends a row."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--results", type=Path, default=RESULTS / "reading.csv")
    parser.add_argument("--side", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        name, file = given.side
        print(json.dumps(SIDES[name](Path(file))))
        return
    share = given.rows / SETS["headlines"].rows
    folder = given.folder / f"headlines-{share:g}"
    file, _ = generated(SETS["headlines"], given.data, folder, share)
    started_s = time.monotonic()
    turns = [{name: turn(name, file) for name in SIDES} for _ in range(given.repeats)]
    for one in turns:
        if one["ours"]["ids"] != one["theirs"]["ids"]:
            raise SystemExit("the ids differ")
    row = row_of(turns, given.rows, (time.monotonic() - started_s) / 60)
    append(given.results, [row])
    print(row)


def turn(side: str, file: Path) -> dict[str, object]:
    """Returns what a process of its own says of one side."""
    words = [sys.executable, __file__, "--side", side, str(file)]
    return json.loads(subprocess.check_output(words))


def ours(file: Path) -> dict[str, object]:
    """Reads and tokenises as `fit` does."""
    from kerascls.data.readers import read
    from kerascls.preprocessing.token_store import build_token_store
    from kerascls.preprocessing.tokenizers.wordpiece import Tokenizer

    tokenizer = Tokenizer(vocab_of(file), do_lower_case=True)
    started_s = time.perf_counter()
    examples = read(file).examples
    read_s = time.perf_counter() - started_s
    store = build_token_store(examples.texts, tokenizer, examples.lines)
    return facts(read_s, time.perf_counter() - started_s, store.token_ids)


def theirs(file: Path) -> dict[str, object]:
    """Reads with pandas and tokenises with the Rust tokenizer."""
    import pandas
    from tokenizers import BertWordPieceTokenizer

    tokenizer = BertWordPieceTokenizer(str(vocab_of(file)), lowercase=True)
    started_s = time.perf_counter()
    texts = pandas.read_csv(file, engine="c")["text"]
    read_s = time.perf_counter() - started_s
    pieces = []
    for start in range(0, len(texts), AT_ONCE):
        some = texts.iloc[start : start + AT_ONCE].tolist()
        # Its fastest call, without the offsets of tokens.
        rows = tokenizer._tokenizer.encode_batch_fast(some, add_special_tokens=False)
        pieces += [np.array(row.ids, np.uint16) for row in rows]
    ids = np.concatenate(pieces)
    return facts(read_s, time.perf_counter() - started_s, ids)


SIDES = {"ours": ours, "theirs": theirs}


def vocab_of(file: Path) -> Path:
    """Returns the vocabulary beside a generated file."""
    return file.parent / "checkpoint" / "vocab.txt"


def facts(read_s: float, all_s: float, ids: np.ndarray) -> dict[str, object]:
    """Returns what one side took, and a hash of what it made."""
    digest = hashlib.sha256(np.ascontiguousarray(ids, "<u4").tobytes()).hexdigest()
    return {"read_s": read_s, "all_s": all_s, "ids": digest}


def row_of(turns: list[dict], rows: int, minutes: float) -> dict[str, object]:
    """Returns a line of the results."""
    seconds = {
        f"{side}_{what}": min(one[side][what] for one in turns)
        for side in SIDES
        for what in ("read_s", "all_s")
    }
    ratios = [one["ours"]["all_s"] / one["theirs"]["all_s"] for one in turns]
    ratio = seconds["ours_all_s"] / seconds["theirs_all_s"]
    return {
        "rows": rows,
        **{name: round(value, 2) for name, value in seconds.items()},
        "ratio": round(ratio, 3),
        "median_ratio": round(float(np.median(ratios)), 3),
        "limit": LIMIT,
        "within": ratio <= LIMIT,
        "cores": len(os.sched_getaffinity(0)),
        "repeats": len(turns),
        "minutes": round(minutes, 2),
        "command": f"python benchmarks/reading.py --data DATA --folder FOLDER "
        f"--rows {rows} --repeats {len(turns)}",
        "day": time.strftime("%Y-%m-%d"),
    }


if __name__ == "__main__":
    main()
