"""Where the names of points go, so that none covers another or a point."""

from collections.abc import Iterator, Sequence
from math import cos, pi, sin

Box = tuple[float, float, float, float]
Point = tuple[float, float]

_ANGLES = 24
_STEP = 0.5
_RINGS = 60
# A label further away than that is harder to follow than one that crosses a line.
_NEAR_RINGS = 4


def label_places(
    points: Sequence[Point],
    sizes: Sequence[Point],
    frame: Box,
    gap: float = 6.0,
    lines: Sequence[Box] = (),
) -> list[Point]:
    """Returns the lower left corner of each label.

    A label goes to the nearest place around its point, first to the right, that is
    within the frame and free of labels placed before, of all points, and of lines if
    that can be. Where there is none, to the right.

    Args:
        points: What is labelled, x and y.
        sizes: Width and height of each label.
        frame: Left, lower, right and upper end of where labels may be.
        gap: Between a point and its label, and what is kept free around points.
        lines: What else is drawn, as thin boxes.

    Example:
        >>> label_places([(0, 0)], [(10, 4)], (-50, -50, 50, 50))
        [(6.0, -2.0)]
    """
    taken = [(x - gap / 2, y - gap / 2, x + gap / 2, y + gap / 2) for x, y in points]
    places = []
    for point, size in zip(points, sizes, strict=True):
        free = [
            box
            for box in _around(point, size, gap)
            if _within(box, frame) and not any(_overlap(box, one) for one in taken)
        ]
        near = free[: _NEAR_RINGS * _ANGLES]
        clear = (box for box in near if not any(_overlap(box, one) for one in lines))
        box = next(clear, next(iter(free), next(_around(point, size, gap))))
        taken.append(box)
        places.append(box[:2])
    return places


def _around(point: Point, size: Point, gap: float) -> Iterator[Box]:
    """Yields places of a label, ring by ring away from its point."""
    (x, y), (width, height) = point, size
    for ring in range(_RINGS):
        far = gap + ring * _STEP * height
        for turn in range(_ANGLES):
            # To the right first, then to both sides by turns.
            step = (turn + 1) // 2 * (-1 if turn % 2 else 1)
            angle = 2 * pi * step / _ANGLES
            middle_x = x + cos(angle) * (far + width / 2)
            middle_y = y + sin(angle) * (far + height / 2)
            left, low = middle_x - width / 2, middle_y - height / 2
            yield left, low, left + width, low + height


def _within(box: Box, frame: Box) -> bool:
    left, low, right, high = box
    return (
        left >= frame[0] and low >= frame[1] and right <= frame[2] and high <= frame[3]
    )


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
