"""Which settings are best for some data: Optuna's choice, judged on validation."""

from kerascls.searching.loop import search
from kerascls.searching.results import SearchResult
from kerascls.searching.space import search_space

__all__ = ["SearchResult", "search", "search_space"]
