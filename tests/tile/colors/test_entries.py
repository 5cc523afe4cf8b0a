from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raster_core.errors import RequestError
from raster_core.tile.colors.entries import parse_classes, parse_intervals, stac_class


@pytest.mark.parametrize(
    ("written", "color"),
    [
        ("#FF8000", "#ff8000"),
        ("#f80", "#ff8800"),
        ("#f80c", "#ff8800cc"),
        ("#ff8000ff", "#ff8000"),
        ("#ff800080", "#ff800080"),
        ([255, 128, 0], "#ff8000"),
        ([255, 128, 0, 255], "#ff8000"),
        ([255, 128, 0, 0], "#ff800000"),
    ],
)
def test_colours_are_read_in_every_spelling(written: object, color: str):
    assert parse_classes([(1, written)]) == ((1,), (color,))


@pytest.mark.parametrize(
    "written",
    [
        *("", "red", "ff0000", "#ff", "#ff000", "#ff00000", "#ff0000000", "#gg0000"),
        *("#ff0000\n", "#٠٠٠", None, True, 3, {}),  # noqa: RUF001  digits, but not ours
        *([], [1, 2], [1, 2, 3, 4, 5], [1, 2, 256], [1, 2, -1], [1.5, 2, 3]),
        *([True, 0, 0], ["1", 2, 3]),
    ],
)
def test_what_is_no_colour_is_named(written: object):
    with pytest.raises(RequestError, match=r"colormap colour .* is not #rrggbb"):
        parse_classes([(1, written)])


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *(("1", 1), ("-7", -7), ("1.0", 1), ("0.5", 0.5), ("1e3", 1000)),
        *((3, 3), (2.5, 2.5), (str(2**53 + 1), 2**53 + 1)),
    ],
)
def test_values_are_read_as_whole_numbers_where_they_are(written: object, value: float):
    (found,), _ = parse_classes([(written, "#000")])

    assert found == value
    assert isinstance(found, type(value))


@pytest.mark.parametrize(
    "written", ["", "a", "nan", "inf", "-Infinity", "1e999", None, True, [1], {}]
)
def test_what_is_no_value_is_named(written: object):
    with pytest.raises(RequestError, match=r"colormap value .* is not a finite number"):
        parse_classes([(written, "#000")])


def test_classes_ascend_and_the_last_of_equal_ones_counts():
    entries = [("7", "#700000"), ("-1", "#100000"), ("7.0", "#800000")]

    assert parse_classes(entries) == ((-1, 7), ("#100000", "#800000"))


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=9, unique=True))
def test_intervals_stay_in_their_order(ends: list[float]):
    pairs = [sorted(pair) for pair in pairwise(ends)]

    bounds, colors = parse_intervals([[pair, "#123456"] for pair in pairs])

    assert [list(pair) for pair in bounds] == pairs
    assert colors == ("#123456",) * len(pairs)


def test_an_end_may_be_open():
    bounds, _ = parse_intervals([[[None, 1], "#000"], [[1, None], "#fff"]])

    assert bounds == ((-math.inf, 1.0), (1.0, math.inf))


@pytest.mark.parametrize(
    "entry",
    [
        *([], 1, "ab", None, [[0, 1]], [[0, 1], "#000", 1], [[0, 1, 2], "#000"]),
        *([[1, 1], "#000"], [[2, 1], "#000"], [["0", "1"], "#000"]),
        *([[False, True], "#000"], [[0, math.nan], "#000"], [{"0": 1}, "#000"]),
    ],
)
def test_what_is_no_interval_is_named(entry: object):
    with pytest.raises(
        RequestError, match=r"colormap interval .* is not \[\[min, max\]"
    ):
        parse_intervals([entry])


def test_an_end_beyond_all_doubles_is_an_error_and_no_crash():
    with pytest.raises(RequestError, match="colormap interval"):
        parse_intervals([[[0, 10**400], "#000"]])


def test_classes_of_stac_are_read():
    entry = {"value": 3, "name": "water", "color_hint": "0000FF"}

    assert parse_classes([stac_class(entry)]) == ((3,), ("#0000ff",))
