"""Kernels: laws, a slow oracle, and cases to be checked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from affine import Affine
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from raster_core.grid import Grid, Window
from raster_core.raster import RasterArray, Resampling
from raster_core.sources.crs.operations import pixel_transform
from raster_core.sources.warp import blend
from raster_core.sources.warp.kernels import (
    AREA_KERNELS,
    UNSCALED,
    axis_weights,
    kernel_reach,
)
from raster_core.sources.warp.plan import Blend, Nothing, Paste
from raster_core.sources.warp.planning import plan_read
from raster_core.sources.warp.resample import read_around, resample

SMOOTH = [Resampling.BILINEAR, Resampling.CUBIC, Resampling.AVERAGE]
BLENDING = [*SMOOTH, Resampling.MODE]
TYPES = [
    "uint8",
    "int8",
    "uint16",
    "int16",
    "uint32",
    "int32",
    "uint64",
    "int64",
    "float16",
    "float32",
    "float64",
]


def raster_of(data: np.ndarray, mask: np.ndarray | None = None) -> RasterArray:
    """An array of (row, col) at (0, 0), rows downwards, pixels of one metre."""
    height, width = data.shape
    grid = Grid("EPSG:3857", Affine(1, 0, 0, 0, -1, height), width, height)
    valid = np.ones(data.shape, bool) if mask is None else mask
    return RasterArray(data[None], valid[None], grid)


def target(place: Affine, width: int, height: int, source: RasterArray) -> Grid:
    """A grid whose pixels lie on the source's as ``place`` says."""
    return Grid("EPSG:3857", source.grid.transform @ place, width, height)


def cut(source: RasterArray, window: Window) -> RasterArray:
    """A window of an array, which may reach beyond it."""
    grid = source.grid
    shape = (len(source.data), window.height, window.width)
    data, mask = np.zeros(shape, source.data.dtype), np.zeros(shape, bool)
    part = window.intersection(grid.window)
    rows = slice(part.row - window.row, part.row_stop - window.row)
    cols = slice(part.col - window.col, part.col_stop - window.col)
    inside = slice(part.row, part.row_stop), slice(part.col, part.col_stop)
    data[:, rows, cols] = source.data[:, *inside]
    mask[:, rows, cols] = source.mask[:, *inside]
    return RasterArray(data, mask, grid.crop(window))


def fill(source: RasterArray, grid: Grid, kernel: Resampling) -> RasterArray:
    plan = plan_read(
        grid, [source.grid], pixel_transform(source.grid, grid), resampling=kernel
    )
    if isinstance(plan, Nothing):
        shape = (len(source.data), *grid.shape)
        return RasterArray(
            np.zeros(shape, source.data.dtype), np.zeros(shape, bool), grid
        )
    if isinstance(plan, Paste):
        return cut(source, plan.window)
    return resample(cut(source, plan.window), plan, grid)


PLACES = st.builds(
    lambda scale, ratio, turn, col, row: (
        Affine.translation(col, row)
        @ Affine.rotation(turn)
        @ Affine.scale(scale, scale * ratio)
    ),
    st.floats(0.2, 3.5),
    st.floats(0.6, 1.6),
    st.sampled_from([0.0, 10.0, 30.0, 77.0]),
    st.floats(-3, 12),
    st.floats(-3, 12),
)


# At the limit itself, rounding decides.
SIZES = st.floats(0.3, 2.5).filter(lambda size: abs(size - UNSCALED) > 1e-6)


def noise(seed: int, dtype: str = "float64") -> np.ndarray:
    generator = np.random.default_rng(seed)
    return generator.integers(0, 100, (25, 30)).astype(dtype)


