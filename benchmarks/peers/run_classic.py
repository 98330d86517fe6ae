"""kerascls with a classic model: from a file to a written bundle, and its score.

Started as `python run_classic.py train JOB`, see protocol.py. JOB has `train`, `valid`
and `test`, CSV files, and `settings`, what `kerascls.fit` is told.
"""

import json
import os
import sys
import tempfile
import time


def main():
    """Trains and prints the answer."""
    job = json.loads(sys.argv[2])
    start = time.perf_counter()
    import keras
    from epoch_clock import clock_of
    from protocol import peak_mib, versions

    import kerascls

    imported = time.perf_counter()
    clock = clock_of(keras)
    with tempfile.TemporaryDirectory() as out:
        kerascls.fit(
            train=job["train"],
            valid=job["valid"],
            out=out,
            overwrite=True,
            cache=False,
            quiet=True,
            callbacks=[clock],
            **job["settings"],
        )
        done = time.perf_counter()
        report = kerascls.evaluate(out, job["test"])
    answer = {
        "import_s": imported - start,
        "seconds": done - imported,
        "epoch_s": clock.epochs_s,
        "accuracy": report.scores.accuracy,
        "peak_mib": peak_mib(),
        "versions": versions(["kerascls", "keras", "tensorflow"]),
    }
    print("\n" + json.dumps(answer), flush=True)


if __name__ == "__main__":
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3"}
    main()
