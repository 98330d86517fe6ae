"""A plain Keras TextCNN: TextVectorization, layers of Keras, `fit` on arrays.

Started as `python run_plain_textcnn.py train JOB`, see protocol.py. JOB has `train` and
`test`, CSV files, and `settings`: `length` (tokens of each row, None for the longest
text of `train`), `epochs`, `batch_size`, `learning_rate`, `embedding_dim`, `seed`.
Texts become ids before the first epoch, whose time is that of its steps alone. Layers
and sizes are those of the preset; padding takes part in everything, as it does where
nobody thought of it.
"""

import json
import os
import sys
import time

FILTERS, WIDTHS, DROPOUT = 128, (2, 3, 4), 0.5


def main():
    """Trains and prints the answer."""
    job = json.loads(sys.argv[2])
    start = time.perf_counter()
    import keras
    import tensorflow as tf
    from epoch_clock import clock_of
    from protocol import peak_mib, read_rows, versions

    imported = time.perf_counter()
    settings = job["settings"]
    keras.utils.set_random_seed(settings["seed"])
    texts, labels, names = read_rows(job["train"])
    vectorize = keras.layers.TextVectorization(
        standardize="lower",
        split="character",
        output_sequence_length=settings["length"] or max(map(len, texts)),
    )
    vectorize.adapt(tf.constant(texts))
    width = settings["embedding_dim"]
    model = textcnn(keras, vectorize.vocabulary_size(), width, len(names))
    model.compile(
        keras.optimizers.AdamW(settings["learning_rate"]),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    clock = clock_of(keras)
    model.fit(
        vectorize(tf.constant(texts)),
        tf.constant(labels),
        batch_size=settings["batch_size"],
        epochs=settings["epochs"],
        callbacks=[clock],
        verbose=0,
    )
    done = time.perf_counter()
    texts, labels, _ = read_rows(job["test"])
    scores = model.evaluate(
        vectorize(tf.constant(texts)),
        tf.constant(labels),
        batch_size=settings["batch_size"],
        return_dict=True,
        verbose=0,
    )
    answer = {
        "import_s": imported - start,
        "seconds": done - imported,
        "epoch_s": clock.epochs_s,
        "accuracy": scores["accuracy"],
        "peak_mib": peak_mib(),
        "versions": versions(["keras", "tensorflow"]),
    }
    print("\n" + json.dumps(answer), flush=True)


def textcnn(keras, vocab_size, embedding_dim, num_classes):
    """Returns the model; it takes int64 ids `(batch, tokens)`."""
    layers = keras.layers
    ids = keras.Input((None,), dtype="int64")
    embedded = layers.Embedding(vocab_size, embedding_dim)(ids)
    found = []
    for width in WIDTHS:
        hidden = layers.Conv1D(FILTERS, width, padding="same", activation="relu")
        found.append(layers.GlobalMaxPooling1D()(hidden(embedded)))
    vector = layers.Dropout(DROPOUT)(layers.Concatenate()(found))
    return keras.Model(ids, layers.Dense(num_classes)(vector))


if __name__ == "__main__":
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3"}
    main()
