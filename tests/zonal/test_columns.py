"""Statistics as columns: those of ``zonal_statistics``, to the bit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from raster_core.bands import RasterClass
from raster_core.errors import BudgetError, RequestError
from raster_core.grid import Grid
from raster_core.zonal.columns import statistics_columns
from raster_core.zonal.coverage.cover import Mode
from raster_core.zonal.engine import Options, zonal_statistics
from raster_core.zonal.reading.classed import class_layer
from raster_core.zonal.results.declaring import Kind
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.results.statistics import (
    HISTOGRAM_ONLY,
    ON_GROUND,
    STATISTICS,
    percentile_name,
)
from raster_core.zonal.zones.zone import Zone
from tests.fake_layer import FakeLayer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.raster import Layer
    from raster_core.zonal.columnar.columns import Columns
    from raster_core.zonal.results.listing import BandStatistics

# A power of two, so that zones in 16ths of a pixel are exact in degrees too.
PIXEL = 1 / 64
WIDTH, HEIGHT = 600, 400
GRID = Grid("EPSG:4326", Affine(PIXEL, 0, 10, 0, -PIXEL, 46), WIDTH, HEIGHT)
BLOCK = (256, 256)

PERCENTILES = (0.0, 2.5, 50.0, 90.0, 100.0)
NUMBERS = tuple(s.name for s in STATISTICS if s.kind is not Kind.HISTOGRAM)
COLUMNAR = tuple(
    name for name in NUMBERS if name == "categories" or name not in ON_GROUND
)
OF_WIDE = tuple(name for name in COLUMNAR if name not in HISTOGRAM_ONLY)
DTYPES = ("uint8", "int8", "int16", "uint16", "int32", "int64", "float32", "float64")


def names_of(dtype: str) -> tuple[str, ...]:
    """All that is not measured on the ground, which the engine does."""
    return COLUMNAR if dtype in DTYPES[:4] else OF_WIDE


def values_of(dtype: str, seed: int = 1) -> NDArray[np.generic]:
    """Values over all of a type's range, or near 0, and whole columns that are one."""
    rng = np.random.default_rng(seed)
    kind = np.dtype(dtype)
    if kind.kind == "f":
        values = rng.normal(300, 40, (HEIGHT, WIDTH)).astype(kind)
        values[::97] *= kind.type(1e6)
    else:
        info = np.iinfo(kind)
        values = rng.integers(info.min, info.max, (HEIGHT, WIDTH), kind, endpoint=True)
        values[:, : WIDTH // 2] = rng.integers(0, 9, (HEIGHT, WIDTH // 2), kind)
    values[:, 100:140] = 7
    return values


def layer_of(dtype: str, *, masked: bool = True, seed: int = 1) -> FakeLayer:
    rng = np.random.default_rng(seed + 1)
    mask = rng.random((HEIGHT, WIDTH)) > 0.1 if masked else None
    if mask is not None:
        mask[200:240, 300:340] = False
    return FakeLayer(values_of(dtype, seed), GRID, mask=mask, block=BLOCK)


def box(col: float, row: float, width: float, height: float) -> shapely.Polygon:
    left, top = 10 + PIXEL * col, 46 - PIXEL * row
    return shapely.box(left, top - PIXEL * height, left + PIXEL * width, top)


def shape(points: Sequence[tuple[int, int]]) -> shapely.Geometry:
    """What a closed line through points encloses; they are in 16ths of a pixel."""
    ring = [(10 + PIXEL * col / 16, 46 - PIXEL * row / 16) for col, row in points]
    mended = shapely.make_valid(shapely.Polygon(ring), method="structure")
    parts = [p for p in shapely.get_parts(mended) if p.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


SHAPES = [
    box(0, 0, WIDTH, HEIGHT),  # all of it
    box(250.25, 250.5, 20.5, 12.25),  # over a corner of four blocks
    box(300, 200, 40, 40),  # without data
    box(310.5, 190.5, 9, 20),
    box(110, 20, 12.5, 80.5),  # of one value
    box(3.25, 3.25, 0.5, 0.5),  # within a cell
    box(-20, 380, 30, 40),  # partly off
    box(-90, 10, 40, 40),  # off
    shapely.Polygon(),
    shapely.MultiPolygon([box(10, 10, 9.5, 9.5), box(550, 350, 20.5, 4)]),
]
ZONES = [Zone(each) for each in SHAPES]


def assert_same(
    columns: Columns, expected: Sequence[BandStatistics], names: Sequence[str]
) -> None:
    """Every number of the columns is that of the zone, to the bit."""
    for band, own in enumerate(columns.values):
        for name in names:
            truth = [getattr(zone[band], name) for zone in expected]
            if name == "categories":
                assert_same_classes(columns, band, expected)
            elif name == "unique":
                assert own[name].dtype == np.int64
                assert own[name].tolist() == [value or 0 for value in truth]
            else:
                truth = [np.nan if value is None else float(value) for value in truth]
                np.testing.assert_array_equal(own[name], truth, err_msg=name)
        for number, percentile in enumerate(PERCENTILES):
            truth = [
                zone[band].percentiles[number] if zone[band].percentiles else np.nan
                for zone in expected
            ]
            found = own[percentile_name(percentile)]
            np.testing.assert_array_equal(found, np.array(truth, np.float64))
    reasons = [
        zone[0].reason if all(own.reason for own in zone) else None for zone in expected
    ]
    assert columns.reasons.tolist() == reasons


def assert_same_classes(
    columns: Columns, band: int, expected: Sequence[BandStatistics]
) -> None:
    table = columns.classes[band]
    assert table is not None
    for zone, own in enumerate(expected):
        categories = own[band].categories or ()
        met = np.flatnonzero(table.counts[zone])
        assert table.values[met].tolist() == [c.value for c in categories]
        assert table.counts[zone, met].tolist() == [c.count for c in categories]
        assert table.fractions[zone, met].tolist() == [c.fraction for c in categories]
        missing = np.delete(table.fractions[zone], met)
        assert (missing == 0 if categories else np.isnan(missing)).all()


def check(
    layer: Layer,
    zones: Sequence[Zone],
    names: Sequence[str],
    *,
    mode: Mode = Mode.FRACTION,
    interpolate: bool = False,
) -> None:
    asked = Options(
        mode=mode,
        statistics=StatisticOptions(
            wanted=frozenset(names),
            percentiles=PERCENTILES,
            interpolate=interpolate,
            areas=True,
        ),
    )

    columns = statistics_columns(layer, zones, asked, names)

    assert_same(columns, zonal_statistics(layer, zones, asked), names)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("dtype", DTYPES)
def test_columns_are_the_statistics_of_zones(dtype: str, mode: Mode):
    names = names_of(dtype)

    check(class_layer(layer_of(dtype)), ZONES, names, mode=mode)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "float32"])
