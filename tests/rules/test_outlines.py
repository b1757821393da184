import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zq_grid.rules.outlines import Outlines, inside, point

LEFT = [(0, 0), (60, 10), (50, 90), (0, 100)]
RIGHT = [(60, 10), (100, 0), (100, 100), (50, 90)]
NOTCHED = [(0, 0), (90, 0), (90, 90), (45, 30), (0, 90)]


@pytest.mark.parametrize(
    ("lon", "lat", "expected"),
    [
        ("121.4", "31.06", (121_400_000, 31_060_000)),
        (" 121.4000009 ", "-0.5", (121_400_000, -500_000)),
        ("121", "31.", (121_000_000, 31_000_000)),
        ("1e2", "31", None),
        ("nan", "31", None),
        ("", "31", None),
        ("1214000000", "31", None),
        ("１２１", "31", None),
    ],
)
def test_decimal_degrees_are_read_exactly_or_not_at_all(lon, lat, expected):
    assert point(lon, lat) == expected


@given(st.integers(1, 99), st.integers(10, 89))
@example(55, 50)
def test_a_point_beside_or_on_a_shared_edge_lies_in_exactly_one(x, y):
    assert inside(LEFT, x, y) + inside(RIGHT, x, y) == 1
    assert inside(LEFT[::-1], x, y) == inside(LEFT, x, y)


def test_a_notch_is_outside():
    assert inside(NOTCHED, 45, 20)
    assert inside(NOTCHED, 10, 60)
    assert not inside(NOTCHED, 45, 60)


def test_an_outline_of_two_corners_holds_nothing():
    outlines = Outlines()
    outlines.add("a", [("1", "1"), ("2", "2")])
    outlines.add("b", [("1", "1"), ("x", "y"), ("2", "2")])
    outlines.add("c", [("5", "5"), ("6", "5"), ("6", "6")])
    assert outlines.at((1_500_000, 1_500_000)) is None
    assert outlines.at((5_900_000, 5_500_000)) == "c"
