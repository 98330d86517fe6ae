"""kerascls through its public functions `fit` and `Predictor`."""

import os
import tempfile

from protocol import main


def fit(job, clock):
    """Trains one epoch; what comes after its last step is not timed."""
    import keras

    import kerascls

    class Steps(keras.callbacks.Callback):
        done = 0

        def on_train_batch_end(self, batch, logs=None):
            steps, self.done = batch + 1 - self.done, batch + 1
            if clock(steps):
                self.model.stop_training = True

    with tempfile.TemporaryDirectory() as out:
        kerascls.fit(
            train=job["train"],
            valid=job["valid"],
            checkpoint=job["folder"],
            max_tokens=job["max_tokens"],
            batch_size=job["batch_size"],
            epochs=1,
            seed=job["seed"],
            out=out,
            cache=False,
            quiet=True,
            callbacks=[Steps()],
            **job["options"],
        )


def load(job):
    """Returns the predictor of a bundle as a function."""
    from kerascls import Predictor

    runtime = {
        key: job["options"][key] for key in ("runtime",) if key in job["options"]
    }
    predictor = Predictor.load(job["bundle"], **runtime)

    def predict(texts):
        return [answer.labels for answer in predictor.predict(texts)]

    return predict


def hidden(job, inputs):
    """Returns the encoder's last hidden states."""
    import keras

    from kerascls import load_encoder

    encoder = load_encoder(job["folder"]).encoder
    names = ("token_ids", "segment_ids", "padding_mask")
    return keras.ops.convert_to_numpy(encoder(*(inputs[name] for name in names)))


if __name__ == "__main__":
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3"}
    main(
        fit,
        load,
        hidden,
        ("kerascls", "keras", "tensorflow", "onnxruntime", "tokenizers"),
    )
