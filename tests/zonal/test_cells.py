"""Single cells: laws that tie them to statistics, exactextract, nine cells by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas
import numpy as np
import pytest
import shapely
from affine import Affine
from exactextract import exact_extract
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from raster_core.errors import BudgetError
from raster_core.zonal.cells import ZoneCells, read_cells
from raster_core.zonal.coverage.cover import Mode
from raster_core.zonal.engine import Options, zonal_statistics
from raster_core.zonal.results.options import StatisticOptions
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog
from tests.fake_layer import CountingLayer
from tests.zonal.pairs import EVERYTHING, whole

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.raster import Layer


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Layer]:
    folder = tmp_path_factory.mktemp("rasters")
    recipes = {
        "integers": Recipe(blocksize=128),
        "floats": Recipe(dtype="float32"),
        "scaled": Recipe(bands=2, scale=0.5, offset=3.0),
    }
    for name, recipe in recipes.items():
        write_cog(folder / f"{name}.tif", recipe)
    return {name: open_file(folder / f"{name}.tif") for name in recipes}


def one(cells: ZoneCells, zone: int, band: int = 0) -> list[np.ndarray]:
    """Numbers, coverage and values of a zone where there are data."""
    own = (cells.zone == zone) & cells.valid[band]
    return [cells.cell_id[own], cells.coverage[own], cells.values[band][own]]


def test_nine_cells_under_a_square_have_the_numbers_computed_by_hand(tmp_path: Path):
    recipe = Recipe(3, 3, "uint8", transform=Affine(1, 0, 10, 0, -1, 48), nodata=5)
    values = np.arange(1, 10, dtype=np.uint8).reshape(1, 3, 3)
    write_cog(tmp_path / "a.tif", recipe, values)
    zones = [Zone(shapely.box(10.5, 45.5, 12.5, 47.5)), Zone(shapely.box(0, 0, 1, 1))]

    cells = read_cells(open_file(tmp_path / "a.tif"), zones)

    assert cells.zone.tolist() == [0] * 9
    assert cells.cell_id.tolist() == list(range(9))
    assert cells.coverage.tolist() == [0.25, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 0.25]
    assert cells.values[0].tolist() == [1, 2, 3, 4, 0, 6, 7, 8, 9]
    assert cells.valid[0].tolist() == [True] * 4 + [False] + [True] * 4
    x, y = cells.centers()
    assert x.tolist() == [10.5, 11.5, 12.5] * 3
    assert y.tolist() == [47.5] * 3 + [46.5] * 3 + [45.5] * 3
    assert cells.bounds_of_zones(2).tolist() == [0, 9, 9]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_statistics_follow_from_the_cells(
    layers: dict[str, Layer], data: st.DataObject
):
    layer = layers[data.draw(st.sampled_from(list(layers)))]
    mode = data.draw(st.sampled_from(list(Mode)))
    corner = st.tuples(st.floats(9.8, 12.2), st.floats(44.8, 46.7))
    shapes = st.lists(corner, min_size=3, max_size=5, unique=True).map(
        lambda points: shapely.MultiPoint(points).convex_hull
    )
    areal = shapes.filter(lambda shape: shape.area > 1e-6)
    zones = [Zone(shape) for shape in data.draw(st.lists(areal, max_size=3))]
    options = Options(mode)

    cells = read_cells(layer, zones, options)

    for position, found in enumerate(zonal_statistics(layer, zones, options)):
        for band, own in enumerate(found):
            _, coverage, values = one(cells, position, band)
            assert coverage.sum() == pytest.approx(own.count, rel=1e-12)
            if own.mean is not None:
                mean = (coverage * values).sum() / coverage.sum()
                assert mean == pytest.approx(own.mean, rel=1e-9)
                assert (values.min(), values.max()) == (own.min, own.max)


def test_lines_and_points_have_cells_too(layers: dict[str, Layer]):
    zones = [
        Zone(shapely.LineString([(10.1, 45.2), (11.3, 46.1)])),
        Zone(shapely.MultiPoint([(10.105, 45.2), (10.106, 45.2), (11, 46)])),
        Zone(shapely.box(10.1, 45.2, 10.2, 45.3)),
    ]
    layer = layers["floats"]

    cells = read_cells(layer, zones)

    line, points, box = zonal_statistics(layer, zones)
    _, coverage, values = one(cells, 0)
    metres = Geod(ellps="WGS84").line_length([10.1, 11.3], [45.2, 46.1])
    assert cells.coverage[cells.zone == 0].sum() == pytest.approx(metres, rel=1e-4)
    assert (coverage * values).sum() / coverage.sum() == pytest.approx(line[0].mean)
    assert sorted(cells.coverage[cells.zone == 1]) == [1, 2]
    assert one(cells, 1)[1].sum() == points[0].count
    assert one(cells, 2)[1].sum() == pytest.approx(box[0].count)


@pytest.mark.parametrize("name", ["integers", "floats"])
def test_cells_are_those_of_exactextract(layers: dict[str, Layer], name: str):
    layer = layers[name]
    shapes = [
        shapely.Point(11, 45.7).buffer(0.31),
        shapely.box(11.995, 45.2, 12.5, 45.3),
        shapely.Point(10.5, 45.5).buffer(0.004),
    ]
    names = ["cell_id", "coverage", "values", "center_x", "center_y"]
    frame = geopandas.GeoDataFrame(geometry=shapes, crs=4326)
    path = layer.href
    expected = exact_extract(path, frame, names, output="pandas")

    cells = read_cells(layer, [Zone(shape) for shape in shapes])

    x, y = cells.centers()
    for position, row in enumerate(expected.itertuples()):
        number, coverage, values = one(cells, position)
        kept = (cells.zone == position) & cells.valid[0]
        assert number.tolist() == row.cell_id.tolist()
        assert values.tolist() == row.values.tolist()
        assert coverage == pytest.approx(row.coverage, abs=1e-6)
        assert x[kept] == pytest.approx(row.center_x, abs=1e-9)
        assert y[kept] == pytest.approx(row.center_y, abs=1e-9)


def test_each_block_is_read_once_for_all_zones(layers: dict[str, Layer]):
    layer = CountingLayer(layers["integers"])

    cells = read_cells(
        layer, [EVERYTHING, EVERYTHING, Zone(shapely.box(9, 44, 11, 46))]
    )

    assert sum(layer.read_pixels) == 200 * 150
    values, mask = whole(layers["integers"])
    number, coverage, found = one(cells, 1)
    assert number.tolist() == np.flatnonzero(mask).tolist()
    assert found.tolist() == values[mask].tolist()
    assert (coverage == 1).all()


def test_values_are_physical_unless_stored_ones_are_wanted(layers: dict[str, Layer]):
    stored = Options(statistics=StatisticOptions(unscale=False))

    (physical, second), (raw, _) = (
        read_cells(layers["scaled"], [EVERYTHING], options).values
        for options in (None, stored)
    )

    assert raw.dtype == np.int16
    assert physical.dtype == second.dtype == np.float64
    assert (physical == raw * 0.5 + 3).all()


def test_too_many_cells_are_refused_before_anything_is_read(layers: dict[str, Layer]):
    layer = CountingLayer(layers["integers"])

    with pytest.raises(BudgetError, match="have 60000 cells, which exceeds 50000; ask"):
        read_cells(layer, [EVERYTHING] * 2, max_cells=50_000)
    with pytest.raises(BudgetError, match="which exceeds 10000; ask for fewer"):
        read_cells(layer, [EVERYTHING], replace(Options(), max_pixels=10_000))

    assert layer.read_pixels == []


def test_no_zones_have_no_cells(layers: dict[str, Layer]):
    cells = read_cells(layers["scaled"], [])

    assert cells.cell_id.shape == cells.coverage.shape == (0,)
    assert [values.shape for values in cells.values] == [(0,), (0,)]
