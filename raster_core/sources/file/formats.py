"""Which other format a file has that is not a GeoTIFF: to tell users how to convert it.

Nothing is served by this: the one door for pixels opens GeoTIFFs alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from raster_core.sources.file.gdal import GdalFailure, gdal_environment, open_any


@dataclass(frozen=True, slots=True)
class Format:
    """What GDAL takes a file for."""

    name: str
    """As GDAL calls it: ``PNG``, ``netCDF``, ``VRT``."""
    parts: tuple[str, ...]
    """GDAL's names for the rasters in the file, if it has several."""


def find_format(path: str) -> Format | None:
    """The format in which GDAL reads a raster of this machine; None if it does not."""
    try:
        with gdal_environment(), open_any(path) as dataset:
            return Format(str(dataset.driver), tuple(map(str, dataset.subdatasets)))
    except GdalFailure:
        return None
