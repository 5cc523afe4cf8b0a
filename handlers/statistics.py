"""Zonal statistics: of the GeoJSON in a body, of a box, of a whole raster."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from handlers import routes
from handlers.catalogue.store import find_dataset
from handlers.http.app import make_app, seconds_left, serve
from handlers.http.caching import Address, conditional
from handlers.http.handles import handles
from handlers.params.lists import zonal as params
from handlers.params.query import read_query
from handlers.params.requests.statistics import read_statistics
from handlers.platform.powertools import logger, metrics
from handlers.zones.answers import answer_box, answer_zones
from handlers.zones.counted import resolve_counted
from handlers.zones.crosstab import router as crosstab_router
from handlers.zones.features import router as features_router
from handlers.zones.profile import router as profile_router
from raster_core.catalogue.versions import version_of

if TYPE_CHECKING:
    from handlers.platform.powertools import LambdaContext, Response

# Parameters without effect on a whole raster, all of whose pixels count fully.
_OF_ZONES = (
    params.COVERAGE,
    params.GROUP_BY,
    params.INCLUDE_GEOMETRY,
    params.WEIGHTS,
)

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
        read_query(event, routes.ZONE_STATISTICS.params),
        lambda: find_dataset(dataset_id),
        event=event,
        context=app.lambda_context,
    )


@handles(app, routes.STATISTICS)
def get_statistics(dataset_id: str) -> Response[str]:
    """Statistics of a box in longitude and latitude, or of the whole raster."""
    event = app.current_event
    query = read_query(event, routes.STATISTICS.params)
    request = read_statistics(query, seconds_left(app.lambda_context))
    bbox = query.get(params.BBOX)
    if not query.has(params.BBOX):
        query.refuse_unused(_OF_ZONES, "needs a bbox")
    query.check()
    dataset = find_dataset(dataset_id)
    spec = resolve_counted(dataset, request)
    second = (request.second.group_by, request.second.weights)
    others = (find_dataset(name) for name in second if name is not None)
    datasets = (dataset, *others)

    answer = partial(answer_box, spec, request, bbox)
    address = Address(event.path, query)
    version = version_of(*datasets)
    return conditional(event, version, answer, weak=True, address=address)
