"""Times exported models beside the Keras model, from strings to labels.

    python benchmarks/exports.py --data DATA [MODEL ...]

Encoders of random weights, as speed does not depend on them: albert_small and
electra_small by default. Texts are headlines of THUCNews (2,000 in batches, 200 one
by one) and 200 texts of 128 tokens. The kinds take turns, three times; a row has the
best time of each. The cold start is a process of its own, up to its first label. Rows
are appended to results/exports.csv.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np
from real_data import RESULTS, append

from kerascls.bundle import Bundle, add_export, open_bundle, write_bundle
from kerascls.decision import Decision, Rule
from kerascls.exporting import FORMATS
from kerascls.labels import LabelSet, Task
from kerascls.predictor import Predictor
from kerascls.presets import get_preset
from kerascls.readers import read_records
from kerascls.run_directory import package_versions
from kerascls.tokenizer import Tokenizer
from kerascls.vocabulary import build_vocab

SEED, ROUNDS, NUM_CLASSES = 0, 3, 14
BATCHED, ONE_BY_ONE, TOKENS = 2000, 200, 128
KINDS = ("keras", "onnx", "onnx int8")
COLD_START = """
import sys
from kerascls import Predictor
Predictor.load(sys.argv[1], sys.argv[2]).predict(sys.argv[3])
"""


def main():
    """Times every kind of every model."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("models", nargs="*", default=["albert_small", "electra_small"])
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    headlines = texts_of(arguments.data / "thucnews_headlines", BATCHED)
    joined = "".join(headlines)
    long = [joined[n * TOKENS : (n + 1) * TOKENS - 2] for n in range(ONE_BY_ONE)]
    for model in arguments.models:
        with tempfile.TemporaryDirectory() as folder:
            bundles = make_bundles(Path(folder), model, headlines)
            record(model, bundles, headlines, long)


def texts_of(folder: Path, number: int) -> list[str]:
    """Returns the first texts of a data set's test part."""
    path = next(folder.glob("test.*"))
    return [record.fields["text"] for record in islice(read_records(path), number)]


def make_bundles(folder: Path, model: str, texts: list[str]) -> dict[str, Bundle]:
    """Writes a bundle of random weights, and a copy with each export."""
    plain = write_random(folder / "keras", model, texts)
    found = {"keras": plain}
    for kind in KINDS[1:]:
        place = shutil.copytree(plain.path, folder / kind.replace(" ", "-"))
        work = folder / "work.onnx"
        FORMATS["onnx"].write(plain, work, kind.endswith("int8"))
        found[kind] = add_export(open_bundle(place), "onnx", work, {})
    return found


def write_random(path: Path, model: str, texts: list[str]) -> Bundle:
    """Writes a bundle whose encoder has the preset's sizes and vocabulary size."""
    from kerascls.encoders import Encoder
    from kerascls.models.transformer import TransformerClassifier
    from kerascls.runtimes.keras_runtime import write_keras_model

    names = tuple(map(str, range(NUM_CLASSES)))
    config = get_preset(model).config
    vocab = build_vocab(texts)[: config.vocab_size]
    vocab += [f"[unused{n}]" for n in range(config.vocab_size - len(vocab))]
    classifier = TransformerClassifier(Encoder(config, seed=SEED), NUM_CLASSES)
    text = {"text_columns": ["text"], "label_column": "label", "pair": False}
    text |= {"do_lower_case": True, "max_tokens": TOKENS, "truncate": "head"}
    return write_bundle(
        path,
        runtime="keras",
        task=Task.MULTICLASS,
        label_set=LabelSet(names),
        decision=Decision(Rule("argmax")),
        text=text,
        train_support=dict.fromkeys(names, 1),
        settings={},
        write_model=lambda work: write_keras_model(work, classifier, Tokenizer(vocab)),
    )


def record(model: str, bundles: dict[str, Bundle], texts: list[str], long: list[str]):
    """Times all kinds in turn and appends a row for each."""
    predictors = {
        kind: Predictor(bundle, "keras" if kind == "keras" else "onnx")
        for kind, bundle in bundles.items()
    }
    rows: dict[str, list[dict[str, float]]] = {kind: [] for kind in bundles}
    for _ in range(ROUNDS):
        for kind, predictor in predictors.items():
            rows[kind].append(
                {
                    "headlines_per_s": len(texts) / seconds(predictor, texts),
                    "texts_of_128_per_s": len(long) / seconds(predictor, long),
                    **one_by_one_ms(predictor, texts[:ONE_BY_ONE]),
                    "cold_start_s": cold_start_s(bundles[kind], kind, texts[0]),
                }
            )
    keras = best(rows["keras"])
    for kind, bundle in bundles.items():
        found = best(rows[kind])
        ratio = found["headlines_per_s"] / keras["headlines_per_s"]
        files = (item.stat().st_size for item in bundle.path.glob("model*.*"))
        row = {"model": model, "kind": kind, **found, "times_keras": round(ratio, 2)}
        row |= {"megabytes": round(min(files) / 1e6, 1), "cores": os.cpu_count()}
        row |= {"versions": package_versions(), "seed": SEED}
        row |= {"command": f"python benchmarks/exports.py --data DATA {model}"}
        print(row, flush=True)
        append(RESULTS / "exports.csv", [row | {"day": time.strftime("%Y-%m-%d")}])


def seconds(predictor: Predictor, texts: list[str]) -> float:
    """Returns how long all texts take together; some go before, to warm up."""
    predictor.predict(texts[:64])
    start = time.perf_counter()
    predictor.predict(texts)
    return time.perf_counter() - start


def one_by_one_ms(predictor: Predictor, texts: list[str]) -> dict[str, float]:
    """Returns the median and the 99th percentile of single texts."""
    taken = []
    for text in texts:
        start = time.perf_counter()
        predictor.predict(text)
        taken.append(1000 * (time.perf_counter() - start))
    return {"one_ms_p50": median(taken), "one_ms_p99": float(np.percentile(taken, 99))}


def cold_start_s(bundle: Bundle, kind: str, text: str) -> float:
    """Returns how long a fresh process takes to its first label."""
    runtime = "keras" if kind == "keras" else "onnx"
    words = [sys.executable, "-c", COLD_START, str(bundle.path), runtime, text]
    start = time.perf_counter()
    subprocess.run(words, check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def best(rows: list[dict[str, float]]) -> dict[str, float]:
    """Returns the best of the rounds: other work on the machine only slows down."""
    return {
        name: round((max if name.endswith("per_s") else min)(r[name] for r in rows), 3)
        for name in rows[0]
    }


if __name__ == "__main__":
    main()
