"""`ensemble`: the probabilities of several runs as one classifier."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascls.decision.decision import Decision
from kerascls.decision.fit_decision import decide
from kerascls.decision.mixing import logits_of
from kerascls.evaluation.reports.report import Report
from kerascls.evaluation.reports.rules import decision_line
from kerascls.evaluation.scored_rows import VALID_ROWS_FILE
from kerascls.experiments.combining.asking import Asked, Files, ask, stated
from kerascls.experiments.combining.candidates import (
    Candidate,
)
from kerascls.experiments.combining.held_out import HeldOut
from kerascls.experiments.combining.shipping import (
    Combined,
    directory_of,
    score_once,
)
from kerascls.experiments.combining.valid_rows import (
    joined_seen_texts,
)
from kerascls.experiments.combining.weighing import (
    SELECTIONS,
    Judge,
    Weighed,
    best_of,
    mean_of,
    weigh,
    weights_table,
)
from kerascls.inference.bundle import ENCODER, Bundle, Member, write_bundle
from kerascls.inference.bundle.files import BUNDLE_FOLDER, SETTINGS
from kerascls.inference.predictor import Predictor
from kerascls.inference.runtimes.ensemble_runtime import (
    EnsembleRuntime,
    probabilities_of,
)
from kerascls.preprocessing.input_spec import InputSpec
from kerascls.system.console import Screen
from kerascls.system.extras import TRAINING, require
from kerascls.system.files import write_json
from kerascls.system.tables import known_name
from kerascls.system.words import count
from kerascls.training.run_directory import RunDirectory

if TYPE_CHECKING:
    from rich.console import Console

NAME = "ensemble"


def ensemble(
    runs: Sequence[str | Path],
    *,
    out: str | Path | None = None,
    valid: Any = None,
    test: Any = None,
    select: str = "fitted",
    best_by: str = "macro_f1",
    language: str | None = None,
    overwrite: bool = False,
    quiet: bool = False,
    console: "Console | None" = None,
    **options: Any,
) -> Combined:
    """Makes one classifier of several: the weighted mean of their probabilities.

    The members may be any models, on the same labels. Their calibrated probabilities
    are averaged; weights, and then calibration and rule of the mean, are fitted on
    validation rows that no member was trained on; the test rows are scored once. The
    bundle holds its members and can be shipped alone.

    Args:
        runs: Run directories or bundles, two or more.
        out: The directory to write; by default a new one in `runs/`.
        valid: Labelled text to fit on, as in `evaluate`; by default the validation part
            that the runs kept, which must be the same rows.
        test: Labelled text to score on; by default the runs' test part, read again.
        select: `"fitted"`: the weights of the smallest log loss; `"greedy"`: what
            makes `best_by` largest is added one after the other, each as often as it
            helps; `"equal"`: all count the same.
        best_by: Validation score of greedy selection, by which also the best member is
            found that the ensemble is compared with; as `train.best_by`.
        language: Of report.html, report.md and plots; by default the first run's.
        overwrite: Whether an earlier run in `out` may be replaced.
        quiet: Whether to show nothing.
        console: Where to show; standard output by default.
        **options: How files are read, see `kerascls.data.readers.ReadOptions`, and the
            fields of `DecisionSettings`, as for `tune`; by default as in the first run.

    Returns:
        The `Combined`: where it is, the weights and the report.

    Raises:
        BundleError: When a run has no bundle or a damaged one.
        DataError: When a file cannot be used.
        SettingsError: When runs do not go together, were validated on different rows,
            or a keyword is unknown.

    References:
        Yao et al. 2018 (weights) and Caruana et al. 2004 (greedy selection), see
        `kerascls.decision.mixing`.

    Example:
        >>> found = kerascls.ensemble(["runs/linear", "runs/albert"], out="runs/both")
        >>> [(one.name, one.weight) for one in found.members]
    """
    files = Files(
        out=out, valid=valid, test=test, language=language, overwrite=overwrite
    )
    how = stated(ensemble, options, files, best_by)
    known_name(SELECTIONS, select, "select")
    require("An ensemble", *TRAINING)
    screen = Screen(console, quiet)
    asked = ask(NAME, runs, files, how, best_by, screen)
    weighed = weigh(asked.candidates, asked.judge, select)
    return _Job(asked, weighed, select).run(overwrite, screen)


@dataclass(frozen=True, eq=False)
class _Job:
    """Everything that is known before something is written."""

    asked: Asked
    weighed: tuple[Weighed, ...]
    select: str

    @property
    def candidates(self) -> list[Candidate]:
        """The runs."""
        return self.asked.candidates

    @property
    def judge(self) -> Judge:
        """The validation rows."""
        return self.asked.judge

    @cached_property
    def kept(self) -> list[int]:
        """Which candidates have a weight."""
        return [n for n, one in enumerate(self.weighed) if one.weight]

    @cached_property
    def best(self) -> Candidate:
        """The best single one on the validation rows."""
        return self.candidates[best_of(self.weighed)]

    @cached_property
    def logits(self) -> np.ndarray:
        """Of the mean on the validation rows, float32 `(rows, labels)`."""
        rows = self.judge.rows
        return logits_of(mean_of(self.weighed, rows), rows.rows.task)

    @cached_property
    def decision(self) -> Decision:
        """How the mean decides, fitted to the validation rows as `fit` does it."""
        rows, settings = self.judge.rows, self.judge.decision
        task, labels = rows.rows.task, self.candidates[0].labels
        return decide(settings, task, labels, rows.known_targets, self.logits)

    def run(self, overwrite: bool, screen: Screen) -> Combined:
        """Writes the bundle, scores it once and writes the report."""
        out, notes = self.asked.out, self.asked.notes
        bundle_facts = {
            "select": self.select,
            "best_by": self.judge.best_by,
            "members": [one.to_dict() for one in self.weighed],
        }
        self._tell(screen)
        facts = bundle_facts | {"kind": NAME, "notes": notes}
        report = None
        with directory_of(out, overwrite, screen, **facts) as run:
            bundle = self._write(run.path / BUNDLE_FOLDER, bundle_facts)
            run.forget_earlier()
            rows = self.judge.rows
            scored = rows.scored(self.decision, self.logits)
            scored.save(run.path / VALID_ROWS_FILE)
            kept = [self.candidates[number] for number in self.kept]
            joined_seen_texts(kept, rows.texts, run.path)
            if self.asked.held is not None:
                report = self._score(run, bundle, self.asked.held, screen)
        return Combined(out, bundle.path, self.weighed, report, tuple(notes))

    def _tell(self, screen: Screen) -> None:
        rows = self.judge.rows
        if len(self.kept) == 1:
            self.asked.notes.append(
                f"all weight is on {self.candidates[self.kept[0]].name}: the others "
                f"do not help on the validation rows, and it alone does the same"
            )
        probabilities = self.decision.probabilities(self.logits, rows.rows.task)
        chosen = self.decision.rule.apply(probabilities)
        mean = Weighed(
            name=NAME,
            weight=1.0,
            log_loss=self.judge.loss(probabilities),
            score=self.judge.of_labels(probabilities, chosen),
        )
        screen.say(
            f"{rows.rows.task}, {count(rows.rows.known, 'label')}; {self.select} "
            f"weights, on {count(len(rows.rows), 'row')} of {rows.source}:"
        )
        width = screen.width or 100
        screen.say(weights_table(self.weighed, mean, self.judge.best_by, width))
        screen.say(decision_line(self.decision))
        if self.asked.held is None and self.asked.notes:  # or the report says them
            screen.say("\n".join(f"Note: {line}" for line in self.asked.notes))

    def _write(self, path: Path, facts: dict[str, Any]) -> Bundle:
        first = self.candidates[0].bundle
        members = [
            Member(one.name, one.bundle, self.weighed[number].weight)
            for number, one in enumerate(self.candidates)
            if number in self.kept
        ]
        sizes = {"members": len(members)}
        settings = {
            "data": first.read(SETTINGS)["data"],
            "decision": self.judge.decision.model_dump(mode="json"),
            NAME: facts,
        }
        return write_bundle(
            path,
            runtime=NAME,
            task=first.task,
            label_set=first.label_set,
            decision=self.decision,
            input_spec=InputSpec(
                text_columns=first.input_spec.text_columns,
                label_column=first.input_spec.label_column,
                pair=False,
                do_lower_case=False,
                max_tokens=None,
                truncate="head",
            ),
            train_support=first.train_support,
            settings=settings,
            write_model=lambda work: write_json(
                work / ENCODER, {"model": NAME, "config": sizes}
            ),
            members=members,
        )

    def _score(
        self,
        run: RunDirectory,
        bundle: Bundle,
        held: HeldOut,
        screen: Screen,
    ) -> Report:
        """Scores the test rows with the written bundle, and with the best member."""
        runtime = EnsembleRuntime(bundle)
        with screen.bars() as bars:
            progress = bars and bars("Scoring the test rows")
            said = runtime.member_probabilities(held.texts, progress)
        best = best_of(self.weighed)
        if best in self.kept:
            of_best = said[self.kept.index(best)]
        else:
            predictor = Predictor(self.best.bundle)
            of_best = probabilities_of(predictor, held.texts, self.best.labels)
        logits = runtime.logits_of_members(said)
        return score_once(
            *(run, bundle, held, logits, (self.best, of_best)),
            *(self.asked.notes, self.asked.language, screen),
        )
