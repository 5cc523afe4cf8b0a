from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from raster_core.bands import BandInfo
from raster_core.tile.colors.renderings import ClassColors, Intervals, Ramp
from raster_core.tile.images.indices import palette, palette_indices
from raster_core.tile.images.stretching import Stretch, band_bytes

TYPES = (
    *("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"),
    *("float16", "float32", "float64"),
)

RAMP = Ramp(0, 100, "gray")

# Numbers that every operation below holds exactly, so that the laws need no tolerance.
EIGHTHS = st.integers(-4000, 4000).map(lambda n: n / 8)


def band_of(dtype: str, scale: float = 1.0, offset: float = 0.0) -> BandInfo:
    return BandInfo(1, "b1", dtype, scale=scale, offset=offset)


def ramp_index(value: float, ramp: Ramp) -> int:
    """The formula of a ramp, for one physical value."""
    if math.isnan(value):
        return 0
    place = (value - ramp.minimum) * 255 / (ramp.maximum - ramp.minimum)
    return 1 + int(min(max(place, 0.0), 254.0))


def interval_index(value: float, rendering: Intervals) -> int:
    """The last interval's that holds a value, as one would look it up by hand."""
    colors = list(dict.fromkeys(rendering.colors))
    index = 0
    for (low, high), color in zip(rendering.bounds, rendering.colors, strict=True):
        if low <= value and (value < high or high == value == math.inf):
            index = colors.index(color) + 1
    return index


@pytest.mark.parametrize("dtype", TYPES[1:])
def test_the_ramps_ends_are_its_first_and_last_colour(dtype: str):
    values = np.array([0, 1, 50, 99, 100, 101, 120]).astype(dtype)

    indices = palette_indices(values, band_of(dtype), RAMP)

    assert indices.dtype == np.uint8
    assert indices.tolist() == [1, 3, 128, 253, 255, 255, 255]


@given(
    st.sampled_from(("int8", "uint8", "int16", "uint16")).flatmap(
        lambda dtype: hnp.arrays(dtype, 40)
    ),
    st.sampled_from((1.0, 0.5, -2.0)),
    EIGHTHS,
)
def test_every_value_has_the_index_of_the_formula(
    values: np.ndarray, scale: float, offset: float
):
    ramp, band = Ramp(-10.0, 300.0, "gray"), band_of(values.dtype.name, scale, offset)

    indices = palette_indices(values, band, ramp)

    expected = [ramp_index(v * scale + offset, ramp) for v in values.tolist()]
    assert indices.tolist() == expected


@given(hnp.arrays("float64", 40, elements=st.floats(width=32)))
def test_every_float_has_the_index_of_the_formula(values: np.ndarray):
    ramp = Ramp(-10.0, 300.0, "gray")

    indices = palette_indices(values, band_of("float64"), ramp)

    assert indices.tolist() == [ramp_index(v, ramp) for v in values.tolist()]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_infinite_values_get_the_end_colours_and_nan_none(dtype: str):
    values = np.array([-np.inf, np.inf, np.finfo(dtype).max, np.nan]).astype(dtype)

    assert palette_indices(values, band_of(dtype), RAMP).tolist() == [1, 255, 255, 0]


def test_values_beyond_what_a_double_holds_are_clipped_without_a_warning():
    values = np.array([-(2**63), 2**63 - 1], np.int64)

    indices = palette_indices(values, band_of("int64", 1e300, 1e308), RAMP)

    assert indices.tolist() == [1, 255]


@pytest.mark.parametrize(
    "ramp", [Ramp(5.0, 5.0, "gray"), Ramp(5.0, math.nextafter(5.0, 6.0), "gray")]
)
def test_a_range_of_next_to_nothing_parts_low_from_high(ramp: Ramp):
    values = np.array([4.0, 5.0, 7.0])

    assert palette_indices(values, band_of("float64"), ramp).tolist() == [1, 1, 255]


def test_the_smallest_range_there_is_does_not_divide_by_zero():
    ramp = Ramp(0.0, 5e-324, "gray")

    indices = palette_indices(np.array([0.0, 1.0]), band_of("float64"), ramp)

    assert indices.tolist() == [1, 255]


@pytest.mark.parametrize("dtype", TYPES[1:])
def test_classes_are_found_in_every_type(dtype: str):
    classes = ClassColors((1, 4, 7, 300), ("#ff0000", "#00ff00", "#ff0000", "#0000ff"))
    values = np.array([0, 1, 4, 7, 8]).astype(dtype)

    assert palette_indices(values, band_of(dtype), classes).tolist() == [0, 1, 2, 1, 0]


def test_classes_of_a_yes_or_no_are_found():
    classes = ClassColors((0, 1), ("#ff0000", "#00ff00"))
    values = np.array([[False, True]])

    assert palette_indices(values, band_of("bool"), classes).tolist() == [[1, 2]]


def test_whole_numbers_that_no_double_tells_apart_are_told_apart():
    classes = ClassColors((2**53, 2**53 + 1), ("#ff0000", "#00ff00"))
    values = np.array([2**53, 2**53 + 1, 2**53 + 2], np.int64)

    assert palette_indices(values, band_of("int64"), classes).tolist() == [1, 2, 0]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_a_class_is_found_by_the_value_as_the_type_rounds_it(dtype: str):
    classes = ClassColors((0.1, 0.7, 1e300), ("#ff0000", "#00ff00", "#0000ff"))
    values = np.array([0.1, 0.7, 0.8, np.nan, np.inf]).astype(dtype)

    indices = palette_indices(values, band_of(dtype), classes)

    assert indices.tolist() == [1, 2, 0, 0, 0]


