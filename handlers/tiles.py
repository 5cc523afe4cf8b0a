"""Tiles, images, and the values at a point."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from handlers import routes
from handlers.catalogue.store import find_dataset
from handlers.drawing.previews import router as images_router
from handlers.drawing.tile import BLOCK_BYTES, answer_tile
from handlers.http.app import make_app, serve
from handlers.http.caching import Address, conditional
from handlers.http.handles import handles
from handlers.params.query import read_query
from handlers.params.requests.drawing import read_drawing
from handlers.params.requests.position import read_position
from handlers.params.requests.source import read_source
from handlers.params.requests.tile import read_tile
from handlers.platform.powertools import logger, metrics
from handlers.point import answer_point
from raster_core.catalogue.versions import version_of
from raster_core.drawing.resolve import resolve_drawing
from raster_core.drawing.sources import resolve_source
from raster_core.sources.file.gdal import keep_blocks

if TYPE_CHECKING:
    from handlers.platform.powertools import LambdaContext, Response

keep_blocks(BLOCK_BYTES)

app = make_app()
app.include_router(images_router)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    """The Lambda entry point."""
    return serve(app, event, context)


@handles(app, routes.TILE)
def get_tile(dataset_id: str, z: str, x: str, y: str) -> Response[bytes]:
    """One tile; transparent where the dataset has no data."""
    event = app.current_event
    query = read_query(event, routes.TILE.params)
    drawing = read_drawing(query)
    tile = read_tile(query, z, x, y)
    resolved = resolve_drawing(find_dataset(dataset_id), drawing, tile.frame.form)
    answer = partial(answer_tile, resolved, tile)
    address = Address(event.path, query)
    return conditional(event, resolved.version, answer, address=address)


@handles(app, routes.POINT)
def get_point(dataset_id: str) -> Response[str]:
    """The values at a longitude and latitude."""
    query = read_query(app.current_event, routes.POINT.params)
    source = read_source(query)
    position = read_position(query)
    dataset = find_dataset(dataset_id)
    every = tuple(band.index for band in dataset.bands)
    spec = resolve_source(dataset, source, every)
    answer = partial(answer_point, spec, position)
    return conditional(app.current_event, version_of(dataset), answer, weak=True)
