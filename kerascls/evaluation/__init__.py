"""How good a classifier is: metrics, reports, and decisions fitted anew."""
