"""The linear model: n-grams, their TF-IDF weights, a weight for each label."""
