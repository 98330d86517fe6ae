"""Makes the pictures and the tables of the pages out of what was measured.

    python benchmarks/figures.py              tables and learning curves from results/
    python benchmarks/figures.py --run DIR    also the pictures of a run on the sample

A table stands between two markers in README.md or a page of docs/, and in their Chinese
pages; what is between them is replaced. Pictures go to docs/images.
"""

import argparse
import io
import re
from pathlib import Path

import matplotlib
import pictures
from matplotlib.figure import Figure
from tables import IMAGES, ROOT, SCORES, filled, last_curve, measured

DOCS = ROOT / "docs"
PAGES = {
    ROOT / "README.md": "en",
    ROOT / "README.zh-CN.md": "zh",
    **{
        DOCS / f"{page}{ending}.md": language
        for page in ("IMBALANCE", "MEASUREMENTS", "MODELS", "SUGGEST")
        for ending, language in (("", "en"), (".zh-CN", "zh"))
    },
}
COMMAND = "kerascls fit --model albert_small"
WIDE = "[\u2e80-\u9fff]"
FONTS = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def main():
    """Writes whatever can be made of what is there."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--run", type=Path, metavar="DIR", help=f"of `{COMMAND}`")
    run = parser.parse_args().run
    IMAGES.mkdir(parents=True, exist_ok=True)
    matplotlib.rcParams.update({"svg.hashsalt": "kerascls", "font.size": 9})
    if run is not None:
        draw_run(run)
    drawn = {
        "annotation_loop.svg": pictures.annotation(),
        "curves.svg": curves() if measured() else None,
        "imbalance.svg": pictures.imbalance(),
        "zoo.svg": pictures.zoo(),
    }
    for name, figure in drawn.items():
        if figure is not None:
            save(figure, name)
    for path, language in PAGES.items():
        path.write_text(filled(path.read_text("utf-8"), language), "utf-8")


def curves() -> Figure:
    """Draws the validation score of each case by epoch, beside the linear model."""
    rows = [row for row in measured() if last_curve(row["case"])]
    columns = min(3, len(rows))
    lines = -(-len(rows) // columns)
    figure = Figure(figsize=(3.4 * columns, 2.7 * lines), layout="constrained")
    places = list(figure.subplots(lines, columns, squeeze=False).flat)
    for axes in places[len(rows) :]:
        axes.set_axis_off()
    for axes, row in zip(places, rows, strict=False):
        draw_case(axes, row)
    return figure


def draw_case(axes, row: dict[str, str]):
    """Draws one case: a line for validation, a star for test."""
    epochs, scored = last_curve(row["case"]), row["scored"]
    x = [float(epoch["epoch"]) for epoch in epochs]
    y = [float(epoch[f"val_{scored}"]) for epoch in epochs]
    axes.plot(x, y, marker="o", markersize=3, label="validation")
    best, score = float(row["best_epoch"]), float(row[scored])
    axes.plot([best], [score], "*", markersize=10, color="tab:red", label="test")
    linear = float(row["linear_tuned"])
    axes.axhline(linear, ls="--", color="gray", label="linear, tuned, test")
    axes.set(title=row["case"], xlabel="epoch", ylabel=SCORES[scored])
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7)


def draw_run(run: Path):
    """Draws the screen and the learning curve of a run on the sample."""
    from kerascls.evaluation.reports import plot_history

    log = (run / "log.txt").read_text("utf-8")
    screen = f"$ {COMMAND}\n{shortened(log)}\nWritten: runs/albert_small"
    (IMAGES / "terminal.svg").write_text(terminal_svg(screen), "utf-8")
    save(plot_history(run / "history.csv"), "history.svg")


def shortened(log: str) -> str:
    """Returns a run's log with the first and the best epoch only."""
    head, *epochs = re.split(r"(?m)^(?=Epoch \d+: )", log.rstrip())
    last, test = re.split(r"(?m)^(?=.*, test part$)", epochs.pop())
    epochs.append(last)
    best = int(re.findall(r"best epoch (\d+)", last)[0])
    shown = [head, epochs[0]]
    shown += ["...\n"] if best > 2 else []
    shown += [epochs[best - 1]] if best > 1 else []
    shown += ["...\n"] if best < len(epochs) else []
    return "".join([*shown, test])


def terminal_svg(screen: str) -> str:
    """Returns the picture of a terminal; no font is fetched from anywhere."""
    from rich.console import Console
    from rich.text import Text

    text = Text(f"{screen}\n")
    text.highlight_regex(r"(?m)^(\$.*|Epoch \d+|.*test part$)", "bold")
    # A style makes a piece that is placed on its own, so that it shifts nothing.
    text.highlight_regex(f"{WIDE}+", "not italic")
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(text)
    svg = console.export_svg(title="kerascls", unique_id="kerascls")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    # rich 15 counts wide characters once, and presses them into half their room.
    svg = re.sub(rf'textLength="[\d.]+"([^>]*>{WIDE}+<)', r"\1", svg)
    return svg.replace("Fira Code, monospace", FONTS)


def save(figure: Figure, name: str):
    """Writes a figure as SVG, the same bytes for the same numbers."""
    figure.savefig(IMAGES / name, metadata={"Date": None})


if __name__ == "__main__":
    main()
