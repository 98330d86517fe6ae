"""The ONNX form of encoder and head."""
