"""WMTS GetTile: the tile of the tile route, requested by key-value pairs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from handlers.catalogue.store import find_dataset
from handlers.drawing.tile import BLOCK_BYTES, answer_tile
from handlers.http.caching import Address, conditional
from handlers.ows.key_values import tile_path
from handlers.params.lists.tiles import TILE
from handlers.params.param import names_of
from handlers.params.query import Query
from handlers.params.requests.drawing import read_drawing
from handlers.params.requests.tile import read_tile
from raster_core.drawing.resolve import resolve_drawing
from raster_core.sources.file.gdal import keep_blocks
from raster_core.tile.documents.wmts import FORMATS

if TYPE_CHECKING:
    from handlers.ows.key_values import KeyValues
    from handlers.platform.powertools import APIGatewayProxyEventV2, Response

keep_blocks(BLOCK_BYTES)


def answer_get_tile(event: APIGatewayProxyEventV2, pairs: KeyValues) -> Response[bytes]:
    """The tile, with the entity tag that it has on the tile route.

    Args:
        event: The request.
        pairs: Its keys, which have passed ``check_tile``.

    Raises:
        RequestError: If the layer cannot be drawn as requested.
        SourceError: If the raster cannot be read.
    """
    query = Query(pairs.others)
    query.check_names(names_of(TILE))
    drawing = read_drawing(query)
    keys = pairs.keys
    row = f"{keys['TILEROW']}.{FORMATS[keys['FORMAT']]}"
    tile = read_tile(query, keys["TILEMATRIX"], keys["TILECOL"], row)
    address = Address(tile_path(pairs), query)
    resolved = resolve_drawing(find_dataset(keys["LAYER"]), drawing, tile.frame.form)
    answer = partial(answer_tile, resolved, tile)
    return conditional(event, resolved.version, answer, address=address)
