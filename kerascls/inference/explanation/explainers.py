"""Methods that say why a text gets a label."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerascls.errors import SettingsError
from kerascls.system.tables import known_name, named

if TYPE_CHECKING:
    from kerascls.inference.explanation.explanation import Explanation
    from kerascls.inference.predictor import Predictor

_HERE = "kerascls.inference.explanation"
AUTO = "auto"


@dataclass(frozen=True, kw_only=True)
class Explainer:
    """One way to attribute a logit to the parts of a text.

    Args:
        meaning: What an attribution is, for help texts.
        attribute: `module:name` of what is called with a predictor, texts, columns and
            `on_progress`, and returns `Attributions`.
        suits: `module:name` of what says of a runtime whether it can be explained so.
        needs: What it needs, for messages.
        has_steps: Whether it takes `steps`.
    """

    meaning: str
    attribute: str
    suits: str
    needs: str
    has_steps: bool = False


# In the order of preference.
EXPLAINERS = {
    "contributions": Explainer(
        meaning="what n-grams add to the logit of a linear model, exactly",
        attribute=f"{_HERE}.contributions:attribute",
        suits=f"{_HERE}.contributions:suits",
        needs="a linear model",
    ),
    "integrated_gradients": Explainer(
        meaning="gradients summed up from a text of hidden tokens to this one",
        attribute=f"{_HERE}.integrated_gradients:attribute",
        suits=f"{_HERE}.integrated_gradients:suits",
        needs="runtime='keras', and a model neither seq2seq nor with hashed n-grams",
        has_steps=True,
    ),
    "occlusion": Explainer(
        meaning="how far the logit falls when a part of the text is hidden",
        attribute=f"{_HERE}.occlusion:attribute",
        suits=f"{_HERE}.occlusion:suits",
        needs="nothing",
    ),
}


def explain_text(
    predictor: "Predictor",
    texts: tuple[str, ...],
    labels: Sequence[str] = (),
    method: str = AUTO,
    steps: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> "Explanation":
    """Returns why a row of texts gets labels, see `Predictor.explain`."""
    from kerascls.inference.explanation.explanation import Explanation

    names = predictor.bundle.label_set
    wanted = list(dict.fromkeys([labels] if isinstance(labels, str) else labels))
    for label in wanted:
        names.column(label)
    chosen = explainer_for(predictor.runtime, method, steps)
    (prediction,) = predictor.predict([texts])
    if not wanted:
        likeliest = max(prediction.scores, key=prediction.scores.__getitem__)
        wanted = list(prediction.labels) or [likeliest]
    columns = [names.column(label) for label in wanted]
    options = {} if steps is None else {"steps": steps}
    attributions = named(EXPLAINERS[chosen].attribute)(
        predictor, texts, columns, on_progress=on_progress, **options
    )
    return Explanation(
        columns=predictor.bundle.input_spec.text_columns,
        texts=texts,
        prediction=prediction,
        labels=tuple(wanted),
        logits=predictor.text_logits([texts])[0, columns].astype("float64"),
        method=chosen,
        attributions=attributions,
    )


def explainer_for(runtime: Any, method: str, steps: int | None) -> str:
    """Returns the name of the method to explain a runtime with.

    Args:
        runtime: What computes logits.
        method: One of `EXPLAINERS`, or `"auto"`: the first that suits.
        steps: As it was stated.

    Raises:
        SettingsError: When there is no such method, it does not suit, or has no steps.
    """
    known_name((AUTO, *EXPLAINERS), method, "method")
    suitable = [name for name, row in EXPLAINERS.items() if named(row.suits)(runtime)]
    chosen = suitable[0] if method == AUTO else method
    if chosen not in suitable:
        raise SettingsError(
            f"Expected a method for this classifier: {', '.join(suitable)}. Received: "
            f"method={method!r}, which needs {EXPLAINERS[method].needs}. Choose one of "
            f"those, or leave it out."
        )
    has_steps = EXPLAINERS[chosen].has_steps
    if steps is not None and not has_steps:
        raise SettingsError(
            f"Expected steps for a method that takes some. Received: steps={steps!r} "
            f"for method={chosen!r}. Leave --steps out."
        )
    if steps is not None and (type(steps) is not int or steps < 1):
        raise SettingsError(
            f"Expected `steps` to be a whole number from 1 on. Received: "
            f"steps={steps!r}. Leave it out, or give 50 or more."
        )
    return chosen
