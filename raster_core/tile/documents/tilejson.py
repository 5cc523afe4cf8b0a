"""TileJSON, from which a map client learns where tiles are and what they show.

It is computed from the catalogue alone; no raster is opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.tile.grids.tms import clamp_bounds
from raster_core.tile.grids.zooms import middle, overview_zoom, zoom_range

if TYPE_CHECKING:
    from raster_core.catalogue.dataset import Dataset
    from raster_core.documents import Json

# TileJSON's versions are semantic; a checksum is not.
_SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


@dataclass(frozen=True, slots=True)
class TileLayout:
    """The size and format of the tiles at a URL."""

    tile_size: int = 256
    """CSS pixels of a tile on the map, a side: 256 or 512."""
    scale: int = 1
    """Pixels of the image per CSS pixel: 1, or 2 for high-resolution screens."""
    form: str = "png"
    """The extension in the URL, without its dot."""
    encoding: str | None = None
    """MapLibre's name for the encoding, if colours encode heights."""


def tilejson(dataset: Dataset, tiles: str, layout: TileLayout) -> Json:
    """The TileJSON 3.0.0 document of a dataset.

    Args:
        dataset: The dataset.
        tiles: The absolute tile URL with ``{z}``, ``{x}`` and ``{y}``.
        layout: The size and format of the tiles. Tiles of twice the pixels show all
            pixels of the raster one zoom earlier.

    Source: https://github.com/mapbox/tilejson-spec/tree/master/3.0.0
    """
    bounds = dataset.bounds
    minzoom, native = zoom_range(dataset)
    doublings = (layout.tile_size * layout.scale // 256).bit_length() - 1
    maxzoom = max(native - doublings, minzoom)
    zoom = min(max(overview_zoom(bounds), minzoom), maxzoom)
    document: dict[str, object] = {
        "tilejson": "3.0.0",
        "name": dataset.title,
        "description": dataset.description,
        "attribution": dataset.attribution,
        "scheme": "xyz",
        "tiles": [tiles],
        "minzoom": minzoom,
        "maxzoom": maxzoom,
        "bounds": list(clamp_bounds(bounds)),
        "center": [*middle(bounds), zoom],
        # Not in the specification, but in MapLibre's sources.
        "tileSize": layout.tile_size,
        "format": layout.form,
    }
    if layout.encoding:
        document["encoding"] = layout.encoding
    if _SEMANTIC.fullmatch(dataset.version):
        document["version"] = dataset.version
    return document
