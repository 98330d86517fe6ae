"""`kerascls predict`."""

import shlex
import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

import kerascls
from kerascls.cli.options import (
    FOLDER,
    given,
    input_format_option,
    runtime_option,
    setting_options,
)
from kerascls.cli.output import row_progress
from kerascls.data.readers.file_options import TABLE_KEYWORDS
from kerascls.data.readers.globs import is_pattern, matches
from kerascls.system.words import count

RULE = ("threshold", "top_k", "mass", "min_labels", "max_labels", "abstain_below")
_HELP = {
    "threshold": "Probability from which on a label is given, multilabel only.",
    "min_labels": "Give at least so many labels.",
    "max_labels": "Give at most so many labels.",
}


@click.command()
@click.argument("out", type=FOLDER)
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@click.option("--input", metavar="FILE", help="Rows to label; - is standard input.")
@click.option("--output", metavar="FILE", help=".csv or .jsonl. Default: screen.")
@click.option("--overwrite", is_flag=True, help="Replace --output if it exists.")
@click.option("--all-scores", is_flag=True, help="CSV: a column for every label.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON lines.")
@setting_options(RULE, **_HELP)
@click.option("--text", multiple=True, help="Text column. Default: as in training.")
@input_format_option("--format", help="Of the input.")
@setting_options(TABLE_KEYWORDS)
@runtime_option
@click.option("--quiet", is_flag=True, help="Show no progress.")
def predict(
    out: Path,
    texts: tuple[str, ...],
    input: str | None,
    output: str | None,
    as_json: bool,
    runtime: str | None,
    quiet: bool,
    **options: Any,
) -> None:
    """Label each TEXT, or the rows of a file, with the classifier in OUT.

    One output row per input row, in order. Standard input is read, as plain lines,
    when neither TEXT nor --input is given. Put -- before texts that begin with -.
    --threshold and others like it replace the classifier's rule in this call.
    """
    stated = given({name: options.pop(name) for name in RULE})
    if texts and (input or output or given(options)):
        raise click.UsageError(
            "TEXT arguments are shown on the screen; leave out the other options, or "
            "use --input instead of TEXT."
        )
    refuse_files("predict", out, texts)
    if as_json and (output or options["all_scores"]):
        raise click.UsageError(
            "--json is for the screen and has all scores; leave out --output and "
            "--all-scores, or give an --output that ends in .jsonl."
        )
    if not texts and input is None and sys.stdin.isatty():
        raise click.UsageError("Give a TEXT, or --input FILE, or pipe in some lines.")
    options |= {"runtime": runtime, "rule": _rule(out, stated)}
    if texts:
        return _predict_texts(out, texts, as_json, **given(options))
    options["output_format"] = "jsonl" if as_json else None
    input, output = input or "-", output or "-"
    with row_progress(quiet or output == "-") as show:
        rows = kerascls.predict(
            out,
            input,
            output,
            on_progress=show,
            on_note=None if quiet else partial(click.echo, err=True),
            **given(options),
        )
    if output != "-" and not quiet:
        click.echo(f"Written: {output}, {count(rows, 'row')}.", err=True)


def refuse_files(command: str, out: Path, texts: tuple[str, ...]) -> None:
    """Refuses the name of a file, or a pattern of such, that was given as a text."""
    for text in filter(_names_files, texts):
        alone = shlex.join(["kerascls", command, str(out)])
        raise click.UsageError(
            f"Expected texts. Received: TEXT {text!r}, which names what is "
            f"there as a file. For the rows in it: {alone} --input "
            f"{shlex.quote(text)}. For the name itself: printf '%s\\n' "
            f"{shlex.quote(text)} | {alone}."
        )


def refuse_single(
    command: str, out: Path, texts: tuple[str, ...], columns: tuple[str, ...]
) -> None:
    """Refuses texts where the classifier reads rows of several."""
    if len(columns) == 1:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    line = shlex.join(["kerascls", command, str(out)])
    raise click.UsageError(
        f"Expected rows of {len(columns)} texts, as in training. Received: TEXT "
        f"{texts[0]!r:.200}, which is one. Write a table with the columns {names}, "
        f"and give that: {line} --input FILE."
    )


def _names_files(text: str) -> bool:
    path = Path(text)
    try:
        if not is_pattern(path):  # a folder may well be called as a word is
            return path.is_file() or ("/" in text and path.is_dir())
        # Texts, too, end in `?` or stress with `*`.
        looks_so = not any(map(str.isspace, text)) and ("." in text or "/" in text)
        return looks_so and any(map(Path.is_file, matches(path)))
    except (OSError, ValueError):
        return False  # no file could be called so


def _rule(out: Path, stated: dict[str, Any]) -> "kerascls.Rule | None":
    """Returns the rule for this call, None for the classifier's own."""
    if not stated:
        return None
    from kerascls.decision.fit_decision import rule_for_one_call
    from kerascls.inference.bundle import open_bundle

    settings = kerascls.RunSettings.from_dict({"decision": stated}).decision
    opened = open_bundle(out)
    labels = opened.label_set.names
    return rule_for_one_call(settings, opened.task, labels, opened.rule)


def _predict_texts(
    out: Path,
    texts: tuple[str, ...],
    as_json: bool,
    rule: "kerascls.Rule | None" = None,
    **options: Any,
) -> None:
    from kerascls.data.readers import join_labels
    from kerascls.inference.bundle import open_bundle
    from kerascls.inference.outputs import json_line, shown_scores

    bundle = open_bundle(out)
    refuse_single("predict", out, texts, bundle.input_spec.text_columns)
    predictor = kerascls.Predictor(bundle, **options)
    predictions = predictor.predict(texts, rule=rule)
    for text, prediction in zip(texts, predictions, strict=True):
        if as_json:
            click.echo(json_line({"text": text}, prediction))
            continue
        labels = join_labels(prediction.labels) or "-"
        click.echo(f"{labels}\t{shown_scores(prediction, 3)}\t{text}")
