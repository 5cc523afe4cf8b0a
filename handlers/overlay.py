"""Weighted overlays that a request defines: tiles, values, legends, statistics.

The parameter ``overlay`` replaces the dataset; everything else is as for a dataset.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from handlers import routes
from handlers.catalogue.store import find_dataset, load_catalogue
from handlers.drawing.documents import (
    answer_legend,
    answer_legend_image,
    answer_tilejson,
)
from handlers.drawing.tile import answer_tile
from handlers.http.app import make_app, serve
from handlers.http.caching import Address, conditional
from handlers.http.handles import handles
from handlers.params.lists.overlay import overlay_error
from handlers.params.query import read_query
from handlers.params.requests.drawing import read_drawing
from handlers.params.requests.overlay import read_base, read_definition
from handlers.params.requests.position import read_position
from handlers.params.requests.tile import read_layout, read_tile
from handlers.platform.powertools import logger, metrics
from handlers.point import answer_overlay_point
from raster_core.catalogue.colormaps import add_colormaps
from raster_core.catalogue.definition import DefinitionError
from raster_core.catalogue.overlays import overlay_dataset
from raster_core.catalogue.versions import version_of
from raster_core.drawing.resolve import resolve_drawing

if TYPE_CHECKING:
    from handlers.platform.powertools import LambdaContext, Response
    from raster_core.catalogue.dataset import Dataset
    from raster_core.catalogue.definition import OverlayDefinition
    from raster_core.drawing.resolve import Resolved

_PATH = "/overlay"

app = make_app()


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    """The Lambda entry point."""
    return serve(app, event, context)


@handles(app, routes.OVERLAY_TILE)
def get_tile(z: str, x: str, y: str) -> Response[bytes]:
    """One tile; transparent where there is no score."""
    event = app.current_event
    query = read_query(event, routes.OVERLAY_TILE.params)
    drawing, definition = read_drawing(query), read_definition(query)
    tile = read_tile(query, z, x, y)
    resolved = resolve_drawing(find_overlay(definition), drawing, tile.frame.form)
    answer = partial(answer_tile, resolved, tile)
    address = Address(event.path, query)
    return conditional(event, resolved.version, answer, address=address)


@handles(app, routes.OVERLAY_TILEJSON)
def get_tilejson() -> Response[str]:
    """What a map client needs to ask for tiles."""
    event = app.current_event
    query = read_query(event, routes.OVERLAY_TILEJSON.params)
    drawing, definition = read_drawing(query), read_definition(query)
    layout = read_layout(query, drawing)
    query.check()
    resolved = resolve_drawing(find_overlay(definition), drawing)
    return answer_tilejson(event, resolved, path=_PATH, query=query, layout=layout)


@handles(app, routes.OVERLAY_LEGEND)
def get_legend() -> Response[str]:
    """What the colours mean."""
    return answer_legend(app.current_event, _resolve_legend())


@handles(app, routes.OVERLAY_LEGEND_IMAGE)
def get_legend_image() -> Response[bytes]:
    """The legend as an image."""
    return answer_legend_image(app.current_event, _resolve_legend())


@handles(app, routes.OVERLAY_POINT)
def get_point() -> Response[str]:
    """The score at a position, and what each layer contributes to it."""
    event = app.current_event
    query = read_query(event, routes.OVERLAY_POINT.params)
    definition = read_definition(query)
    position = read_position(query)
    dataset = find_overlay(definition)

    assert definition is not None  # noqa: S101  or it was a fault
    answer = partial(answer_overlay_point, dataset, definition, position)
    return conditional(event, version_of(dataset), answer, weak=True)


@handles(app, routes.OVERLAY_STATISTICS)
def post_statistics() -> Response[str]:
    """Statistics of a Geometry, a Feature or a FeatureCollection."""
    # Imports shapely and the statistics: a sixth of a cold start, which tiles save.
    from handlers.zones.answers import answer_zones  # noqa: PLC0415

    event = app.current_event
    query = read_query(event, routes.OVERLAY_STATISTICS.params)
    definition = read_definition(query)
    base = read_base(query, definition)
    return answer_zones(
        query,
        lambda: find_overlay(definition, base),
        event=event,
        context=app.lambda_context,
        grid=definition.layers[base].dataset if definition else None,
    )


def find_overlay(definition: OverlayDefinition | None, base: int = 0) -> Dataset:
    """An overlay of datasets of the catalogue, as a dataset.

    Args:
        definition: The overlay definition, of a query without faults.
        base: The position of the layer whose pixels are the overlay's.

    Raises:
        InvalidError: If a dataset, or a band of it, does not exist.
        SourceError: If a dataset is not usable.
    """
    assert definition is not None  # noqa: S101  or it was a fault
    try:
        dataset = overlay_dataset(definition, find_dataset, base)
        return add_colormaps(dataset, load_catalogue().colormaps)
    except DefinitionError as error:
        raise overlay_error(error) from error


def _resolve_legend() -> Resolved:
    """What the legend of an overlay describes."""
    query = read_query(app.current_event, routes.OVERLAY_LEGEND.params)
    drawing, definition = read_drawing(query), read_definition(query)
    query.check()
    return resolve_drawing(find_overlay(definition), drawing)
