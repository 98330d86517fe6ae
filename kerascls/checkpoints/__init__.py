"""Checkpoints of BERT, ALBERT and ELECTRA: found, accounted for, loaded."""
