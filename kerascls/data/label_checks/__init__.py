"""One look at a label column as a whole, before anything is made of it."""
