import io
import warnings

import pytest

from kerascls.evaluation.reports.plots.fonts import CHINESE_FONTS


@pytest.fixture(autouse=True)
def _undrawn() -> None:
    """Here plots are drawn."""


@pytest.fixture
def fonts(monkeypatch):
    """Sets which fonts matplotlib believes to be installed."""
    from matplotlib import font_manager

    real = font_manager.fontManager.ttflist

    def install(*names):
        latin = [font for font in real if font.name not in CHINESE_FONTS]
        chinese = [
            font_manager.FontEntry(fname=latin[0].fname, name=name) for name in names
        ]
        monkeypatch.setattr(font_manager.fontManager, "ttflist", latin + chinese)
        monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [])

    return install


@pytest.fixture
def drawn():
    """Draws a figure, as it would be stored, and gives it back."""

    def draw(figure):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            figure.savefig(io.BytesIO(), format="png", dpi=30)
        return figure

    return draw
