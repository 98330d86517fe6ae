"""From logits to labels: calibration, rules, and fitting both on validation data."""
