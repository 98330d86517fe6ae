"""Training the linear model: for itself, and as what others are measured by."""