def test_interpolated_quantiles_are_the_same(dtype: str):
    check(layer_of(dtype), ZONES, ("mean", "median"), interpolate=True)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "int64"])
def test_sums_alone_are_the_same(dtype: str, *, masked: bool):
    names = ("count", "min", "max", "mean", "sum", "std", "variance", "masked_pixels")
    layer = layer_of(dtype, masked=masked)
    asked = Options(statistics=StatisticOptions(wanted=frozenset(names)))

    columns = statistics_columns(layer, ZONES, Options(), names)

    for name in names:
        truth = [getattr(own, name) for (own,) in zonal_statistics(layer, ZONES, asked)]
        truth = [np.nan if value is None else float(value) for value in truth]
        np.testing.assert_array_equal(columns.values[0][name], truth, err_msg=name)


corners = st.tuples(
    st.integers(-20 * 16, (WIDTH + 20) * 16), st.integers(-20 * 16, (HEIGHT + 20) * 16)
)


@given(
    st.lists(st.lists(corners, min_size=3, max_size=7), max_size=6),
    st.sampled_from(["uint8", "int16", "float32", "float64"]),
)
@settings(max_examples=30)
def test_columns_are_the_statistics_of_any_zones(
    rings: list[list[tuple[int, int]]], dtype: str
):
    names = names_of(dtype)

    check(class_layer(layer_of(dtype)), [Zone(shape(ring)) for ring in rings], names)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "int32"])
