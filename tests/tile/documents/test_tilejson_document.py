from __future__ import annotations

import numpy as np
from affine import Affine

from raster_core.grid import Grid
from raster_core.sources.crs.operations import point_transform
from raster_core.tile.documents.tilejson import TileLayout, tilejson
from tests.tile.catalogued import catalogued

UTM = Grid("EPSG:32633", Affine(30, 0, 300_000, 0, -30, 5_300_000), 8000, 8000)


def test_the_middle_of_a_raster_over_the_antimeridian_is_on_it():
    fiji = Grid("EPSG:4326", Affine(0.01, 0, 176, 0, -0.01, -12), 1000, 800)
    chukotka = Grid("EPSG:32660", Affine(100, 0, 4e5, 0, -100, 7.5e6), 3000, 3000)

    for grid in (fiji, chukotka):
        document = tilejson(catalogued(grid), "https://host/{z}", TileLayout())

        lon, lat, zoom = document["center"]  # type: ignore[misc]
        (x,), (y,) = point_transform("OGC:CRS84", grid.crs)(
            np.array([lon]), np.array([lat])
        )
        x += 360 * (x < 0)
        col, row = ~grid.transform @ (x, y)
        assert 0.4 < col / grid.width < 0.6
        assert 0.4 < row / grid.height < 0.6
        assert zoom >= 5
        west, _, east, _ = document["bounds"]  # type: ignore[misc]
        assert (west, east) == (-180, 180)


def test_tilejson_points_at_the_middle_at_a_zoom_that_shows_it():
    url = "https://host/{z}/{x}/{y}.png"

    document = tilejson(catalogued(UTM, 2, 4, 8), url, TileLayout())

    west, south, east, north = document["bounds"]  # type: ignore[misc]
    lon, lat, zoom = document["center"]  # type: ignore[misc]
    assert west < lon < east
    assert south < lat < north
    assert document["minzoom"] <= zoom <= document["maxzoom"]  # type: ignore[operator]
    assert 5 <= zoom <= 8
