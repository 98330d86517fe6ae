"""KerasHub with TensorFlow: its preprocessor, backbones and text classifier.

Its own ALBERT preprocessor reads SentencePiece models, and it has no classifier for
ELECTRA; Chinese ALBERT has BERT's vocabulary, so BERT's preprocessor and BERT's
classifier, which is dropout and a dense layer on the pooled output, serve both.
"""

import os

from protocol import config_of, main, read_rows

BLOCK = {
    "attention/self/query": "_self_attention_layer.query_dense",
    "attention/self/key": "_self_attention_layer.key_dense",
    "attention/self/value": "_self_attention_layer.value_dense",
    "attention/output/dense": "_self_attention_layer.output_dense",
    "attention/output/LayerNorm": "_self_attention_layer_norm",
    "intermediate/dense": "_feedforward_intermediate_dense",
    "output/dense": "_feedforward_output_dense",
    "output/LayerNorm": "_feedforward_layer_norm",
}
EMBEDDINGS = {
    "embeddings/word_embeddings": "token_embedding.embeddings",
    "embeddings/token_type_embeddings": "segment_embedding.embeddings",
    "embeddings/position_embeddings": "position_embedding.position_embeddings",
    "embeddings/LayerNorm": "embeddings_layer_norm",
    "embeddings_project": "embeddings_projection",
    "pooler/dense": "pooled_dense",
}


def build_backbone(job):
    """Returns the backbone with the weights of the checkpoint, every one of them."""
    import numpy as np
    from keras_hub import models

    config = config_of(job["folder"])
    sizes = {
        "num_layers": config["num_hidden_layers"],
        "num_heads": config["num_attention_heads"],
        "embedding_dim": config["embedding_size"],
        "hidden_dim": config["hidden_size"],
        "intermediate_dim": config["intermediate_size"],
        "dropout": config["hidden_dropout_prob"],
        "max_sequence_length": config["max_position_embeddings"],
    }
    if config["model_type"] == "albert":
        backbone = models.AlbertBackbone(config["vocab_size"], **sizes)
        blocks = [layer for group in backbone.transformer_layers for layer in group]
    else:
        backbone = models.ElectraBackbone(config["vocab_size"], **sizes)
        blocks = backbone.transformer_layers
    with np.load(os.path.join(job["folder"], "weights.npz")) as weights:
        for name in weights.files:
            variable = variable_of(backbone, blocks, name)
            variable.assign(weights[name].reshape(variable.shape))
    return backbone


def variable_of(backbone, blocks, name):
    """Returns the variable that a weight's stable name means."""
    owner, path = backbone, name
    if name.startswith("encoder/layer_"):
        number, path = name.removeprefix("encoder/layer_").split("/", 1)
        owner = blocks[int(number)]
    table = BLOCK if owner is not backbone else EMBEDDINGS
    if path not in table:
        path, _, ending = path.rpartition("/")
        return getattr(attribute(owner, table[path]), ending)
    return attribute(owner, table[path])


def attribute(owner, path):
    """Returns an attribute of an attribute."""
    for name in path.split("."):
        owner = getattr(owner, name)
    return owner


def build_classifier(job, num_labels):
    """Returns the classifier; texts are padded to the 99th percentile of the data."""
    from keras_hub import models

    vocab = os.path.join(job["folder"], "vocab.txt")
    preprocessor = models.BertTextClassifierPreprocessor(
        models.BertTokenizer(vocabulary=vocab, lowercase=True),
        sequence_length=job["p99_tokens"],
    )
    return models.BertTextClassifier(
        build_backbone(job), num_classes=num_labels, preprocessor=preprocessor
    )


def fit(job, clock):
    """Trains with the classifier's own `fit` on strings."""
    import keras

    class Steps(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if clock():
                self.model.stop_training = True

    keras.utils.set_random_seed(job["seed"])
    texts, labels, names = read_rows(job["train"])
    build_classifier(job, len(names)).fit(
        x=texts,
        y=labels,
        batch_size=job["batch_size"],
        epochs=1,
        callbacks=[Steps()],
        verbose=0,
    )


def load(job):
    """Returns the classifier's own `predict` on strings."""
    classifier = build_classifier(job, job["num_labels"])

    def predict(texts):
        logits = classifier.predict(texts, batch_size=job["batch_size"], verbose=0)
        return logits.argmax(axis=1).tolist()

    return predict


def hidden(job, inputs):
    """Returns the backbone's last hidden states.

    With `options["erf"]` its GELU is the one of the checkpoint: KerasHub has the tanh
    form in every family.
    """
    import keras

    if job["options"].get("erf"):
        use_erf()
    feed = {name: inputs[name] for name in ("token_ids", "segment_ids", "padding_mask")}
    found = build_backbone(job).predict(feed, verbose=0)
    return keras.ops.convert_to_numpy(found["sequence_output"])


def use_erf():
    """Gives ELECTRA's backbone the exact GELU."""
    import keras
    from keras_hub.src.models.electra import electra_backbone

    electra_backbone.gelu_approximate = keras.activations.gelu


if __name__ == "__main__":
    main(fit, load, hidden, ("keras-hub", "keras", "tensorflow", "tensorflow-text"))
