"""From what users name to a ``Raster``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.drawing.request import Source
from raster_core.drawing.sources import resolve_source
from rasterlet.opening.source import open_dataset
from rasterlet.raster import Raster
from rasterlet.rendering.selection import read_source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rasterlet.opening.source import AnySource


def open(  # noqa: A001  as rasterio's
    source: AnySource,
    *,
    id: str | None = None,  # noqa: A002  as STAC has it
    bands: int | str | Iterable[int | str] | None = None,
    expression: str | None = None,
    nodata: float | None = None,
) -> Raster:
    """A raster: a file, several files as its bands, or what a catalogue has.

    The header is read, and no pixel.

    Args:
        source: A path or URL of a GeoTIFF (``s3://``, ``https://``), or of a STAC Item
            or catalogue in JSON; an Item as a dictionary or pystac object; several
            files in a list, or in a dictionary by the names of their bands.
        id: Which Item of a catalogue; of files, the id that the raster gets.
        bands: Which bands, by number from 1 or by name; None means all.
        expression: What is computed of the bands instead: ``(nir-red)/(nir+red)``.
        nodata: Stored value that is no data, in place of the file's own.

    Raises:
        RequestError: If the source is of a wrong kind or missing, or lacks a band.
        SourceError: If it cannot be read; says how to mend it.
    """
    chosen = read_source(Source(), bands=bands, expression=expression, nodata=nodata)
    raster = Raster(open_dataset(source, id=id), chosen)
    resolve_source(raster.dataset, raster.source)  # refuses what it does not have
    return raster
