"""Datasets as the catalogue knows them, of which only the grid matters."""

from raster_core.bands import BandInfo
from raster_core.catalogue.dataset import Dataset, RenderDefaults
from raster_core.grid import Grid
from raster_core.sources.extent.extent import geographic_bounds


def catalogued(grid: Grid, *overviews: int) -> Dataset:
    return Dataset(
        id="x",
        title="X",
        description="",
        attribution="",
        version="1",
        stated=geographic_bounds(grid),
        grid=grid,
        overviews=overviews,
        bands=(BandInfo(1, "b1", "uint8"),),
        rendering=RenderDefaults(),
        item={},
    )
