"""An explanation in words: how it was made, what was left out, what counts most."""

from kerascls.evaluation.reports.features import shown_ngram
from kerascls.evaluation.reports.language import ENGLISH, Language
from kerascls.inference.explanation.explanation import Explanation, Span

SHOWN_PARTS = 10
# Of what the text changes, and of the logit, from where on a gap is told.
LARGE_GAP, LEAST_GAP = 0.05, 0.01


def explanation_lines(explanation: Explanation, say: Language = ENGLISH) -> list[str]:
    """Returns sentences on the method, what is not read, and gaps that are large."""
    lines = [method_line(explanation, say)]
    if not explanation.spans:
        lines.append(say("There is nothing in the text that could be attributed to."))
    for column, text in zip(explanation.columns, explanation.texts, strict=True):
        spans = [span for span in explanation.unread if span.column == column]
        if spans:
            lines.append(
                say(
                    "Cut off and not read: {cut} of {all} characters of {column}, "
                    "from character {start} to {end}.",
                    cut=f"{sum(span.end - span.start for span in spans):,}",
                    all=f"{len(text):,}",
                    column=column,
                    start=spans[0].start,
                    end=spans[-1].end,
                )
            )
    if large := large_gaps(explanation):
        lines.append(
            say(
                "The steps were too few for {labels}: the gap is more than 5 % of what "
                "the text changes. Give more, such as --steps {steps}.",
                labels=", ".join(large),
                steps=4 * (explanation.attributions.steps or 1),
            )
        )
    return lines


def method_line(explanation: Explanation, say: Language = ENGLISH) -> str:
    """Returns what an attribution is, and where it starts from."""
    of = explanation.attributions
    if of.is_additive and of.steps is None:
        return say(
            "Exact contributions to the logit before calibration: what each n-gram "
            "adds, shared by its characters or words. With the intercept, they add up "
            "to the logit."
        )
    if of.is_additive:
        return say(
            "Integrated gradients of the logit before calibration, in {steps} steps "
            "from {token} in place of every token. With the logit there, they add up "
            "to the logit of the text but for the gap.",
            steps=of.steps,
            token=of.hidden_token,
        )
    if of.hidden_token is not None:
        return say(
            "Occlusion: how far the logit before calibration falls when {token} stands "
            "in place of a part. Such numbers do not add up.",
            token=of.hidden_token,
        )
    return say(
        "Occlusion: how far the logit before calibration falls when a word is hidden. "
        "Such numbers do not add up."
    )


def large_gaps(explanation: Explanation) -> list[str]:
    """Returns the labels whose attributions leave much over."""
    gaps, base = explanation.gaps, explanation.attributions.base_logits
    if gaps is None or explanation.attributions.steps is None:
        return []
    least = [
        max(LEAST_GAP, LARGE_GAP * abs(change)) for change in explanation.logits - base
    ]
    return [
        label
        for label, gap, limit in zip(explanation.labels, gaps, least, strict=True)
        if abs(gap) > limit
    ]


def label_line(explanation: Explanation, row: int, say: Language = ENGLISH) -> str:
    """Returns the numbers of a label: its score, its logit, and what that starts from.

    Args:
        explanation: Of a row of texts.
        row: The number of the label in it.
        say: The language.
    """
    label, gaps = explanation.labels[row], explanation.gaps
    is_given = label in explanation.prediction.labels
    parts = [
        say("predicted") if is_given else say("not predicted"),
        say("score {score}", score=f"{explanation.prediction.scores[label]:.3f}"),
        say("logit {logit}", logit=f"{explanation.logits[row]:.3f}"),
        say(
            "{base} with nothing of the text",
            base=f"{explanation.attributions.base_logits[row]:.3f}",
        ),
    ]
    if gaps is not None and explanation.attributions.steps is not None:
        parts.append(say("gap {gap}", gap=f"{gaps[row]:.4f}"))
    return say(", ").join(parts)


def strongest(
    explanation: Explanation, row: int, number: int = SHOWN_PARTS
) -> tuple[list[tuple[Span, float]], float]:
    """Returns the parts that count most, and what all others add up to.

    Args:
        explanation: Of a row of texts.
        row: The number of the label in it.
        number: How many at most.
    """
    scores = explanation.scores(explanation.labels[row])
    ranked = sorted(scores, key=lambda pair: -abs(pair[1]))
    return ranked[:number], sum(value for _, value in ranked[number:])


def part_rows(
    explanation: Explanation, row: int, say: Language = ENGLISH
) -> list[tuple[str, str, str]]:
    """Returns a line of a table for each of the strongest parts, and one for the rest.

    Each is an attribution, where its part stands, and the part.
    """
    shown, rest = strongest(explanation, row)
    several = len(explanation.columns) > 1
    rows = [
        (
            f"{value:+.3f}",
            f"{span.column} " * several + f"{span.start}-{span.end}",
            shown_ngram(span.text),
        )
        for span, value in shown
    ]
    others = len(explanation.spans) - len(shown)
    if others:
        rows.append((f"{rest:+.3f}", "", say("{n} others", n=f"{others:,}")))
    return rows
