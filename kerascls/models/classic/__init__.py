"""Classic models: embeddings of words, a network of a page, a layer of logits."""
