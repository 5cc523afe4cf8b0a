import pytest
from affine import Affine

from raster_core.grid import Grid
from raster_core.tile.grids.zooms import zoom_range
from tests.tile.catalogued import catalogued

WORLD = Grid("EPSG:4326", Affine(0.05, 0, -180, 0, -0.05, 90), 7200, 3600)
MERCATOR = Grid("EPSG:3857", Affine(100, 0, 0, 0, -100, 6e6), 80_000, 80_000)
UTM = Grid("EPSG:32633", Affine(30, 0, 300_000, 0, -30, 5_300_000), 8000, 8000)


@pytest.mark.parametrize(
    ("grid", "overviews", "zooms"),
    [
        (WORLD, (2, 4, 8, 16), (0, 5)),
        # 100 m: z 11 has 76 m pixels. 80,000 pixels fit from z 7 without overviews.
        (MERCATOR, (2, 4, 8, 16, 32, 64, 128, 256), (0, 11)),
        (MERCATOR, (), (7, 11)),
        # 30 m at 47 N are 44 m of Mercator: z 12 has 38 m.
        (UTM, (2, 4, 8), (0, 12)),
    ],
)
def test_the_zooms_follow_from_resolution_and_overviews(
    grid: Grid, overviews: tuple[int, ...], zooms: tuple[int, int]
):
    assert zoom_range(catalogued(grid, *overviews)) == zooms
