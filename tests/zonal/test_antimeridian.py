"""A zone over the antimeridian is one zone, however it is written, on every grid."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from raster_core.grid import Grid
from raster_core.sources.extent.seams import find_seams
from raster_core.zonal.coverage.cover import Mode, cover
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.crosstab import cross_tabulate
from raster_core.zonal.engine import zonal_statistics
from raster_core.zonal.outlines.projecting import project_zones
from raster_core.zonal.polygonise import polygonise
from raster_core.zonal.zones.zone import Zone
from tests.cogs import Recipe, open_file, write_cog

if TYPE_CHECKING:
    from raster_core.raster import Layer

HALF = 20037508.342789244  # of Web Mercator's width


def square(crs: str, reach: float, cells: int = 90) -> Grid:
    """A grid about the origin of its CRS."""
    step = 2 * reach / cells
    return Grid(crs, Affine(step, 0, -reach, 0, -step, reach), cells, cells)


def around(crs: str, box: tuple[float, float, float, float], step: float) -> Grid:
    left, bottom, right, top = box
    size = math.ceil((right - left) / step), math.ceil((top - bottom) / step)
    return Grid(crs, Affine(step, 0, left, 0, -step, top), *size)


GRIDS = {
    "degrees": around("EPSG:4326", (-180, -90, 180, 90), 2),
    "degrees from 0": around("EPSG:4326", (0, -90, 360, 90), 2),
    "degrees about 180": around("EPSG:4326", (172, -60, 195, 80), 0.5),
    "Mercator": square("EPSG:3857", HALF),
    "Mercator, a part": around("EPSG:3857", (1.8e7, -8e6, HALF + 70, 1.2e7), 1e5),
    "Mercator about 150 E": square("EPSG:3832", HALF),
    "Mercator about 180": square("+proj=merc +lon_0=180", HALF),
    "polar, north": square("EPSG:3413", 5e6),
    "polar, south": square("EPSG:3976", 4e6),
    "polar LAEA": square("EPSG:3571", 5e6),
    "LAEA about the Pacific": square("+proj=laea +lat_0=20 +lon_0=170", 7e6),
    "Albers of Alaska": around("EPSG:3338", (-2.2e6, 3e5, 1.5e6, 2.4e6), 4e4),
    "Albers of the world": square("+proj=aea +lat_1=20 +lat_2=60 +lon_0=0", 1.7e7),
    "UTM 1": around("EPSG:32601", (1e5, 0, 9e5, 9e6), 5e4),
    "UTM 60": around("EPSG:32660", (1e5, 0, 9e5, 9e6), 5e4),
    "UTM 60 south": around("EPSG:32760", (1e5, 2e6, 9e5, 1e7), 5e4),
    "Mollweide": around("ESRI:54009", (-1.81e7, -9.1e6, 1.81e7, 9.1e6), 2e5),
    "sinusoidal": around(
        "+proj=sinu +R=6371007.181", (-2.01e7, -1.01e7, 2.01e7, 1.01e7), 2e5
    ),
    "Robinson": around("ESRI:54030", (-1.71e7, -8.7e6, 1.71e7, 8.7e6), 2e5),
    "Equal Earth": around("EPSG:8857", (-1.73e7, -8.4e6, 1.73e7, 8.4e6), 2e5),
    "Goode": around("+proj=igh", (-2.01e7, -8.7e6, 2.01e7, 8.7e6), 2e5),
    "EASE": around("EPSG:6933", (-17367531, -7342231, 17367531, 7342231), 2e5),
}

# In 64ths of a degree, so that any turn of longitude has the same numbers.
corners = st.lists(
    st.tuples(st.integers(172 * 64, 190 * 64), st.integers(-85 * 64, 85 * 64)),
    min_size=3,
    max_size=7,
    unique=True,
)


def forms_of(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """Split at 180, beyond it, and below -180; the shape is drawn beyond it."""
    west = shapely.intersection(shape, shapely.box(0, -90, 180, 90))
    east = shapely.intersection(shape, shapely.box(180, -90, 360, 90))
    parts = [*shapely.get_parts(west), *shapely.get_parts(turn(east))]
    split = [part for part in parts if part.geom_type == "Polygon"]
    return [shapely.MultiPolygon(split), shape, turn(shape)]


def turn(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda xy: xy - np.array([360.0, 0.0]))


def weigh(shape: shapely.Geometry, grid: Grid, mode: Mode = Mode.FRACTION) -> float:
    """Covered pixels."""
    runs = cover(project_zones([Zone(shape)], grid), grid.window, mode)
    return float(((runs.stop - runs.start) * (runs.weight / WHOLE)).sum())


@pytest.mark.parametrize("name", GRIDS)
@given(points=corners)
@settings(max_examples=12, deadline=None)
def test_three_ways_to_write_a_zone_give_one_count(
    name: str, points: list[tuple[int, int]]
):
    shape = shapely.MultiPoint([(x / 64, y / 64) for x, y in points]).convex_hull
    if shape.geom_type != "Polygon" or not shape.bounds[0] < 180 < shape.bounds[2]:
        shape = shapely.box(170, -20, 190, 40)

    split, beyond, below = (weigh(form, GRIDS[name]) for form in forms_of(shape))

    assert beyond == below
    # Where sides cross the antimeridian, GEOS and whoever split the zone round.
    assert split == pytest.approx(beyond, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", GRIDS)
def test_a_box_over_the_antimeridian_is_the_same_to_the_bit(name: str, mode: Mode):
    box = shapely.box(170, -70, 190, 80)

    counts = {weigh(form, GRIDS[name], mode) for form in forms_of(box)}

    assert len(counts) == 1
    assert counts.pop() > 0


@pytest.mark.parametrize("name", GRIDS)
def test_a_belt_around_the_world_counts_once(name: str):
    """As 0 to 360, as -180 to 180, and as both of its halves."""
    belts = [
        shapely.box(-180, -50, 180, 70),
        shapely.box(0, -50, 360, 70),
        shapely.MultiPolygon([shapely.box(w, -50, w + 180, 70) for w in (-180, 0)]),
    ]

    first, *others = (weigh(belt, GRIDS[name]) for belt in belts)

    assert others == pytest.approx([first] * 2, rel=1e-3)


@pytest.fixture(scope="module", params=["Mercator", "polar, south"])
def layer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """A file of classes on a grid whose box is all longitudes."""
    grid = GRIDS[request.param]
    recipe = Recipe(grid.width, grid.height, crs=grid.crs, transform=grid.transform)
    path = tmp_path_factory.mktemp("world") / "classes.tif"
    values = np.random.default_rng(3).integers(1, 5, (1, *grid.shape)).astype("int16")
    write_cog(path, recipe, values)
    return open_file(path)


@pytest.mark.parametrize("box", [(165, -80, 195, -60), (178.7, -75, 200.2, -55)])
def test_every_use_of_a_zone_finds_the_same_pixels(
    layer: Layer, box: tuple[float, float, float, float]
):
    zones = [Zone(form) for form in forms_of(shapely.box(*box))]

    figures = zonal_statistics(layer, zones)
    tables = cross_tabulate([layer, layer], zones)
    classes = [
        {area.value: area.count for area in polygonise(layer, zone)} for zone in zones
    ]

    assert figures[0][0].count > 0
    assert figures[0] == figures[1] == figures[2]
    assert len({table.weights for table in tables}) == 1
    assert classes[0] == classes[1] == classes[2]
    assert sum(classes[0].values()) > 0


@pytest.mark.parametrize("name", GRIDS)
def test_a_zone_over_a_seam_is_the_sum_of_its_halves(name: str):
    grid = GRIDS[name]
    for seam in find_seams(grid.crs):
        whole = shapely.box(seam - 7, -60, seam + 9, 70)
        halves = (
            shapely.box(seam - 7, -60, seam, 70),
            shapely.box(seam, -60, seam + 9, 70),
        )

        parts = [weigh(half, grid) for half in halves]

        assert weigh(whole, grid) == pytest.approx(sum(parts), rel=2e-5, abs=1e-6)
