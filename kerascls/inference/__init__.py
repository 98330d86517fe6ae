"""Labels for new texts, from a bundle."""
