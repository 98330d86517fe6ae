"""From labelled text and settings to a bundle."""
