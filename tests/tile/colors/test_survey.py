"""The range of a layer's values: found wherever they are, bounded, always the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from raster_core.bands import BandInfo
from raster_core.errors import BudgetError
from raster_core.grid import Grid
from raster_core.raster import LayerInfo, RasterArray, Resampling
from raster_core.tile.colors.survey import (
    MAX_BLOCKS,
    MAX_SAMPLED,
    MAX_WHOLE,
    ValueRange,
    survey_ranges,
)

if TYPE_CHECKING:
    from collections.abc import Callable

FLOATS = BandInfo(1, "b1", "float32")


@dataclass(eq=False)
class Field:
    """A layer whose pixels are a function of their place on the native grid."""

    info: LayerInfo
    has_data: Callable[[np.ndarray, np.ndarray], np.ndarray]
    """Positions as fractions of the width and the height."""
    pixels: int = 0
    reads: list[Grid] = field(default_factory=list)

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        assert resampling is Resampling.NEAREST
        self.reads.append(grid)
        rows, cols = np.mgrid[: grid.height, : grid.width] + 0.5
        x, y = ~self.info.grid.transform @ grid.transform @ (cols, rows)
        x, y = x / self.info.grid.width, y / self.info.grid.height
        data = np.stack([1000 * x + n for n in range(len(self.info.bands))])
        mask = np.broadcast_to(self.has_data(x, y), data.shape)
        return RasterArray(data.astype(self.info.bands[0].dtype), mask, grid)


def field_of(
    has_data: Callable[[np.ndarray, np.ndarray], np.ndarray],
    size: tuple[int, int] = (3000, 3000),
    *,
    factors: tuple[int, ...] = (),
    block: tuple[int, int] = (256, 256),
    bands: tuple[BandInfo, ...] = (FLOATS,),
) -> Field:
    width, height = size
    native = Grid("EPSG:32633", Affine(10, 0, 5e5, 0, -10, 5e6), width, height)
    overviews = tuple(native.resize(width // n, height // n) for n in factors)
    return Field(LayerInfo(native, block, bands, "1", overviews), has_data)


def everywhere(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.ones(np.broadcast(x, y).shape, bool)


@pytest.mark.parametrize(
    ("size", "factors"),
    [((800, 600), ()), ((3000, 3000), (4, 8)), ((3000, 3000), ()), ((20_000, 50), ())],
)
def test_a_range_is_that_of_nearly_all_values(
    size: tuple[int, int], factors: tuple[int, ...]
):
    layer = field_of(everywhere, size, factors=factors)

    (found,) = survey_ranges(layer)

    assert found.met
    assert found.low == pytest.approx(20, abs=30)
    assert found.high == pytest.approx(980, abs=30)


@pytest.mark.parametrize("factors", [(), (4, 16)])
@pytest.mark.parametrize(
    "has_data",
    [
        lambda _x, y: y < 0.2,  # the north only
        lambda x, y: (x - 0.5) ** 2 + (y - 0.5) ** 2 > 0.16,  # a rim
        lambda x, y: np.abs(x - y) < 0.05,
    ],
)
def test_data_are_found_beside_an_empty_middle(
    has_data: Callable[[np.ndarray, np.ndarray], np.ndarray], factors: tuple[int, ...]
):
    (found,) = survey_ranges(field_of(has_data, factors=factors))

    assert found.met
    assert found.high - found.low > 500


@pytest.mark.parametrize("corner", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_a_corner_is_enough(corner: tuple[int, int]):
    layer = field_of(
        lambda x, y: (abs(x - corner[0]) < 0.2) & (abs(y - corner[1]) < 0.2)
    )

    assert survey_ranges(layer)[0].met


def test_data_too_thin_for_an_overview_are_looked_for_in_blocks():
    class Thin(Field):
        def read(
            self, grid: Grid, resampling: Resampling = Resampling.NEAREST
        ) -> RasterArray:
            array = super().read(grid, resampling)
            native = abs(grid.transform.a - 10) < 1
            return RasterArray(array.data, array.mask & native, grid)

    layer = Thin(field_of(everywhere, factors=(4,)).info, everywhere)

    assert survey_ranges(layer)[0].met


@given(
    st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)),
    st.tuples(st.integers(1, 10**5), st.integers(1, 10**5)),
    st.booleans(),
)
@settings(deadline=None, max_examples=40)
def test_a_survey_has_a_bound_whatever_the_raster(
    size: tuple[int, int], block: tuple[int, int], full: bool
):
    layer = field_of(lambda x, _y: np.full(x.shape, full), size, block=block)

    survey_ranges(layer)

    assert sum(grid.window.pixels for grid in layer.reads) <= 2 * MAX_WHOLE
    assert len(layer.reads) <= MAX_BLOCKS + 1
    if layer.reads[0] != layer.info.grid:
        decoded = min(block[0], size[1]) * min(block[1], size[0]) * len(layer.reads)
        assert decoded <= max(MAX_SAMPLED, block[0] * block[1])
    for grid in layer.reads:
        window = layer.info.grid.window_of(grid)
        assert window is not None
        assert window.intersection(layer.info.grid.window) == window


def test_every_survey_of_a_raster_reads_the_same_pixels():
    first, second = (field_of(lambda _x, y: y < 0.3) for _ in range(2))

    assert survey_ranges(first) == survey_ranges(second)
    assert first.reads == second.reads


@pytest.mark.parametrize(
    ("band", "wanted"),
    [
        (FLOATS, ValueRange(0.0, 1.0, met=False)),
        (BandInfo(1, "b1", "uint8"), ValueRange(0.0, 255.0, met=False)),
        (
            BandInfo(1, "b1", "int16", scale=-0.1, offset=1.0),
            ValueRange(-3275.7, 3277.8, met=False),
        ),
        (BandInfo(1, "b1", "float64", scale=1e300), ValueRange(0.0, 1e300, met=False)),
    ],
)
def test_without_any_data_the_range_is_a_guess_and_says_so(
    band: BandInfo, wanted: ValueRange
):
    layer = field_of(lambda x, _y: np.zeros(x.shape, bool), bands=(band,))

    (found,) = survey_ranges(layer)

    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high))
    assert not found.met


def test_each_band_has_its_own_range_in_its_unit():
    scaled = BandInfo(2, "b2", "float32", scale=2.0, offset=-5.0)
    layer = field_of(everywhere, (1000, 1000), bands=(FLOATS, scaled))

    one, two = survey_ranges(layer)

    assert one.low == pytest.approx(20, abs=2)
    assert two.low == pytest.approx(2 * (one.low + 1) - 5, rel=1e-3)


def test_a_rare_value_shows_in_the_range_if_nearly_all_others_are_one():
    class Rare(Field):
        def read(
            self, grid: Grid, resampling: Resampling = Resampling.NEAREST
        ) -> RasterArray:
            array = super().read(grid, resampling)
            return RasterArray(np.where(array.data > 999, 7, 3), array.mask, grid)

    layer = Rare(field_of(everywhere, (1000, 1000)).info, everywhere)

    assert survey_ranges(layer) == (ValueRange(3.0, 7.0, met=True),)


def test_blocks_that_may_not_be_decoded_are_gone_without():
    class Refusing(Field):
        def read(
            self, grid: Grid, resampling: Resampling = Resampling.NEAREST
        ) -> RasterArray:
            raise BudgetError(f"{grid} at {resampling} is too large")

    layer = Refusing(field_of(everywhere).info, everywhere)

    assert not survey_ranges(layer)[0].met
