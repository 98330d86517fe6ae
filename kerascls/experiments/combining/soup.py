"""`soup`: the weights of several runs of one model, averaged."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors.numpy import save_file

from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.reports.rules import decision_line
from kerascls.evaluation.scored_rows import VALID_ROWS_FILE
from kerascls.experiments.combining.asking import Asked, Files, ask, stated
from kerascls.experiments.combining.averaging import (
    average,
    check_alike,
)
from kerascls.experiments.combining.held_out import (
    HeldOut,
    part_of_run,
)
from kerascls.experiments.combining.kitchen import MIXTURES, Broth, Kitchen
from kerascls.experiments.combining.shipping import (
    Combined,
    directory_of,
    score_once,
)
from kerascls.experiments.combining.valid_rows import (
    joined_seen_texts,
)
from kerascls.experiments.combining.weighing import Weighed, weights_table
from kerascls.inference.bundle import ENCODER, WEIGHTS, Bundle, write_bundle
from kerascls.inference.bundle.files import BUNDLE_FOLDER, SETTINGS
from kerascls.inference.predictor import Predictor
from kerascls.system.console import Screen
from kerascls.system.extras import TRAINING, require_keras
from kerascls.system.tables import known_name
from kerascls.system.words import count
from kerascls.training.run_directory import RunDirectory

if TYPE_CHECKING:
    from rich.console import Console


NAME = "soup"


def soup(
    runs: Sequence[str | Path],
    *,
    out: str | Path | None = None,
    valid: Any = None,
    test: Any = None,
    select: str = "greedy",
    best_by: str = "macro_f1",
    language: str | None = None,
    overwrite: bool = False,
    quiet: bool = False,
    console: "Console | None" = None,
    **options: Any,
) -> Combined:
    """Averages the weights of several runs of one model into one as fast as each.

    The runs differ in seed or settings; architecture, vocabulary and pretrained weights
    are the same. The mean is kept if it does no worse on the validation rows than the
    best single run, which is written otherwise. The bundle is one like any other.

    Args:
        runs: Run directories, two or more, of transformers that `fit` trained.
        out: The directory to write; by default a new one in `runs/`.
        valid: Labelled text to choose on, as in `evaluate`; by default the validation
            part of the runs, read again, which must be the same rows.
        test: Labelled text to score on; by default the runs' test part, read again.
        select: `"greedy"`: from the best run on, each that makes the mean no worse is
            taken in; `"uniform"`: all are.
        best_by: Validation score of that, as `train.best_by`.
        language: Of report.html, report.md and plots; by default the first run's.
        overwrite: Whether an earlier run in `out` may be replaced.
        quiet: Whether to show nothing.
        console: Where to show; standard output by default.
        **options: As for `ensemble`.

    Returns:
        The `Combined`: where it is, what is in it and the report.

    Raises:
        BundleError: When a run has no bundle or a damaged one.
        DataError: When a file cannot be used.
        SettingsError: When the weights of the runs have no mean that means something,
            they were validated on different rows, or a keyword is unknown.

    References:
        Wortsman et al. 2022, see `kerascls.experiments.combining.averaging`.

    Example:
        >>> seeds = kerascls.fit_seeds(train="news.csv", seeds=3)
        >>> runs = [run.out for run in seeds.runs.values()]
        >>> kerascls.soup(runs, out="runs/soup").report.scores.macro.f1
    """
    files = Files(
        out=out, valid=valid, test=test, language=language, overwrite=overwrite
    )
    how = stated(soup, options, files, best_by)
    known_name(MIXTURES, select, "select")
    require_keras("A soup", *TRAINING)
    screen = Screen(console, quiet)
    asked = ask(NAME, runs, files, how, best_by, screen, check_alike)
    judge, candidates = asked.judge, asked.candidates
    texts = judge.rows.texts
    if valid is None:
        texts = part_of_run(candidates[0], "valid").texts
    kitchen = Kitchen(candidates, judge, texts)
    job = _Job(asked, kitchen, MIXTURES[select](kitchen), select)
    job.tell(screen)
    facts = job.facts | {"notes": asked.notes}
    with directory_of(asked.out, overwrite, screen, **facts) as run:
        return job.run(run, screen)


@dataclass(frozen=True, eq=False)
class _Job:
    """A soup that was chosen, to be written."""

    asked: Asked
    kitchen: Kitchen
    found: Broth
    select: str

    @property
    def weighed(self) -> tuple[Weighed, ...]:
        """The runs, how each does, and its share of the soup."""
        parts = self.found.parts
        return tuple(
            Weighed(
                name=one.name,
                weight=(number in parts) / len(parts),
                log_loss=single.log_loss,
                score=single.score,
            )
            for number, (one, single) in enumerate(
                zip(self.kitchen.candidates, self.kitchen.singles, strict=True)
            )
        )

    @property
    def facts(self) -> dict[str, Any]:
        """What run.json tells."""
        return {
            "kind": NAME,
            "select": self.select,
            "best_by": self.kitchen.judge.best_by,
            "members": [one.to_dict() for one in self.weighed],
        }

    def tell(self, screen: Screen) -> None:
        """Shows how the runs and their soup do, and adds a note where none helps."""
        found, rows = self.found, self.kitchen.judge.rows
        if len(found.parts) == 1:
            best = self.kitchen.candidates[found.parts[0]].name
            self.asked.notes.append(
                f"no mean of weights does as well on the validation rows as {best} "
                f"alone, whose weights these are"
            )
        total = Weighed(NAME, 1.0, found.log_loss, found.score)
        screen.say(
            f"{rows.rows.task}, {count(rows.rows.known, 'label')}; means of weights, "
            f"judged on {count(len(rows.rows), 'row')} of {rows.source}:"
        )
        best_by = self.kitchen.judge.best_by
        screen.say(weights_table(self.weighed, total, best_by, screen.width or 100))
        screen.say(decision_line(found.decision))
        if self.asked.held is None and self.asked.notes:  # or the report says them
            screen.say("\n".join(f"Note: {line}" for line in self.asked.notes))

    def run(self, run: RunDirectory, screen: Screen) -> Combined:
        """Writes bundle, validation rows and report."""
        found, rows = self.found, self.kitchen.judge.rows
        bundle = self._write(run.path / BUNDLE_FOLDER)
        run.forget_earlier()
        scored = rows.scored(found.decision, found.logits)
        scored.save(run.path / VALID_ROWS_FILE)
        kept = [self.kitchen.candidates[number] for number in found.parts]
        joined_seen_texts(kept, rows.texts, run.path)
        report = None
        if self.asked.held is not None:
            report = self._score(run, bundle, self.asked.held, screen)
        out, notes = run.path, tuple(self.asked.notes)
        return Combined(out, bundle.path, self.weighed, report, notes)

    def _write(self, path: Path) -> Bundle:
        parts = [self.kitchen.candidates[n].bundle for n in self.found.parts]
        first, decision = parts[0], self.kitchen.judge.decision

        def write_model(work: Path) -> None:
            for file in (first.tokenizer_file, first.path / ENCODER):
                shutil.copyfile(file, work / file.name)
            save_file(average(parts), work / WEIGHTS)
            (work / WEIGHTS).chmod(0o644)  # safetensors makes it private

        changed = {"decision": decision.model_dump(mode="json"), NAME: self.facts}
        return write_bundle(
            path,
            runtime=first.runtime,
            task=first.task,
            label_set=first.label_set,
            decision=self.found.decision,
            input_spec=first.input_spec,
            train_support=first.train_support,
            settings=first.read(SETTINGS) | changed,
            write_model=write_model,
        )

    def _score(
        self,
        run: RunDirectory,
        bundle: Bundle,
        held: HeldOut,
        screen: Screen,
    ) -> Report:
        """Scores the test rows with the written bundle, and with the best run."""
        texts, best = held.texts, None
        if len(self.found.parts) > 1:
            one = self.kitchen.candidates[self.kitchen.order[0]]
            logits = Predictor(one.bundle).text_logits(texts)
            best = one, one.probabilities(logits)
        logits = Predictor(bundle).text_logits(texts)
        return score_once(
            *(run, bundle, held, logits, best),
            *(self.asked.notes, self.asked.language, screen),
        )
