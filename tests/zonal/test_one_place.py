"""A tile's pixel, a point, a profile and a tiny zone see one pixel of a raster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
import shapely
import shapely.affinity
from affine import Affine

from raster_core.grid import Window, raster_grid
from raster_core.layers.file import describe_file
from raster_core.layers.kinds import open_layer
from raster_core.layers.sampling import sample_nearest
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE, apply_affine
from raster_core.sources.crs.operations import point_transform
from raster_core.zonal.engine import zonal_statistics
from raster_core.zonal.outlines.footprint import covered_percents
from raster_core.zonal.point import read_point
from raster_core.zonal.profile import read_profile
from raster_core.zonal.zones.line import read_line
from raster_core.zonal.zones.zone import Zone
from testing.geojson import line_string
from tests.datums import KNOWN_TO_DIFFER, SIDE, raster_in, tile_over

if TYPE_CHECKING:
    from pathlib import Path

    from raster_core.grid import Grid
    from raster_core.raster import Layer

# Degrees: 2 cm.
TINY = 2e-7

PLACES = ((30, 40), (50, 50), (80, 25))


def write(path: Path, grid: Grid) -> Layer:
    """Pixels that are their own number."""
    profile = {
        "driver": "GTiff",
        "width": SIDE,
        "height": SIDE,
        "count": 1,
        "dtype": "uint32",
        "crs": grid.crs,
        "transform": grid.transform,
    }
    with rasterio.open(path, "w", **profile) as file:
        file.write(np.arange(SIDE * SIDE, dtype=np.uint32).reshape(SIDE, SIDE), 1)
    return open_layer(describe_file(str(path), version="1"))


def apart(first: float | None, second: float | None) -> float:
    assert first is not None
    assert second is not None
    (row, col), (other_row, other_col) = (
        divmod(int(value), SIDE) for value in (first, second)
    )
    return max(abs(row - other_row), abs(col - other_col))


@pytest.mark.parametrize("crs", [*KNOWN_TO_DIFFER, "EPSG:4806", "EPSG:4807"])
def test_all_see_one_pixel(tmp_path: Path, crs: str):
    layer = write(tmp_path / "a.tif", raster_in(crs))
    grid = tile_over(layer.info.grid)
    tile = layer.read(grid).data[0]
    to_degrees = point_transform("EPSG:3857", LONGITUDE_LATITUDE)
    for row, col in PLACES:
        x, y = grid.transform @ (col + 0.5, row + 0.5)
        (lon,), (lat,) = to_degrees(np.array([x]), np.array([y]))
        box = shapely.box(lon - TINY, lat - TINY, lon + TINY, lat + TINY)
        line = line_string([lon, lat], [lon, lat + 1e-4])

        (point,) = read_point(layer, lon, lat)
        ((zone,),) = zonal_statistics(layer, [Zone(box)])
        profile = read_profile(layer, read_line(line), samples=2)

        assert point.value == profile.bands[0].values[0]
        # Borders of pixels may lie within the zone, or within a tile's tolerance.
        assert apart(point.value, zone.min) <= 1
        assert apart(point.value, tile[row, col]) <= 1


@pytest.mark.parametrize("crs", ["EPSG:26710", "EPSG:28191"])
def test_what_is_in_the_rasters_own_crs_is_not_shifted(tmp_path: Path, crs: str):
    layer = write(tmp_path / "a.tif", raster_in(crs))
    own = layer.info.grid
    left, bottom, right, top = own.bounds
    x, y = (left + right) / 2, (bottom + top) / 2
    line = line_string([x, y], [x + 15, y])

    profile = read_profile(layer, read_line(line, crs, near=own), samples=2)
    ((zone,),) = zonal_statistics(layer, [Zone(shapely.box(*own.bounds), crs=crs)])

    assert zone.count == SIDE * SIDE
    assert zone.covered_percent == 100
    value = profile.bands[0].values[0]
    assert apart(value, SIDE // 2 * SIDE + SIDE // 2) <= 1


@pytest.mark.parametrize("raster", ["EPSG:4267", "EPSG:4269", "EPSG:26710"])
@pytest.mark.parametrize("crs", ["EPSG:4267", "EPSG:4269", LONGITUDE_LATITUDE])
def test_what_a_zone_covers_knows_of_both_datums(raster: str, crs: str):
    grid = raster_in("EPSG:26710")
    if raster != "EPSG:26710":
        (x,), (y,) = point_transform(grid, raster)(
            np.array([grid.transform.c]), np.array([grid.transform.f])
        )
        transform = Affine(1e-4, 0, round(x, 2), 0, -1e-4, round(y, 2))
        grid = raster_grid(raster, transform, width=SIDE, height=SIDE)
    cols, rows = np.array([0.0, SIDE, SIDE, 0]), np.array([0.0, 0, SIDE, SIDE])
    x, y = point_transform(grid, crs)(*apply_affine(grid.transform, cols, rows))
    whole = shapely.Polygon(np.stack([x, y], axis=1))
    half = shapely.affinity.translate(whole, (x.max() - x.min()) / 2, 0)

    inside, beyond = covered_percents([Zone(whole, crs=crs), Zone(half, crs=crs)], grid)

    assert inside == pytest.approx(100, abs=0.02)
    assert beyond == pytest.approx(50, abs=1)
    if crs == raster:
        assert inside == 100


@pytest.mark.parametrize("other", ["EPSG:32610", "EPSG:4267", "EPSG:26910"])
def test_layers_of_two_datums_lie_over_one_another(tmp_path: Path, other: str):
    first = write(tmp_path / "a.tif", raster_in("EPSG:26710"))
    grid = first.info.grid
    middle = grid.transform @ (SIDE / 2, SIDE / 2)
    (x,), (y,) = point_transform(grid, other)(*np.array([middle]).T)
    step = 1e-4 if other == "EPSG:4267" else 10
    transform = Affine(step, 0, x - 200 * step, 0, -step, y + 200 * step)
    second = write(
        tmp_path / "b.tif", raster_grid(other, transform, width=SIDE, height=SIDE)
    )
    part = Window(180, 190, 8, 8)
    corner = part.col + 2.5, part.row + 3.5

    sampled = sample_nearest(second, grid, part)

    place = np.array([grid.transform @ corner]).T
    (lon,), (lat,) = point_transform(grid, LONGITUDE_LATITUDE)(*place)
    (point,) = read_point(second, lon, lat)
    assert apart(point.value, sampled.data[0, 3, 2]) <= 1
