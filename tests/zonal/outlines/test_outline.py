"""Edges on a grid: vertices meant to lie on its lines do so."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from raster_core.grid import Grid
from raster_core.zonal.coverage.cover import Coverage, Mode, cover
from raster_core.zonal.coverage.weights import WHOLE
from raster_core.zonal.outlines.projecting import project_zones
from raster_core.zonal.zones.zone import Zone

if TYPE_CHECKING:
    from collections.abc import Callable

# Resolutions that rasters in use have, with their CRS.
RESOLUTIONS = {
    Fraction(1, 12000): "EPSG:4326",  # ESA WorldCover
    Fraction(1, 3600): "EPSG:4326",  # Copernicus DEM, SRTM
    Fraction(1, 4000): "EPSG:4326",  # Hansen's forests
    Fraction(1, 1200): "EPSG:4326",
    Fraction(1, 240): "EPSG:4326",
    Fraction(1, 120): "EPSG:4326",  # WorldClim
    Fraction(1, 20): "EPSG:4326",
    Fraction(1, 10): "EPSG:4326",  # ERA5-Land
    Fraction(30): "EPSG:32633",
    Fraction(1, 5): "EPSG:32633",
}
SIDE = 2400

# A coordinate as people and programs write it.
WRITINGS: dict[str, Callable[[Fraction], float]] = {
    "exact": float,
    "15 digits": lambda place: float(f"{float(place):.15g}"),
    "12 decimals": lambda place: round(float(place), 12),
}


@st.composite
def boxes(draw: st.DrawFn) -> tuple[Grid, Fraction, tuple[int, int, int, int]]:
    """A grid, its resolution, and the columns and rows between lines of it."""
    pixel = draw(st.sampled_from(list(RESOLUTIONS)))
    crs = RESOLUTIONS[pixel]
    degrees = crs == "EPSG:4326"
    left = draw(st.integers(-179, 170) if degrees else st.integers(3, 7)) * (
        1 if degrees else 100_000
    )
    top = draw(st.integers(-60, 80)) if degrees else 5_300_000
    side = min(SIDE, int(8 / pixel)) if degrees else SIDE
    col, row = draw(st.integers(0, side - 2)), draw(st.integers(0, side - 2))
    right, bottom = (draw(st.integers(low + 1, side - 1)) for low in (col, row))
    size = float(pixel)
    grid = Grid(crs, Affine(size, 0, left, 0, -size, top), side, side)
    return grid, pixel, (col, row, right, bottom)


def cover_zone(
    shape: shapely.Geometry, grid: Grid, mode: Mode = Mode.FRACTION
) -> Coverage:
    edges = project_zones([Zone(shape, crs=grid.crs)], grid)
    return cover(edges, grid.window, mode)


@given(boxes(), st.sampled_from(list(WRITINGS)), st.sampled_from(Mode))
@settings(max_examples=300, deadline=None)
def test_a_box_on_the_lines_of_a_grid_has_its_own_cells_and_no_others(
    placed: tuple[Grid, Fraction, tuple[int, int, int, int]], writing: str, mode: Mode
):
    grid, pixel, (col, row, right, bottom) = placed
    left, top = Fraction(int(grid.transform.c)), Fraction(int(grid.transform.f))
    write = WRITINGS[writing]

    shape = shapely.box(
        write(left + col * pixel),
        write(top - bottom * pixel),
        write(left + right * pixel),
        write(top - row * pixel),
    )
    runs = cover_zone(shape, grid, mode)

    assert (runs.row == np.arange(row, bottom)).all()
    assert set(runs.start.tolist()) == {col}
    assert set(runs.stop.tolist()) == {right}
    assert set(runs.weight.tolist()) == {WHOLE}


@given(
    st.lists(st.tuples(st.floats(0, 2000), st.floats(0, 2000)), min_size=3, max_size=8),
    st.integers(-3, 3),
)
@settings(max_examples=100, deadline=None)
def test_putting_vertices_on_lines_does_not_change_areas(
    points: list[tuple[float, float]], beside: int
):
    """Vertices on lines, or up to two nanopixels beside them, among any others."""
    hull = shapely.MultiPoint(
        [(round(x, 1) + beside * 7e-10, y) for x, y in points]
    ).convex_hull
    if hull.geom_type != "Polygon" or hull.area < 100:
        hull = shapely.box(10 + 7e-10, 10, 2000, 100)
    grid = Grid("EPSG:32633", Affine(1, 0, 0, 0, -1, 2048), 2048, 2048)

    runs = cover_zone(hull, grid)

    weight = ((runs.stop - runs.start) * (runs.weight / WHOLE)).sum()
    # A vertex is moved by 1e-8 of a pixel at most, and with it the sides beside it.
    moved = 1e-8 * hull.length / 2
    assert weight == pytest.approx(hull.area, rel=1e-11, abs=moved)


def test_borders_through_centres_count_once_however_they_are_rounded():
    pixel = 1 / 12000
    grid = Grid("EPSG:4326", Affine(pixel, 0, 6, 0, -pixel, 3), 1200, 1200)
    for row in range(10, 1000, 7):
        middle = round(3 - (row + 0.5) / 12000, 12)
        upper, lower = (
            cover_zone(box, grid, Mode.CENTRE)
            for box in (
                shapely.box(6.01, middle, 6.02, 2.99995),
                shapely.box(6.01, 2.9, 6.02, middle),
            )
        )

        assert upper.row.max() + 1 == lower.row.min() == row
