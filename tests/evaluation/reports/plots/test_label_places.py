"""Labels cover neither each other nor points."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from kerascls.evaluation.reports.plots.label_places import label_places

FRAME = (0.0, 0.0, 500.0, 300.0)
points = st.lists(
    st.tuples(st.floats(0, 500), st.floats(0, 300)), min_size=1, max_size=12
)


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def boxes(places, sizes):
    return [
        (x, y, x + width, y + height)
        for (x, y), (width, height) in zip(places, sizes, strict=True)
    ]


def free_of_each_other(points, sizes):
    placed = boxes(label_places(points, sizes, FRAME), sizes)
    marks = [(x - 3, y - 3, x + 3, y + 3) for x, y in points]
    for a, b in combinations(placed, 2):
        assert not overlap(a, b)
    assert not any(overlap(box, mark) for box in placed for mark in marks)
    assert all(
        left >= 0 and low >= 0 and right <= 500 and high <= 300
        for left, low, right, high in placed
    )


@settings(max_examples=60)
@given(points)
def test_twelve_labels_have_room_wherever_their_points_are(points):
    free_of_each_other(points, [(70.0, 11.0)] * len(points))


def test_twelve_points_in_one_place_are_labelled():
    free_of_each_other([(250.0, 150.0)] * 12, [(90.0, 11.0)] * 12)
    free_of_each_other([(499.0, 1.0)] * 12, [(90.0, 11.0)] * 12)


def test_a_point_alone_has_its_label_to_the_right():
    assert label_places([(0, 0)], [(10, 4)], (-50, -50, 50, 50)) == [(6.0, -2.0)]


def test_a_label_without_room_goes_to_the_right_all_the_same():
    assert label_places([(0, 0)], [(101, 4)], (-50, -50, 50, 50)) == [(6.0, -2.0)]
