"""bert4keras as its examples use it: its tokenizer, DataGenerator and padding.

bert4keras3 has the same interface on Keras 3; `options["package"]` names it.
"""

import os
import sys
from importlib import import_module

# Before TensorFlow is imported: bert4keras needs Keras 2.
if "bert4keras3" not in sys.argv[2]:
    os.environ |= {"TF_KERAS": "1", "TF_USE_LEGACY_KERAS": "1"}

from protocol import config_of, main, read_rows

GELUS = {"gelu": "erf", "gelu_new": "tanh"}


def part(job, name):
    """Returns a module of the package that the job names."""
    return import_module(f"{job['options'].get('package', 'bert4keras')}.{name}")


def build(job, **options):
    """Returns the encoder and the configuration of the checkpoint."""
    config = config_of(job["folder"])
    part(job, "backend").set_gelu(GELUS[config["hidden_act"]])
    google = os.path.join(job["folder"], "google")
    encoder = part(job, "models").build_transformer_model(
        config_path=os.path.join(google, "bert_config.json"),
        checkpoint_path=os.path.join(google, "bert_model.ckpt"),
        model=config["model_type"],
        return_keras_model=False,
        **options,
    )
    return encoder, config


def build_classifier(job, num_labels):
    """Returns the softmax classifier on [CLS] of its examples."""
    backend = part(job, "backend")
    keras = backend.keras
    encoder, _ = build(job)
    vector = keras.layers.Lambda(lambda x: x[:, 0])(encoder.model.output)
    output = keras.layers.Dense(
        num_labels, "softmax", kernel_initializer=encoder.initializer
    )(vector)
    return keras.models.Model(encoder.model.input, output)


def build_generator(job, rows):
    """Returns the generator class of its examples over (text, label) rows."""
    snippets = part(job, "snippets")
    vocab = os.path.join(job["folder"], "vocab.txt")
    tokenizer = part(job, "tokenizers").Tokenizer(vocab, do_lower_case=True)

    class Generator(snippets.DataGenerator):
        def __iter__(self, random=False):
            token_ids, segment_ids, labels = [], [], []
            for is_end, (text, label) in self.sample(random):
                ids, segments = tokenizer.encode(text, maxlen=job["max_tokens"])
                token_ids.append(ids)
                segment_ids.append(segments)
                labels.append([label])
                if len(token_ids) == self.batch_size or is_end:
                    columns = [
                        snippets.sequence_padding(column)
                        for column in (token_ids, segment_ids, labels)
                    ]
                    yield columns[:2], columns[2]
                    token_ids, segment_ids, labels = [], [], []

    return Generator(rows, job["batch_size"])


def fit(job, clock):
    """Trains in random order, each batch padded to its longest row."""
    import numpy as np

    texts, labels, names = read_rows(job["train"])
    np.random.seed(job["seed"])
    generator = build_generator(job, list(zip(texts, labels, strict=True)))
    model = build_classifier(job, len(names))
    keras = part(job, "backend").keras

    class Steps(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if clock():
                self.model.stop_training = True

    model.compile(
        loss="sparse_categorical_crossentropy",
        # Its own Adam is for optimizers as they were before Keras 2.11.
        optimizer=keras.optimizers.Adam(1e-4),
        metrics=["accuracy"],
    )
    model.fit(
        generator.forfit(),
        steps_per_epoch=len(generator),
        epochs=1,
        callbacks=[Steps()],
        verbose=0,
    )


def load(job):
    """Returns a function that predicts batch by batch."""
    model = build_classifier(job, job["num_labels"])

    def predict(texts):
        labels = []
        for inputs, _ in build_generator(job, [(text, 0) for text in texts]):
            labels += model.predict(inputs, verbose=0).argmax(axis=1).tolist()
        return labels

    return predict


def hidden(job, inputs):
    """Returns the encoder's last hidden states."""
    encoder, _ = build(job)
    feed = [inputs["token_ids"], inputs["segment_ids"]]
    return encoder.model.predict(feed, verbose=0)


if __name__ == "__main__":
    main(
        fit,
        load,
        hidden,
        ("bert4keras", "bert4keras3", "tf-keras", "keras", "tensorflow"),
    )
