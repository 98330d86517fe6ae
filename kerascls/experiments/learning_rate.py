"""The learning-rate range test: how fast a model may learn before it breaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascls.errors import SettingsError
from kerascls.evaluation.reports.plots.fonts import new_figure
from kerascls.settings.applicable import require_steps
from kerascls.settings.run_settings import OPTION_KEYS, RunSettings
from kerascls.system.console import Screen
from kerascls.system.files import as_csv, write_all
from kerascls.system.keywords import checked_keywords
from kerascls.system.places import check_folder
from kerascls.training.job import prepare

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console

LOWEST, HIGHEST = 1e-7, 1.0
SMOOTHING = 0.9
FEWEST_BEFORE = 5
DIVERGED = 4.0
# A fall is clear above so many times the noise of a batch, and this share of the loss.
CLEAR_NOISE, CLEAR_SHARE = 2.0, 0.01
NO_SUGGESTION = (
    "the loss did not fall clearly: no suggestion. Try a larger --batch-size or more "
    "--steps."
)
COLUMNS = ("learning_rate", "loss", "smoothed_loss")


@dataclass(frozen=True, eq=False)
class RateCurve:
    """The training loss while the learning rate rises from step to step.

    Args:
        rates: float64 `(steps,)`, the learning rate of each step.
        losses: float64 `(steps,)`, the loss of its batch.
    """

    rates: np.ndarray
    losses: np.ndarray

    @property
    def smoothed(self) -> np.ndarray:
        """Moving average of the losses, corrected for its start."""
        return _smoothed(self.losses)

    @property
    def suggestion(self) -> float | None:
        """A tenth of the rate at which the smoothed loss was smallest, or the first.

        None where the loss did not clearly fall: from its mean over the first quarter
        of the steps, at rates too low to learn, to the smallest smoothed one behind
        them, by more than a hundredth of itself and twice the noise. That is the
        standard deviation of the loss of one batch, from how successive ones differ up
        to there.

        References:
            - [The mean square successive difference](https://doi.org/10.1214/aoms/1177731677),
              half of which is the variance, whatever the trend
        """
        begin = max(len(self.losses) // 4, FEWEST_BEFORE)
        smoothed = self.smoothed[begin:]
        if not len(smoothed):
            return None
        best = begin + int(np.argmin(smoothed))
        before = np.mean(self.losses[:begin])
        noise = np.sqrt(np.mean(np.diff(self.losses[: best + 1]) ** 2) / 2)
        least = max(CLEAR_NOISE * noise, CLEAR_SHARE * before)
        if before - smoothed.min() <= least:
            return None
        return max(float(self.rates[best]) / 10, float(self.rates[0]))

    def to_csv(self) -> str:
        """Returns rates, losses and smoothed losses as CSV."""
        columns = (self.rates, self.losses, self.smoothed)
        return as_csv([COLUMNS, *zip(*(c.tolist() for c in columns), strict=True)])

    def plot(self) -> "Figure":
        """Draws loss over learning rate; `savefig` of what it returns stores it."""
        figure = new_figure((6, 3.5))
        axes = figure.subplots()
        axes.plot(self.rates, self.losses, alpha=0.3, label="loss of the batch")
        axes.plot(self.rates, self.smoothed, label="smoothed")
        axes.set(xscale="log", xlabel="learning rate", ylabel="loss")
        axes.set_title("no suggestion: the loss did not fall clearly")
        if (suggestion := self.suggestion) is not None:
            axes.axvline(suggestion, linestyle="--", color="gray")
            axes.set_title(f"suggestion: {suggestion:.1e}")
        axes.legend()
        axes.grid(alpha=0.3)
        return figure


@checked_keywords(OPTION_KEYS)
def find_rate(
    settings: RunSettings | None = None,
    *,
    steps: int = 100,
    out: str | Path | None = None,
    cache: bool = True,
    quiet: bool = False,
    console: "Console | None" = None,
    **options: Any,
) -> RateCurve:
    """Trains some steps with an ever higher learning rate, and suggests one.

    The rate rises from 1e-7 by the same factor after each step, up to 1 or to where
    the smoothed loss is four times the smallest. Nothing of the training is kept.

    Args:
        settings: As for `fit`; its learning rate, schedule and epochs do not count.
        steps: How many, if it does not break before.
        out: File to write the curve to, `.csv`, in place of an earlier curve; a
            picture beside it, `.png`.
        cache: Whether token ids are kept for the next run on the same file.
        quiet: Whether to show nothing.
        console: Where to show; standard output by default.
        **options: Settings by flat name, as for `fit`.

    Returns:
        The `RateCurve`; its `suggestion` is where to begin, None where the loss did
        not clearly fall.

    Raises:
        KerasclsError: When data, settings or checkpoint cannot be used.

    Example:
        >>> curve = kerascls.find_rate(train="news.csv")
        >>> kerascls.fit(train="news.csv", learning_rate=curve.suggestion)

    References:
        - [Cyclical Learning Rates](https://arxiv.org/abs/1506.01186), section 3.3;
          a tenth of the best rate is fastai's rule
    """
    if out is not None:
        check_curve_file(Path(out))
    if steps < 10:
        raise SettingsError(
            f"Expected at least 10 steps, to see a curve. Received: steps={steps}. "
            f"Give more."
        )
    settings = RunSettings.stated(settings).with_options(**options)
    require_steps(settings, "a range test")
    screen = Screen(console, quiet)
    job = prepare(settings, screen, cache)
    from kerascls.experiments.rising_rates import losses_at_rising_rates

    rates = np.geomspace(LOWEST, HIGHEST, steps)
    losses = losses_at_rising_rates(job, rates, _is_broken)
    if not losses:
        raise SettingsError(
            f"Expected a loss that is a number before anything is learned. Received: "
            f"none at learning_rate={rates[0]:g}. Look at the weights, or choose "
            f"--set train.precision=float32."
        )
    curve = RateCurve(rates[: len(losses)], np.array(losses))
    suggestion = curve.suggestion
    screen.say(
        NO_SUGGESTION
        if suggestion is None
        else f"learning rate to begin with: {suggestion:.1e}"
    )
    if out is not None:
        path = Path(out)
        picture = BytesIO()
        curve.plot().savefig(picture, format="png")
        contents = {path.name: curve.to_csv().encode()}
        picture_name = path.with_suffix(".png").name
        write_all(path.parent, contents | {picture_name: picture.getvalue()})
    return curve


def _smoothed(losses: Sequence[float] | np.ndarray) -> np.ndarray:
    averages, average = np.empty(len(losses)), 0.0
    for step, loss in enumerate(losses):
        average = SMOOTHING * average + (1 - SMOOTHING) * loss
        # The average starts at 0: as Adam does, divide by the share that is not that.
        averages[step] = average / (1 - SMOOTHING ** (step + 1))
    return averages


def _is_broken(losses: list[float]) -> bool:
    curve = _smoothed(losses)
    return bool(curve[-1] > DIVERGED * curve.min())


def check_curve_file(path: Path) -> None:
    """Checks that a curve may be written there; raises SettingsError if it may not."""
    if path.suffix != ".csv":
        raise SettingsError(
            f"Expected a file for the curve that ends in .csv; its picture is beside "
            f"it. Received: out={str(path)!r}. Name another."
        )
    check_folder(path.parent)
    header = ",".join(COLUMNS).encode()
    if path.is_file() and path.read_bytes().startswith(header):
        return
    for file in (path, path.with_suffix(".png")):
        if file.exists():
            raise SettingsError(
                f"Expected a free place for the curve, or an earlier one. Received: "
                f"{str(file)!r}, which is something else. Name another with --out."
            )
