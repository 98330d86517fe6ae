"""Everything a run depends on, frozen and checked before anything starts."""
