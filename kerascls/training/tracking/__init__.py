"""TensorBoard, MLflow and Weights & Biases: the epochs of a run, offline by default."""
