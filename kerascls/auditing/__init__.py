"""What is wrong with labelled text, and a file with corrected labels."""
