"""From what users name to a ``Raster``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rasterlet.opening.source import open_dataset
from rasterlet.raster import Raster

if TYPE_CHECKING:
    from rasterlet.opening.source import Source


def open(source: Source, *, id: str | None = None) -> Raster:  # noqa: A001, A002  as rasterio's
    """A raster: a file, several files as its bands, or what a catalogue has.

    The header is read, and no pixel.

    Args:
        source: A path or URL of a GeoTIFF (``s3://``, ``https://``), or of a STAC Item
            or catalogue in JSON; an Item as a dictionary or pystac object; several
            files in a list, or in a dictionary by the names of their bands.
        id: Which Item of a catalogue; of files, the id that the raster gets.

    Raises:
        RequestError: If the source is of a wrong kind, missing, or not in the
            catalogue.
        SourceError: If it cannot be read; says how to mend it.
    """
    return Raster(open_dataset(source, id=id))
