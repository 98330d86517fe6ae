"""Which settings are best for some data: Optuna's choice, judged on validation."""
