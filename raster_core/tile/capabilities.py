"""TileJSON: what a map client must know before it asks for a tile.

Computed from the catalogue alone; no raster is opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.tile.grids.zooms import middle, overview_zoom, zoom_range
from raster_core.tile.tms import clamp_bounds

if TYPE_CHECKING:
    from raster_core.documents import Json
    from raster_core.source.dataset import Dataset

# What TileJSON takes for the version of a set of tiles; a checksum is none.
_SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


@dataclass(frozen=True, slots=True)
class TileLayout:
    """What comes for a tile."""

    tile_size: int = 256
    """Pixels of the map that a tile covers, a side: 256 or 512."""
    scale: int = 1
    """Pixels of the image for each of those, a side: 2 for sharp screens."""
    form: str = "png"
    """The end of the URL, without its dot."""
    encoding: str | None = None
    """``mapbox`` or ``terrarium``, of tiles whose colours are heights."""


def tilejson(dataset: Dataset, tiles: str, layout: TileLayout) -> Json:
    """The TileJSON 3.0.0 document of a dataset.

    Args:
        dataset: What to describe.
        tiles: The absolute tile URL with ``{z}``, ``{x}`` and ``{y}``.
        layout: What that URL yields. A tile of twice the pixels shows every pixel of
            the raster one zoom earlier.

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
        # Beyond the specification, as MapLibre's sources have them.
        "tileSize": layout.tile_size,
        "format": layout.form,
    }
    if layout.encoding:
        document["encoding"] = layout.encoding
    if _SEMANTIC.fullmatch(dataset.version):
        document["version"] = dataset.version
    return document