def test_many_small_zones_and_a_large_one_are_the_same(dtype: str):
    """Parcels lie in up to four blocks; the large zones have more than MAX_CELLS."""
    names = names_of(dtype)
    if dtype == "int16":  # of which the table would have 65,536 columns
        names = tuple(name for name in names if name != "categories")
    layer = layer_of(dtype)
    layer.mask[:, 270:390, 10:130] = False
    parcels = [
        box(col + row / 16, row - col / 64, 19.5, 13.25)
        for row in range(0, HEIGHT, 13)
        for col in range(-10, WIDTH, 19)
    ]
    large = [box(10, 270, 120, 120), box(0.5, 0.5, 300, 300)]
    zones = [Zone(each) for each in (*parcels[:300], *large, *parcels[300:])]

    check(class_layer(layer), zones, names)


def test_small_zones_on_one_place_are_taken_some_at_a_time():
    zones = [Zone(box(200 + number / 16, 200, 90, 90)) for number in range(60)]

    check(layer_of("int16"), zones, ("mean", "majority", "std"))


@pytest.mark.parametrize("size", [1e-200, 1e200, 3e307])
def test_squares_that_no_float_holds_are_the_same(size: float):
    plane = np.random.default_rng(7).normal(0, size, (HEIGHT, WIDTH))

    check(FakeLayer(plane, GRID, block=BLOCK), ZONES, OF_WIDE)


def test_scaled_bands_have_physical_values():
    layer = layer_of("int16")
    (band,) = layer.info.bands
    scaled = replace(band, scale=-0.01, offset=273.15)
    layer.info = replace(layer.info, bands=(scaled,))

    check(class_layer(layer), ZONES, COLUMNAR)


def test_every_band_has_columns_of_its_own():
    values = np.stack([values_of("int16", 1), values_of("int16", 2)])
    mask = np.ones(values.shape, bool)
    mask[1, :, :300] = False

    layer = FakeLayer(values, GRID, mask=mask, block=BLOCK)

    check(class_layer(layer), ZONES, COLUMNAR)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_statistics_on_the_ground_are_the_same(dtype: str):
    names = ("area_m2", "area_weighted_mean", "mean", "covered_percent")

    check(layer_of(dtype), ZONES, names)


def test_classes_with_names_are_told_apart_and_others_are_not():
    layer = layer_of("uint8")
    (band,) = layer.info.bands
    plain = statistics_columns(layer, ZONES, Options(), ("categories",))
    named = replace(band, classes=(RasterClass(3, "trees", None),))
    layer.info = replace(layer.info, bands=(named,))

    classed = statistics_columns(layer, ZONES, Options(), ("categories",))

    assert plain.classes == (None,)
    assert classed.classes[0] is not None
    assert classed.classes[0].fractions.shape == (len(ZONES), 256)


def test_values_that_overflow_are_infinite_in_both():
    values = np.full((HEIGHT, WIDTH), 1e308)
    values[:, ::2] = -1e308

    layer = FakeLayer(values, GRID, block=BLOCK)

    check(layer, ZONES, OF_WIDE)


def test_no_zones_have_empty_columns():
    columns = statistics_columns(layer_of("int16"), [], Options(), ("mean", "unique"))

    assert columns.values[0]["mean"].shape == (0,)
    assert columns.values[0]["unique"].dtype == np.int64
    assert columns.reasons.shape == (0,)


def test_progress_tells_how_many_zones_are_done():
    told: list[tuple[int, int]] = []

    statistics_columns(
        layer_of("int16"), ZONES, Options(), ("mean",), lambda *pair: told.append(pair)
    )

    done = [number for number, _ in told]
    assert done == sorted(done)
    assert told[-1] == (len(ZONES), len(ZONES))


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["mean", "average"], "'average' is not a statistic"),
        (["histogram"], "histogram has several numbers per zone"),
        (["majority"], "Band 1 is float32; majority take integers of up to 16 bits"),
    ],
)
def test_what_has_no_column_is_refused(names: list[str], told: str):
    with pytest.raises(RequestError, match=told):
        statistics_columns(layer_of("float32"), ZONES, Options(), names)


def test_a_table_of_too_many_classes_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("raster_core.zonal.columnar.columns.MAX_ENTRIES", 1000)
    layer = class_layer(layer_of("uint8"))

    with pytest.raises(BudgetError, match="10 zones and 256 classes exceeds 1000"):
        statistics_columns(layer, ZONES, Options(), ("categories",))


def test_a_budget_is_kept_before_anything_is_read():
    layer = FakeLayer(values_of("int16"), GRID, on_read=lambda _: pytest.fail("read"))

    with pytest.raises(BudgetError):
        statistics_columns(layer, ZONES, Options(max_pixels=1000), ("mean",))
