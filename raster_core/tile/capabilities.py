"""TileJSON: what a map client must know before it asks for a tile.

Computed from the catalogue alone; no raster is opened.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.earth import EQUATOR
from raster_core.source.budget import MAX_PIXELS
from raster_core.source.crs import LONGITUDE_LATITUDE, wrap_longitudes
from raster_core.source.extent import MAX_BOXES
from raster_core.source.operations import point_transform
from raster_core.tile.tms import CRS, MAX_ZOOM, clamp_bounds, zoom_of_resolution

if TYPE_CHECKING:
    from raster_core.documents import Json
    from raster_core.grid import Bounds, Grid
    from raster_core.source.dataset import Dataset

# Web Mercator metres in a degree of longitude.
_DEGREE = EQUATOR / 360

# What TileJSON takes for the version of a set of tiles; a checksum is none.
_SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")

# Zooms by which a tile may be finer than the raster without showing more.
_ROUNDING = 0.1


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
    zoom = min(max(_overview_zoom(bounds), minzoom), maxzoom)
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
        "center": [*_middle(bounds), zoom],
        # Beyond the specification, as MapLibre's sources have them.
        "tileSize": layout.tile_size,
        "format": layout.form,
    }
    if layout.encoding:
        document["encoding"] = layout.encoding
    if _SEMANTIC.fullmatch(dataset.version):
        document["version"] = dataset.version
    return document


def zoom_range(dataset: Dataset) -> tuple[int, int]:
    """The first zoom that can be drawn and the first that shows every pixel.

    Drawn: a tile's window at the coarsest overview is at most ``budget.MAX_PIXELS``.
    """
    native = zoom_of_resolution(mercator_resolution(dataset))
    maxzoom = min(max(math.ceil(native - _ROUNDING), 0), MAX_ZOOM)
    coarsest = max(dataset.overviews, default=1)
    if dataset.grid.window.pixels <= MAX_PIXELS * coarsest**2:
        return 0, maxzoom
    # At the native zoom a tile is 256 pixels a side; each zoom out doubles that.
    zooms_out = math.log2(math.sqrt(MAX_PIXELS) * coarsest / 256)
    return min(max(math.ceil(native - zooms_out), 0), maxzoom), maxzoom


def mercator_resolution(dataset: Dataset) -> float:
    """Size in Web Mercator metres of the finest pixel side, at the middle."""
    return _resolution_at(dataset.grid, dataset.bounds)


@lru_cache(maxsize=MAX_BOXES)
def _resolution_at(grid: Grid, bounds: Bounds) -> float:
    """That of a grid, at the middle of a box."""
    lon, lat = (np.array([value]) for value in _middle(bounds))
    x, y = point_transform(LONGITUDE_LATITUDE, CRS)(lon, lat)
    to_mercator = point_transform(grid, CRS)
    to_own = point_transform(CRS, grid)
    own_x, own_y = to_own(x, y)
    transform = grid.transform
    steps = ((0.0, 0.0), (transform.a, transform.d), (transform.b, transform.e))
    at_x, at_y = to_mercator(
        own_x + np.array([step[0] for step in steps]),
        own_y + np.array([step[1] for step in steps]),
    )
    with np.errstate(invalid="ignore"):
        sides = np.hypot(at_x[1:] - at_x[0], at_y[1:] - at_y[0])
    if np.isfinite(sides).all():
        return float(sides.min())
    # The middle of the box is not on the raster's map, as in a full disk from space.
    return _width(bounds) / grid.width * _DEGREE


def _overview_zoom(bounds: Bounds) -> int:
    """The zoom at which the box is about as large as a map: 1024 pixels."""
    _, bottom, _, top = clamp_bounds(bounds)
    side = max(_width(bounds), top - bottom)
    return math.floor(math.log2(4 * 360 / side)) if side else 0


def _middle(bounds: Bounds) -> tuple[float, float]:
    """Longitude and latitude, also of a box over the antimeridian."""
    _, bottom, _, top = clamp_bounds(bounds)
    longitude = wrap_longitudes(np.array(bounds.left + _width(bounds) / 2))
    return float(longitude), (bottom + top) / 2


def _width(bounds: Bounds) -> float:
    """Degrees of longitude."""
    return bounds.right - bounds.left + 360.0 * (bounds.right < bounds.left)
