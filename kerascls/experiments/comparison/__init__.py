"""One leaderboard of several models: trained one after another, or found."""