def test_classes_that_no_pixel_can_have_draw_nothing():
    classes = ClassColors((-1, 0.5, 256), ("#ff0000",) * 3)

    indices = palette_indices(
        np.arange(256).astype(np.uint8), band_of("uint8"), classes
    )

    assert not indices.any()


@given(st.lists(st.integers(-200, 200), min_size=1, unique=True))
def test_every_class_has_its_colour_by_table_and_by_search(keys: list[int]):
    colors = tuple(f"#{abs(key) % 7:06x}" for key in keys)
    classes = ClassColors(tuple(keys), colors)
    values = np.arange(-210, 210)

    by_table = palette_indices(values.astype("int16"), band_of("int16"), classes)
    by_search = palette_indices(values.astype("int32"), band_of("int32"), classes)

    numbers = {color: n for n, color in enumerate(dict.fromkeys(colors), 1)}
    found = dict(zip(keys, colors, strict=True))
    expected = [numbers[found[v]] if v in found else 0 for v in values.tolist()]
    assert by_table.tolist() == by_search.tolist() == expected


def test_more_colours_than_bytes_count_in_two():
    many = ClassColors(tuple(range(300)), tuple(f"#{n:06x}" for n in range(300)))

    indices = palette_indices(np.array([0, 299, 300]), band_of("int64"), many)

    assert indices.dtype == np.uint16
    assert indices.tolist() == [1, 300, 0]
    assert palette(many).shape == (300, 4)


ENDS = st.tuples(
    EIGHTHS | st.just(-math.inf), st.integers(1, 2000) | st.just(math.inf)
).map(lambda pair: (pair[0], max(pair[0], 0.0) + pair[1]))


@given(
    st.lists(ENDS, min_size=1, max_size=6),
    hnp.arrays(
        "float64",
        20,
        elements=EIGHTHS | st.sampled_from((math.inf, -math.inf, math.nan)),
    ),
)
def test_intervals_are_looked_up_as_by_hand(
    bounds: list[tuple[float, float]], values: np.ndarray
):
    colors = tuple(f"#0000{n % 3:02x}" for n in range(len(bounds)))
    rendering = Intervals(tuple(bounds), colors)
    edges = np.array(bounds).ravel()
    values = np.concatenate((values, edges[np.isfinite(edges)]))

    indices = palette_indices(values, band_of("float64"), rendering)

    assert indices.tolist() == [interval_index(v, rendering) for v in values.tolist()]


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "float32"])
def test_intervals_are_of_physical_values(dtype: str):
    rendering = Intervals(((0.0, 10.0), (10.0, math.inf)), ("#ff0000", "#00ff00"))
    values = np.array([-1, 0, 4, 5, 100]).astype(dtype)

    indices = palette_indices(values, band_of(dtype, scale=2.0), rendering)

    assert indices.tolist() == [0, 1, 1, 2, 2]


def test_an_intervals_end_is_rounded_as_the_pixels_are():
    rendering = Intervals(((0.7, 0.8),), ("#ff0000",))
    values = np.array([0.7, 0.8], np.float32)

    assert palette_indices(values, band_of("float32"), rendering).tolist() == [1, 0]


def test_the_palette_has_every_colour_once_with_its_alpha():
    classes = ClassColors((1, 2, 3), ("#ff0000", "#00ff0080", "#ff0000"))

    assert palette(classes).tolist() == [[255, 0, 0, 255], [0, 255, 0, 128]]


@pytest.mark.parametrize("dtype", TYPES[1:])
def test_bytes_are_spread_between_the_ends_and_rounded(dtype: str):
    values = np.array([0, 1, 50, 99, 100, 120]).astype(dtype)

    spread = band_bytes(values, Stretch(band_of(dtype).scaling, (0.0, 100.0)))

    assert spread.tolist() == [0, 3, 128, 252, 255, 255]


@given(hnp.arrays("uint8", 30), st.sampled_from((1.0, 0.25)), EIGHTHS)
def test_bytes_over_their_own_range_stay_as_they_are(
    values: np.ndarray, scale: float, offset: float
):
    band = band_of("uint8", scale, offset)

    same = band_bytes(values, Stretch(band.scaling, (offset, scale * 255 + offset)))

    assert same.tolist() == values.tolist()


@given(hnp.arrays("int16", 30), EIGHTHS, st.integers(1, 500))
def test_the_table_of_bytes_is_the_arithmetic(
    values: np.ndarray, low: float, length: int
):
    ends = low, low + length

    by_table = band_bytes(values, Stretch(band_of("int16").scaling, ends))

    wide = band_bytes(values.astype(np.int32), Stretch(band_of("int32").scaling, ends))
    assert by_table.tolist() == wide.tolist()


def test_what_is_no_number_is_dark():
    values = np.array([np.nan, np.inf, -np.inf], np.float32)

    stretch = Stretch(band_of("float32").scaling, (0.0, 1.0))
    assert band_bytes(values, stretch).tolist() == [0, 255, 0]
