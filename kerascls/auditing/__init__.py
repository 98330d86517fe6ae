"""What is wrong with labelled text, corrected labels, and what to label next."""
