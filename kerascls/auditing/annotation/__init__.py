"""Which rows of unlabelled text to label next."""
