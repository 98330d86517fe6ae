"""A leaderboard as files: Markdown, CSV, JSON, a picture and a page."""

from pathlib import Path

from kerascls.evaluation.leaderboard import Leaderboard
from kerascls.evaluation.reports.html.leaderboard_page import leaderboard_page
from kerascls.evaluation.reports.language import language_of
from kerascls.evaluation.reports.leaderboards import (
    leaderboard_csv,
    leaderboard_markdown,
    pairs_csv,
)
from kerascls.evaluation.reports.plots.frontier import plot_frontier
from kerascls.evaluation.reports.plots.write_plots import png_files
from kerascls.system.files import as_json, write_all

NAME = "leaderboard"


def write_leaderboard(
    directory: str | Path, board: Leaderboard, *, dpi: int = 150, language: str = "en"
) -> list[Path]:
    """Writes `leaderboard.md`, `.csv`, `.json`, `.html`, `.png` and `pairs.csv`.

    Without a speed there is no picture, and one of an earlier leaderboard goes.

    Args:
        directory: Where to; made if it does not exist.
        board: What to write.
        dpi: Dots per inch of the picture.
        language: Of the page, of Markdown and of the picture, of `LANGUAGES`.

    Returns:
        The paths of the files.
    """
    say, picture = language_of(language), f"{NAME}.png"
    plots: dict[str, bytes] = {}
    if any(one.costs.speed for one in board.standings):
        plots = png_files(lambda: {NAME: plot_frontier(board, language=language)}, dpi)
    else:
        (Path(directory) / picture).unlink(missing_ok=True)
    plot = plots.get(picture)
    markdown = leaderboard_markdown(board, say, picture if plot else None)
    contents = {
        f"{NAME}.md": markdown.encode(),
        f"{NAME}.csv": leaderboard_csv(board).encode("utf-8-sig"),
        "pairs.csv": pairs_csv(board).encode("utf-8-sig"),
        f"{NAME}.json": as_json(board.to_dict()),
        f"{NAME}.html": leaderboard_page(board, plot, say).encode(),
        **plots,
    }
    return write_all(directory, contents)
