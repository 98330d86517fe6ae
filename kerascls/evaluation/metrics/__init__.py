"""How good labels and probabilities are, as numbers; `reports/` makes text of them."""
