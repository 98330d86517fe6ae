"""Several trained classifiers made one: ensembles, and soups of weights."""
