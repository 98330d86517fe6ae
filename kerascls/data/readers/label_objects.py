"""Labels in a JSON object, as annotation tools write them."""

from collections.abc import Mapping, Sequence


def labels_of_object(value: Mapping[str, object]) -> Sequence[object]:
    """Returns the labels of `{"choices": ["a"]}` or `{"a": 1.0, "b": 0.0}`.

    The first is Label Studio's, where one choice may be a plain text; the second
    spaCy's. Of another object the only label is itself, which is none.

    Example:
        >>> labels_of_object({"体育": 1.0, "汽车": 0.0})
        ['体育']
    """
    if set(value) == {"choices"}:
        choices = value["choices"]
        return choices if isinstance(choices, list) else [choices]
    if all(isinstance(one, int | float) and one in (0, 1) for one in value.values()):
        return [name for name, one in value.items() if one == 1]
    return [value]
