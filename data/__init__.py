"""Sample of short Chinese news texts with one to three labels each."""