def holes(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((25, 30)) > 0.2


@given(st.sampled_from(BLENDING), st.sampled_from(TYPES), PLACES)
@settings(deadline=None, max_examples=50)
def test_what_is_the_same_everywhere_stays_so(
    kernel: Resampling, dtype: str, place: Affine
):
    value = {"f": 0.1, "i": np.iinfo("int8").max, "u": 255}[np.dtype(dtype).kind]
    source = raster_of(np.full((25, 30), value, dtype), holes(3))

    found = fill(source, target(place, 8, 9, source), kernel)

    assert found.data.dtype == np.dtype(dtype)
    np.testing.assert_allclose(
        found.data[found.mask].astype(float), float(source.data[0, 0, 0]), rtol=1e-6
    )


@given(st.sampled_from(BLENDING), PLACES, st.integers(0, 99))
@settings(deadline=None, max_examples=50)
def test_what_has_no_data_never_shows(kernel: Resampling, place: Affine, seed: int):
    """No dark rims: whatever is stored there, not a number included."""
    mask, values = holes(seed), noise(seed)
    grid = target(place, 8, 9, raster_of(values))

    clean = fill(raster_of(np.where(mask, values, 0), mask), grid, kernel)
    dirty = fill(raster_of(np.where(mask, values, np.nan), mask), grid, kernel)

    np.testing.assert_array_equal(clean.mask, dirty.mask)
    np.testing.assert_array_equal(clean.data[clean.mask], dirty.data[clean.mask])


@given(
    st.sampled_from([Resampling.BILINEAR, Resampling.AVERAGE, Resampling.MODE]),
    PLACES,
    st.integers(0, 99),
)
@settings(deadline=None, max_examples=50)
def test_values_stay_between_those_around(kernel: Resampling, place: Affine, seed: int):
    source = raster_of(noise(seed), holes(seed))

    found = fill(source, target(place, 8, 9, source), kernel)

    present = source.data[source.mask]
    values = found.data[found.mask]
    assert (values >= present.min() - 1e-9).all()
    assert (values <= present.max() + 1e-9).all()


@given(PLACES, st.integers(0, 99))
@settings(deadline=None, max_examples=50)
def test_between_centres_masks_are_the_nearest_pixels(place: Affine, seed: int):
    source = raster_of(noise(seed), holes(seed))
    grid = target(place, 8, 9, source)

    masks = [
        fill(source, grid, kernel).mask
        for kernel in (Resampling.NEAREST, Resampling.BILINEAR, Resampling.CUBIC)
    ]

    np.testing.assert_array_equal(masks[0], masks[1])
    np.testing.assert_array_equal(masks[0], masks[2])


@given(st.sampled_from(SMOOTH), PLACES, st.integers(0, 99))
@settings(deadline=None, max_examples=50)
def test_bands_do_not_touch_each_other(kernel: Resampling, place: Affine, seed: int):
    first = raster_of(noise(seed), holes(seed))
    second = raster_of(noise(seed + 1), holes(seed + 1))
    grid = target(place, 8, 9, first)
    both = RasterArray(
        np.concatenate([first.data, second.data]),
        np.concatenate([first.mask, second.mask]),
        first.grid,
    )

    found = fill(both, grid, kernel)

    for band, alone in enumerate((first, second)):
        expected = fill(alone, grid, kernel)
        np.testing.assert_array_equal(found.data[band], expected.data[0])
        np.testing.assert_array_equal(found.mask[band], expected.mask[0])


def kernel_at(kernel: Resampling, distance: float, size: float) -> float:
    """A weight, straight from the definition."""
    if kernel is Resampling.AVERAGE:
        low, high = max(-size / 2, distance - 0.5), min(size / 2, distance + 0.5)
        return max(0.0, high - low)
    x = abs(distance) / (size if size > UNSCALED else 1.0)
    if kernel is Resampling.BILINEAR:
        return max(0.0, 1 - x)
    if x < 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x < 2 else 0.0


def weigh(
    source: RasterArray,
    spot: tuple[float, float],
    sizes: tuple[float, float],
    kernel: Resampling,
) -> float | None:
    """The value at a position (col, row), pixel by pixel; None without data."""
    data, mask = source.data[0], source.mask[0]
    col, row = spot
    if kernel not in AREA_KERNELS and not mask[math.floor(row), math.floor(col)]:
        return None
    weights = np.array(
        [
            [
                kernel_at(kernel, c + 0.5 - col, sizes[0])
                * kernel_at(kernel, r + 0.5 - row, sizes[1])
                for c in range(data.shape[1])
            ]
            for r in range(data.shape[0])
        ]
    )
    total = (weights * mask).sum()
    return float((weights * mask * data).sum() / total) if total > 1e-9 else None


@given(
    st.sampled_from([Resampling.BILINEAR, Resampling.AVERAGE]),
    SIZES,
    SIZES,
    st.tuples(st.floats(8, 11), st.floats(8, 11)),
    st.integers(0, 99),
)
@settings(deadline=None, max_examples=50)
def test_a_weighted_mean_is_what_its_definition_says(
    kernel: Resampling,
    width: float,
    height: float,
    start: tuple[float, float],
    seed: int,
):
    source = raster_of(noise(seed), holes(seed))
    place = Affine.translation(*start) @ Affine.scale(width, height)
    wanted = target(place, 3, 2, source)
    assume(source.grid.window_of(wanted) is None)  # or it is a copy

    found = fill(source, wanted, kernel)

    for row in range(2):
        for col in range(3):
            spot = place @ (col + 0.5, row + 0.5)
            expected = weigh(source, spot, (width, height), kernel)
            assert bool(found.mask[0, row, col]) == (expected is not None)
            if expected is not None:
                assert found.data[0, row, col] == pytest.approx(expected, abs=1e-3)


@given(SIZES, st.tuples(st.floats(9, 11), st.floats(9, 11)))
@settings(deadline=None, max_examples=50)
def test_cubic_is_what_its_definition_says(size: float, start: tuple[float, float]):
    source = raster_of(noise(1))
    place = Affine.translation(*start) @ Affine.scale(size)

    found = fill(source, target(place, 2, 2, source), Resampling.CUBIC)

    for row, col in np.ndindex(2, 2):
        spot = place @ (col + 0.5, row + 0.5)
        expected = weigh(source, spot, (size, size), Resampling.CUBIC)
        assert found.data[0, row, col] == pytest.approx(expected, abs=1e-3)


def missing_share(spot: tuple[float, float], hole: tuple[int, int]) -> float:
    """A pixel's (col, row) fraction of a cubic kernel's absolute weights."""
    col, row = (
        abs(kernel_at(Resampling.CUBIC, pixel + 0.5 - at, 1.0))
        for pixel, at in zip(hole, spot, strict=True)
    )
    return col * row


def test_cubic_beside_a_hole_is_bilinear():
    """But where the hole is at the rim of the kernel, it hardly counts."""
    mask = np.ones((25, 30), bool)
    mask[10, 10] = False
    source = raster_of(noise(5), mask)
    place = Affine.translation(7.3, 7.4)
    grid = target(place, 6, 6, source)

    cubic = fill(source, grid, Resampling.CUBIC)

    bilinear = fill(source, grid, Resampling.BILINEAR)
    plain = fill(raster_of(noise(5)), grid, Resampling.CUBIC)
    kinds = set()
    for row, col in np.argwhere(cubic.mask[0]):
        spot = place @ (col + 0.5, row + 0.5)
        share = missing_share(spot, (10, 10))
        found = cubic.data[0, row, col]
        if share > 0.1:
            kinds.add("torn")
            assert found == pytest.approx(bilinear.data[0, row, col])
        elif share > 0:
            kinds.add("frayed")
            expected = weigh(source, spot, (1.0, 1.0), Resampling.CUBIC)
            assert found == pytest.approx(expected)
        else:
            kinds.add("whole")
            assert found == pytest.approx(plain.data[0, row, col])
    assert kinds == {"torn", "frayed", "whole"}


def vote(source: RasterArray, box: tuple[float, float, float, float]) -> float | None:
    """The most frequent value in (left, top, right, bottom), by area."""
    left, top, right, bottom = box
    areas: dict[float, float] = {}
    for row in range(math.floor(top), math.ceil(bottom)):
        for col in range(math.floor(left), math.ceil(right)):
            width = min(right, col + 1) - max(left, col)
            height = min(bottom, row + 1) - max(top, row)
            if source.mask[0, row, col]:
                value = float(source.data[0, row, col])
                areas[value] = areas.get(value, 0) + width * height
    best = max(areas.values(), default=0.0)
    leaders = [value for value, area in areas.items() if area > best - 1e-6]
    # An area that is there by rounding alone need not be seen.
    return leaders[0] if len(leaders) == 1 and best > 1e-6 else None


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32"])
@given(
    st.floats(0.3, 6.5).filter(lambda size: abs(size - 1) > 0.01),  # that is a paste
    st.floats(0.3, 6.5),
    st.tuples(st.floats(3, 8), st.floats(3, 8)),
    st.integers(0, 99),
)
@settings(deadline=None, max_examples=50)
def test_the_mode_is_the_value_of_the_largest_area(
    dtype: str, width: float, height: float, start: tuple[float, float], seed: int
):
    classes = np.random.default_rng(seed).integers(0, 4, (25, 30)).astype(dtype)
    source = raster_of(classes, holes(seed))
    place = Affine.translation(*start) @ Affine.scale(width, height)

    found = fill(source, target(place, 2, 2, source), Resampling.MODE)

    for row, col in np.ndindex(2, 2):
        corners = *(place @ (col, row)), *(place @ (col + 1, row + 1))
        expected = vote(source, corners)
        if expected is not None:
            assert found.mask[0, row, col]
            assert found.data[0, row, col] == expected


def test_of_equally_frequent_values_the_one_that_is_complete_first_counts():
    source = raster_of(np.array([[1, 2, 2], [2, 1, 3], [4, 3, 4]], "uint8"))

    found = fill(source, target(Affine.scale(2), 1, 1, source), Resampling.MODE)

    # 1 and 2 have two pixels each; reading on, the second 2 is before the second 1.
    assert found.data[0, 0, 0] == 2


@pytest.mark.parametrize("kernel", BLENDING)
def test_a_pixel_far_larger_than_those_of_the_raster_is_about_their_mean(
    kernel: Resampling,
):
    """A raster without overviews, turned so that it is weighed point by point."""
    values = np.full((600, 600), 7.0)
    values[:, ::2] = 9.0
    source = raster_of(values)
    turned = Affine.translation(300, 60) @ Affine.rotation(20) @ Affine.scale(50)

    found = fill(source, target(turned, 4, 4, source), kernel)

    assert found.mask.all()
    if kernel is Resampling.MODE:
        assert set(found.data.ravel()) <= {7.0, 9.0}
    else:
        np.testing.assert_allclose(found.data, 8.0, atol=0.02)


@pytest.mark.parametrize(
    ("dtype", "stored", "expected"),
    [
        ("uint8", [0, 1], 1),  # 0.5 is rounded up
        ("int16", [-1, 0], 0),  # and so is -0.5
        ("uint8", [254, 255], 255),
        ("float32", [0, 1], 0.5),
    ],
)
def test_means_are_rounded_to_the_stored_type(
    dtype: str, stored: list[int], expected: float
):
    source = raster_of(np.array([stored, stored], dtype))

    found = fill(source, target(Affine.scale(2), 1, 1, source), Resampling.AVERAGE)

    assert found.data[0, 0, 0] == expected


@pytest.mark.parametrize("dtype", [name for name in TYPES if "float" not in name])
def test_overshooting_stays_within_the_type(dtype: str):
    """Beside a step, a cubic kernel goes beyond both sides."""
    kind = np.dtype(dtype)
    limits = np.iinfo(kind)
    values = np.full((8, 8), limits.min, dtype)
    values[:, 4:] = limits.max
    source = raster_of(values)

    grid = target(Affine.translation(0.4, 0.4), 7, 7, source)
    found = fill(source, grid, Resampling.CUBIC)

    left, right = found.data[0, 3, 1], found.data[0, 3, 5]
    assert left == limits.min
    # float64 holds 53 bits of 64.
    assert float(right) == pytest.approx(float(limits.max), rel=1e-15)
    assert (np.diff(found.data[0].astype(float), axis=1) >= 0).all()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_what_overshoots_a_floats_range_is_no_number_but_no_data_either(dtype: str):
    values = np.full((8, 8), np.finfo(dtype).min, dtype)
    values[:, 4:] = np.finfo(dtype).max
    source = raster_of(values)

    grid = target(Affine.translation(0.4, 0.4), 7, 7, source)
    found = fill(source, grid, Resampling.CUBIC)

    assert np.isfinite(found.data).all()
    assert found.mask.any()


@given(
    st.sampled_from(SMOOTH),
    st.lists(st.floats(20, 30), min_size=1, max_size=5),
    st.floats(0.1, 9),
)
def test_weights_add_up_to_one_and_lie_within_reach(
    kernel: Resampling, positions: list[float], size: float
):
    spots, sizes = np.array(positions), np.full(len(positions), size)

    weights = axis_weights(kernel, spots, sizes, dtype=np.dtype("float64"))

    reach = kernel_reach(kernel, size)
    np.testing.assert_allclose(weights.weights.sum(axis=0), 1)
    assert (weights.first >= np.floor(spots - 0.5) + 1 - reach).all()
    stop = weights.first + len(weights.weights)
    assert (stop <= np.floor(spots - 0.5) + reach + 1).all()
    np.testing.assert_array_equal(weights.nearest, np.floor(spots + 1e-6))


@given(st.integers(-30, 30), st.integers(1, 40), st.integers(1, 12))
def test_a_window_over_the_seam_goes_on_at_the_other_end(
    col: int, width: int, turn: int
):
    columns = np.arange(turn + 3)[None, None, :] % turn
    source = raster_of(np.broadcast_to(columns[0], (2, turn + 3)).copy())

    found = read_around(
        lambda window: cut(source, window), Window(col, 0, width, 2), turn
    )

    np.testing.assert_array_equal(found.data[0, 0], np.arange(col, col + width) % turn)
    assert found.mask.all()


def test_a_blend_says_what_it_will_read():
    source = raster_of(noise(1))
    grid = target(Affine.translation(5.2, 6.2), 4, 3, source)

    plan = plan_read(
        grid,
        [source.grid],
        pixel_transform(source.grid, grid),
        resampling=Resampling.CUBIC,
    )

    assert isinstance(plan, Blend)
    # Centres from 5.7 to 8.7: pixels 4 to 9, and one more, for sizes are rounded.
    assert plan.window == Window(4, 5, 7, 6)


@given(
    st.sampled_from(BLENDING),
    PLACES,
    st.integers(-(10**6), 10**6),
    st.booleans(),
)
@settings(max_examples=100)
def test_a_plateau_keeps_its_value_to_the_bit(
    kernel: Resampling, place: Affine, value: int, whole: bool
) -> None:
    """Or a condition such as ``b1 == 2`` would have stripes."""
    data = np.full((25, 30), value / 10, np.float32)
    source = raster_of(data, None if whole else holes(value % 100))

    found = fill(source, target(place, 16, 16, source), kernel)

    assert (found.data[found.mask] == data[0, 0]).all()


class Counted(np.ndarray):
    """A plane that notes how many values are computed from all of it."""

    computed: list[int] = []  # noqa: RUF012  of all that is made of it

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: object, **others: object
    ) -> object:
        Counted.computed += [part.size for part in inputs if isinstance(part, Counted)]
        plain = [np.asarray(p) if isinstance(p, Counted) else p for p in inputs]
        return getattr(ufunc, method)(*plain, **others)


@pytest.mark.parametrize("kernel", [Resampling.BILINEAR, Resampling.CUBIC])
@pytest.mark.parametrize("angle", [0.0, 3.0])
def test_a_part_of_an_image_costs_its_own_pixels(kernel: Resampling, angle: float):
    side = 1200
    source = raster_of(np.ones((side, side)))
    grid = target(Affine.rotation(angle) @ Affine.scale(1.3), 600, 600, source)
    plan = plan_read(
        grid, [source.grid], pixel_transform(source.grid, grid), resampling=kernel
    )
    assert isinstance(plan, Blend)
    values = np.ones((plan.window.height, plan.window.width))
    valid = values * 1.0
    valid[::7, ::5] = 0
    ready = blend._prepare(values, valid, plan)
    counted = blend._Source(
        *(p if p is None else p.view(Counted) for p in (ready.values, ready.fractions)),
        None if ready.missing is None else ready.missing.view(Counted),
    )
    Counted.computed.clear()

    parts = list(blend.parts_inside(plan))
    for part in parts:
        list(blend._blend_part([counted], part, kernel, alike=True))

    assert len(parts) > 3
    assert max(Counted.computed, default=0) < values.size
