"""Labels in a JSON object, as annotation tools write them."""

import json
from collections.abc import Mapping, Sequence

from kerascls.errors import DataError


def labels_of_object(value: Mapping[str, object]) -> Sequence[object]:
    """Returns the labels of `{"choices": ["a"]}` or `{"a": 1.0, "b": 0.0}`.

    The first is Label Studio's, where one choice may be a plain text; the second
    spaCy's.

    Raises:
        DataError: When it is neither.

    Example:
        >>> labels_of_object({"体育": 1.0, "汽车": 0.0})
        ['体育']
    """
    if set(value) == {"choices"}:
        choices = value["choices"]
        return choices if isinstance(choices, list) else [choices]
    if all(isinstance(one, int | float) and one in (0, 1) for one in value.values()):
        return [name for name, one in value.items() if one == 1]
    shown = json.dumps(value, ensure_ascii=False, default=str)
    raise DataError(
        f'an object must give each label 1 or 0, or be {{"choices": [...]}}, not '
        f"{shown:.80}"
    )
