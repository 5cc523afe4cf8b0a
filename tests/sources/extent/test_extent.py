from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from hypothesis import assume, given, settings

from raster_core.errors import SourceError
from raster_core.grid import Bounds, Grid
from raster_core.sources.extent.extent import geographic_bounds, unite_bounds
from tests.random_grids import random_grids
from tests.world_grids import WORLD_GRIDS, WorldGrid, known_places, pixel_centres

DOCS = Path(__file__).parents[3] / "docs" / "grids.md"

by_name = pytest.mark.parametrize("world", WORLD_GRIDS, ids=lambda world: world.name)


def holds(box: Bounds, longitude: np.ndarray, latitude: np.ndarray) -> bool:
    width = (box.right - box.left) % 360 or 360.0
    away = (longitude - box.left + 1e-9) % 360
    inside = (latitude >= box.bottom - 1e-9) & (latitude <= box.top + 1e-9)
    return bool((inside & (away <= width + 2e-9)).all())


@by_name
def test_the_box_of_a_grid_in_use_is_the_known_one(world: WorldGrid):
    # A full disk's box ends where pixels are degrees wide: 0.2 % of it are added.
    from_space = "geos" in world.grid.crs

    found = geographic_bounds(world.grid)

    assert found == pytest.approx(world.box, abs=0.4 if from_space else 0.06)


@by_name
def test_every_pixel_that_is_on_earth_has_its_centre_in_the_box(world: WorldGrid):
    cols, rows = pixel_centres(world.grid, 220)
    longitude, latitude, known = known_places(world.grid, cols, rows)

    box = geographic_bounds(world.grid)

    assert known.sum() > 1000
    assert holds(box, longitude[known], latitude[known])
    assert -180 <= box.left <= 180
    assert -180 <= box.right <= 180
    assert -90 <= box.bottom < box.top <= 90


def places_all_over(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Columns and rows, most of them along the sides, where a box's ends mostly are."""
    inner = np.meshgrid(np.linspace(0, grid.width, 33), np.linspace(0, grid.height, 33))
    share, none = np.linspace(0, 1, 1001), np.zeros(1001)
    cols = np.concatenate([share, share, none, none + 1]) * grid.width
    rows = np.concatenate([none, none + 1, share, share]) * grid.height
    return np.append(inner[0], cols), np.append(inner[1], rows)


NAD27 = {"EPSG:26710", "EPSG:4267"}


@given(grid=random_grids())
@settings(deadline=None, max_examples=50)
def test_a_box_holds_all_centres(grid: Grid):
    longitude, latitude, known = known_places(grid, *pixel_centres(grid, 60))
    assume(known.any())

    box = geographic_bounds(grid)

    # Without a raster's area, PROJ chooses among NAD27's shifts for each point.
    shift = 3e-4 if grid.crs in NAD27 else 0.0
    wider = Bounds(
        *(side - shift for side in box[:2]), *(side + shift for side in box[2:])
    )
    assert holds(wider, longitude[known], latitude[known])
    assert -90 <= box.bottom <= box.top <= 90


@given(grid=random_grids())
@settings(deadline=None, max_examples=50)
def test_a_box_holds_hardly_more(grid: Grid):
    east, north, met = known_places(grid, *places_all_over(grid))
    assume(met.all())
    assume(np.abs(north).max() <= 89)  # points beside a pole tell little of it

    box = geographic_bounds(grid)

    shift = 3e-4 if grid.crs in NAD27 else 0.0
    high = np.ptp(north)
    if box.top < 90:
        assert box.top - north.max() <= 1e-3 * high + 1e-9 + shift
    if box.bottom > -90:
        assert north.min() - box.bottom <= 1e-3 * high + 1e-9 + shift
    width = (box.right - box.left) % 360 or 360.0
    if width < 350:
        middle = box.left + width / 2
        away = (east - middle + 180) % 360 - 180
        assert width - np.ptp(away) <= 2e-3 * width + 1e-9


def test_a_raster_beyond_the_earth_has_no_box():
    space = Grid("ESRI:54009", Affine(1e4, 0, 1.7e7, 0, -1e4, 9e6), 50, 50)

    with pytest.raises(SourceError, match="no longitude and latitude"):
        geographic_bounds(space)


def test_a_grid_far_larger_than_the_earth_has_its_box():
    # The Earth lies between all points that are tried on the raster.
    huge = Grid("ESRI:54009", Affine(1e9, 0, -1.33e10, 0, -1e9, 1.17e10), 31, 29)

    assert geographic_bounds(huge) == Bounds(-180, -90, 180, 90)


@pytest.mark.parametrize(
    ("boxes", "union"),
    [
        ([Bounds(170, 0, -170, 10)], Bounds(170, 0, -170, 10)),
        ([Bounds(1, 2, 3, 4), Bounds(2, 1, 5, 3)], Bounds(1, 1, 5, 4)),
        ([Bounds(170, 0, -170, 10), Bounds(1, -2, 3, 4)], Bounds(-180, -2, 180, 10)),
    ],
)
def test_boxes_are_united(boxes: list[Bounds], union: Bounds):
    assert unite_bounds(boxes) == union


def describe_row(world: WorldGrid) -> str:
    """The line of a grid in docs/grids.md."""
    crs = world.grid.crs.removesuffix(" +type=crs")
    box = " | ".join(f"{value:.6g}" for value in world.box)
    size = f"{world.grid.width} x {world.grid.height}"
    return f"| {world.name} | `{crs}` | {size} | {box} |"


def test_the_documentation_has_every_grid():
    lines = [line for line in DOCS.read_text().splitlines() if line.startswith("| ")]

    assert lines[1:] == [describe_row(world) for world in WORLD_GRIDS]
