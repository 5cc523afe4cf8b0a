"""Zonal statistics: of the GeoJSON in a body, of a box, of a whole raster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import routes
from handlers.asked import PARAMS, open_asked, read_asked
from handlers.caching import conditional, version_of
from handlers.crosstab import router as crosstab_router
from handlers.features import router as features_router
from handlers.layers import source_spec
from handlers.powertools import handles
from handlers.profile import router as profile_router
from handlers.schema import number, read_query
from handlers.store import find_dataset
from handlers.web import logger, make_app, metrics, seconds_left, serve
from handlers.zonal import ZONE_PARAMS, answer_figures, answer_zones
from raster_core.zonal.engine import raster_statistics, zonal_statistics
from raster_core.zonal.geometry import read_zone

if TYPE_CHECKING:
    from handlers.powertools import LambdaContext, Response

# What a whole raster, every pixel of which counts whole, has no use for.
_OF_ZONES = ("coverage", "group_by", "include_geometry", "weights")

app = make_app()
for router in (crosstab_router, features_router, profile_router):
    app.include_router(router)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    """The Lambda entry point."""
    return serve(app, event, context)


@handles(app, routes.ZONE_STATISTICS)
def post_statistics(dataset_id: str) -> Response[str]:
    """Statistics of a Geometry, a Feature or a FeatureCollection."""
    event = app.current_event
    return answer_zones(
        read_query(event, ZONE_PARAMS),
        lambda: find_dataset(dataset_id),
        event=event,
        context=app.lambda_context,
    )


@handles(app, routes.STATISTICS)
def get_statistics(dataset_id: str) -> Response[str]:
    """Statistics of a box in longitude and latitude, or of the whole raster."""
    query = read_query(app.current_event, (*PARAMS, "bbox"))
    asked = read_asked(query, seconds_left(app.lambda_context))
    rule = "of the form west,south,east,north with south < north"
    bbox = query.value("bbox", _box, rule)
    given = {name for name, _ in query.pairs}
    if "bbox" not in given:
        query.refuse(_OF_ZONES, "without a bbox")
    query.check()
    dataset = find_dataset(dataset_id)
    source_spec(dataset, asked.source)  # refuses bands that the dataset lacks
    second = (asked.second.group_by, asked.second.weights)
    others = (find_dataset(name) for name in second if name is not None)
    datasets = (dataset, *others)

    def make() -> Response[str]:
        layer = open_asked(dataset, asked)
        if bbox is None:
            found = raster_statistics(layer, asked.options)
            return answer_figures(found, layer, asked, None)
        box = {"type": "Polygon", "coordinates": [bbox]}
        (found,) = zonal_statistics(layer, [read_zone(box)], asked.options)
        return answer_figures(found, layer, asked, box)

    return conditional(app.current_event, version_of(*datasets), make, weak=True)


def _box(text: str) -> list[list[float]]:
    """The ring of a box; west may be greater than east, over the antimeridian."""
    west, south, east, north = map(number(-540, 540), text.split(","))
    east += 360 * (east < west)
    if south >= north or west == east:
        raise ValueError(text)
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]
