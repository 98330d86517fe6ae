"""Keywords that a function does not know: the one error for them."""

from collections.abc import Callable, Iterable
from functools import wraps
from inspect import Parameter, signature
from typing import Any, NoReturn, ParamSpec, TypeVar

from kerascls.errors import KeywordError
from kerascls.system.tables import did_you_mean, nearest

P = ParamSpec("P")
R = TypeVar("R")
_WITHOUT_NAME = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def checked_keywords(
    *more: Iterable[str],
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Returns a decorator: an unknown keyword is an error that gives the nearest one.

    Args:
        *more: Names that a function with `**options` takes beside its own.

    Example:
        >>> @checked_keywords()
        ... def diff(run_a, run_b, *, seed=0): ...
        >>> diff("a", "b", sed=1)
        KeywordError: `sed` is not a keyword of diff(). Received: sed=1. Did you mean
        'seed'? Known: run_a, run_b, seed.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        known = known_keywords(function, *more)
        parameters = signature(function).parameters.values()
        unnamed = [one.name for one in parameters if one.kind in _WITHOUT_NAME]

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            if len(args) > len(unnamed):
                _refuse_unnamed(function, len(args), unnamed, known)
            for name in kwargs:
                if name not in known:
                    refuse_keyword(function, name, kwargs[name], known)
            return function(*args, **kwargs)

        return call

    return decorate


def _refuse_unnamed(
    function: Callable, number: int, unnamed: list[str], known: Iterable[str]
) -> NoReturn:
    example = ", as in train=(texts, labels)" if "train" in known else ""
    raise KeywordError(
        f"{function.__qualname__.removesuffix('.__init__')}() takes only "
        f"{', '.join(unnamed) or 'nothing'} without a name. Received: {number} values. "
        f"Name the others{example}. Known: {', '.join(known)}."
    )


def known_keywords(function: Callable, *more: Iterable[str]) -> tuple[str, ...]:
    """Returns the names of a function's parameters, and those in `more`."""
    variable = (Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL)
    parameters = signature(function).parameters.values()
    own = [one.name for one in parameters if one.kind not in variable]
    names = [*own, *(name for names in more for name in names)]
    return tuple(dict.fromkeys(name for name in names if name not in ("self", "cls")))


def refuse_keyword(
    function: Callable, name: str, value: Any, known: Iterable[str]
) -> NoReturn:
    """Raises a `KeywordError` about a keyword that a function does not have."""
    called, known = function.__qualname__.removesuffix(".__init__"), list(known)
    received = (
        f"`{name}` is not a keyword of {called}(). Received: {name}={value!r:.200}."
    )
    if name == "class_weight" and (ways := _ways_to_weigh(called, known)):
        of_labels, own = ways
        raise KeywordError(
            f"{received} Write {of_labels}: it counts the labels of training rows, and "
            f"is right also where a row has several, as Keras's class_weight is not. "
            f"Weights of your own are {own}."
        )
    advice = did_you_mean(nearest(name, known), "Leave it out.")
    raise KeywordError(f"{received} {advice} Known: {', '.join(known)}.")


def _ways_to_weigh(called: str, known: Iterable[str]) -> tuple[str, str] | None:
    """Returns how a function that trains is told of weights; None for others."""
    if "imbalance" in known:
        return "imbalance='class_weight'", "label_weights={'LABEL': 2.5}"
    if called.partition(".")[0] == "KerasTextClassifier":
        ways = "{'imbalance': 'class_weight'}", "{'label_weights': {'LABEL': 2.5}}"
        one, other = (f"KerasTextClassifier(options={way})" for way in ways)
        return one, other
    return None
