"""Losses on logits."""
