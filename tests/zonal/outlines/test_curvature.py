"""Bounds of how far edges bend: never too small, and without effect on outlines."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from affine import Affine

from raster_core.grid import Grid
from raster_core.sources.crs.operations import point_transform
from raster_core.zonal.outlines.curvature import bound_sagittas
from raster_core.zonal.outlines.projecting import project_zones
from raster_core.zonal.zones.columnar import Zones

EDGES = 3_000

# A grid, and a box of degrees on it: cones, cylinders, one around a pole.
PLACES = {
    "cone": (
        Grid("EPSG:5070", Affine(30, 0, -9e5, 0, -30, 2e6), 9999, 9999),
        (-105, 35),
    ),
    "UTM": (
        Grid("EPSG:32633", Affine(10, 0, 2e5, 0, -10, 5.6e6), 9999, 9999),
        (12, 48),
    ),
    "Mercator": (Grid("EPSG:3857", Affine(5, 0, 0, 0, -5, 9e6), 9999, 9999), (2, 60)),
    "pole": (
        Grid("EPSG:3413", Affine(50, 0, -1e6, 0, -50, 1e6), 9999, 9999),
        (-50, 85),
    ),
}


def random_edges(place: str, length: float) -> tuple[np.ndarray, np.ndarray]:
    """Edges of so many degrees at most, over a box of 3 by 2 degrees."""
    random = np.random.default_rng(7)
    start = PLACES[place][1] + random.uniform(0, (3, 2), (EDGES, 2))
    return start, start + random.uniform(-length, length, (EDGES, 2))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("length", [1e-4, 0.01, 0.08])
def test_no_edge_bends_more_than_its_bound(place, length):
    grid, _ = PLACES[place]
    transform = point_transform("EPSG:4326", grid)
    into = ~grid.transform

    def to_pixels(points: np.ndarray) -> np.ndarray:
        return np.stack(into @ transform(*points.T), axis=1)

    start, end = random_edges(place, length)
    chord = to_pixels(start), to_pixels(end)
    off = [
        np.hypot(*(to_pixels(start + part * (end - start)) - a - part * (b - a)).T)
        for part in (0.25, 0.5, 0.75)
        for a, b in [chord]
    ]

    bound = bound_sagittas(start, end, to_pixels)

    assert np.isfinite(bound).all()
    assert (np.max(off, axis=0) <= bound + 1e-7).all()
    assert np.median(bound / np.maximum(off[1], 1e-7)) < 10


def test_edges_over_a_discontinuity_have_no_bound():
    start, end = random_edges("cone", 0.01)

    def jump(points: np.ndarray) -> np.ndarray:
        return points * 1e4 + 1e6 * (points[:, :1] > -103.5)

    over = (start[:, 0] > -103.5) != (end[:, 0] > -103.5)

    assert over.any()
    assert (bound_sagittas(start, end, jump)[over] > 1).all()


def test_zones_in_the_view_from_space_are_outlined_beside_what_it_does_not_see():
    to_grid = Affine(5e3, 0, -5.5e6, 0, -5e3, 5.5e6)
    grid = Grid("+proj=geos +h=35785831 +sweep=x", to_grid, 2200, 2200)
    x, y = np.meshgrid(np.linspace(-70, 69, 30), np.linspace(-60, 59, 30))
    boxes = shapely.box(x, y, x + 1, y + 1).ravel()

    every = project_zones(Zones(boxes, "EPSG:4326"), grid)

    for zone in (0, 435, 450, 899):
        alone = project_zones(Zones(boxes[[zone]], "EPSG:4326"), grid)
        np.testing.assert_array_equal(every.row0[every.zone == zone], alone.row0)


def test_few_edges_and_edges_in_one_line_are_not_bounded():
    start, end = random_edges("cone", 0.01)

    assert np.isinf(bound_sagittas(start[:9], end[:9], np.asarray)).all()
    assert np.isinf(
        bound_sagittas(start[:, :1] * [1, 0], end[:, :1] * [1, 0], abs)
    ).all()


@pytest.mark.parametrize("place", PLACES)
def test_a_zone_has_the_same_edges_alone_and_among_many(place):
    grid, _ = PLACES[place]
    start, _ = random_edges(place, 0.0)
    random = np.random.default_rng(8)
    sizes = 10 ** random.uniform(-4, -0.5, (600, 2))
    boxes = shapely.box(*start[:600].T, *(start[:600] + sizes).T)
    boxes[5] = boxes[5].difference(boxes[5].buffer(-sizes[5].min() / 4))

    every = project_zones(Zones(boxes, "EPSG:4326"), grid)

    for zone in range(0, 600, 25):
        alone = project_zones(Zones(boxes[[zone]], "EPSG:4326"), grid)
        own = every.zone == zone
        for name in ("sign", "col0", "row0", "col1", "row1"):
            np.testing.assert_array_equal(
                getattr(every, name)[own], getattr(alone, name), strict=True
            )
