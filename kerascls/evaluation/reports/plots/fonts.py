"""Empty figures, labels to draw, and fonts that have their characters, Chinese too."""

import re
import unicodedata
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, Any, Literal

from kerascls.errors import SettingsError
from kerascls.evaluation.reports.language import ENGLISH, Language
from kerascls.system.extras import require

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Arial Unicode MS",
)
_MAX_CHARS = 24
_MAX_NAMED = 10
_MAX_LINES = 8
_GLYPH = re.compile(r"Glyph (\d+) ")


def new_figure(
    size: tuple[float, float],
    layout: Literal["constrained", "compressed"] = "constrained",
) -> "Figure":
    """Returns a matplotlib figure, of which pyplot knows nothing.

    Args:
        size: Width and height in inches.
        layout: matplotlib's name of how room is shared.

    Raises:
        SettingsError: When matplotlib is not installed.
    """
    require("A plot", "matplotlib")
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout=layout)


def text_style(texts: Iterable[str], say: Language = ENGLISH) -> AbstractContextManager:
    """Lets matplotlib show texts as they are, for what is drawn inside.

    Args:
        texts: What will be written; some of it Chinese, perhaps.
        say: The language of what is written beside.

    Warns:
        UserWarning: When no installed font has Chinese characters and some are needed;
            it says what to install.

    Raises:
        SettingsError: When matplotlib is not installed.
    """
    require("A plot", "matplotlib")
    import matplotlib

    families = _font_families([*texts, say("count")])  # one word tells the script
    # A label such as "$5 - $9" is no formula.
    style: dict[Any, Any] = {"font.family": families, "text.parse_math": False}
    return matplotlib.rc_context(style)


def drawn_labels(
    labels: Sequence[str] | None, support: Mapping[str, int]
) -> Sequence[str]:
    """Returns the labels to draw: those asked for, or the eight of the most rows.

    Args:
        labels: Those asked for; None for no wish.
        support: Rows of each label that can be drawn.

    Raises:
        SettingsError: When one cannot be drawn.
    """
    if labels is None:
        return sorted(support, key=support.__getitem__, reverse=True)[:_MAX_LINES]
    if unknown := [label for label in labels if label not in support]:
        raise SettingsError(
            f"Expected labels that training had. Received: labels with "
            f"{unknown[0]!r}. Name some of {', '.join([*support][:10])}."
        )
    return labels


def shortened(text: str, length: int = _MAX_CHARS) -> str:
    """Returns a label in one line that leaves room for the picture."""
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 1]}…"


def missing_glyphs(messages: Iterable[str]) -> str | None:
    """Returns one note for what matplotlib says of each character, None for nothing.

    Args:
        messages: Its warnings; others than those of characters are passed over.
    """
    matches = filter(None, map(_GLYPH.match, messages))
    codes = sorted({int(match[1]) for match in matches})
    if not codes:
        return None
    named = [_named(code) for code in codes[:_MAX_NAMED]]
    more = len(codes) - len(named)
    return (
        f"The plots show boxes: no font has {len(codes)} of the characters, "
        f"{', '.join(named)}{f' and {more} more' if more else ''}. "
        "Install a font that has them, or read the tables of the report."
    )


def _named(code: int) -> str:
    letter = chr(code)
    return f"{letter} (U+{code:04X})" if letter.isprintable() else f"U+{code:04X}"


def _font_families(texts: Iterable[str]) -> list[str]:
    """Returns fonts to try in order, one with Chinese in front where it is needed."""
    if not any(unicodedata.east_asian_width(c) in "WF" for t in texts for c in t):
        return ["sans-serif"]
    chinese = _chinese_fonts()
    if not chinese:
        _find_new_fonts()
        chinese = _chinese_fonts()
    if not chinese:
        warnings.warn(
            "No installed font has Chinese characters, so the plot shows boxes. "
            "Install one, e.g. Noto Sans CJK (Debian, Ubuntu: apt install "
            "fonts-noto-cjk), and draw it once more.",
            stacklevel=4,  # whoever called the plot function
        )
    return [*chinese[:1], "sans-serif"]


def _chinese_fonts() -> list[str]:
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    return [name for name in CHINESE_FONTS if name in known]


def _find_new_fonts() -> None:
    # matplotlib keeps a list of fonts on disk, and never looks for later ones.
    from matplotlib import font_manager

    known = {font.fname for font in font_manager.fontManager.ttflist}
    for path in set(font_manager.findSystemFonts()) - known:
        with suppress(OSError, RuntimeError):  # one it cannot read
            font_manager.fontManager.addfont(path)
