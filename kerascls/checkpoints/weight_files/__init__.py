"""Files of weights in every form that people have them, read without their makers."""
