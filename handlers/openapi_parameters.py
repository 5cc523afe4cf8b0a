"""The declared parameters as OpenAPI has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.openapi_kinds import Parameter
from handlers.params.lists import images, overlay, path, rendering, source, tiles, wmts
from handlers.params.lists import zonal as zones

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.params.param import AnyParam


def _describe(param: AnyParam) -> Parameter:
    return Parameter(param.text, param.schema, param.example, param.required)


def _by_name(*params: AnyParam) -> Mapping[str, Parameter]:
    return {param.name: _describe(param) for param in params}


PATH = {
    **_by_name(*path.TILE_PATH, path.NAME, path.FORMAT),
    "format:part": _describe(path.PART_FORMAT),
}
SOURCE = _by_name(*source.SOURCE)
RENDERING = _by_name(*rendering.RENDERING)
VERSION = _by_name(rendering.VERSION)
TILE = _by_name(tiles.TILESIZE, tiles.EMPTY)
TILE_URL = _by_name(tiles.TILE_FORMAT, tiles.TILE_SCALE)
COLORMAP = _by_name(*images.COLORMAP_IMAGE)
POINT = _by_name(*zones.POSITION)
ZONAL = _by_name(*(p for p in zones.STATISTICS if p not in source.SOURCE))
BBOX = _describe(zones.BBOX)
CRS = _describe(zones.CRS)
SIZES = {"max_size": _describe(images.MAX_SIZE_OF_PREVIEW)}
PART = _by_name(
    images.BBOX,
    images.BBOX_CRS,
    images.CRS,
    images.MAX_SIZE_OF_PART,
    images.WIDTH,
    images.HEIGHT,
)
OVERLAY = _by_name(overlay.OVERLAY)
GRID = _describe(overlay.GRID)
WMTS = _by_name(*wmts.KEYS)
