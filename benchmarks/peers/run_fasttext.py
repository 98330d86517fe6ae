"""The original fastText: trains on lines of text, and scores itself on others.

Started as `python run_fasttext.py train JOB`, see protocol.py. JOB has `train` and
`test`, files as fastText reads them, and `settings`, what `train_supervised` is told.
"""

import json
import sys
import time


def main():
    """Trains and prints the answer."""
    job = json.loads(sys.argv[2])
    start = time.perf_counter()
    import fasttext
    from protocol import peak_mib, versions

    imported = time.perf_counter()
    model = fasttext.train_supervised(job["train"], verbose=0, **job["settings"])
    answer = {
        "import_s": imported - start,
        "seconds": time.perf_counter() - imported,
        # Of one label a row precision at 1 is the accuracy.
        "accuracy": model.test(job["test"])[1],
        "peak_mib": peak_mib(),
        "versions": versions(["fasttext-wheel", "numpy"]),
    }
    print("\n" + json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
