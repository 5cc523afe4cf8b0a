"""What is known without opening a raster: catalogue, TileJSON, legend, documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import routes
from handlers.catalogue.store import load_catalogue
from handlers.contract.answers import GEOJSON
from handlers.drawing.maps import router as maps_router
from handlers.http.answers import json_answer, uncached
from handlers.http.app import make_app, serve
from handlers.http.caching import conditional
from handlers.http.handles import handles
from handlers.http.items import public_item
from handlers.http.urls import base_url
from handlers.openapi.pages import router as documents_router
from handlers.params.query import read_query
from handlers.platform.powertools import logger, metrics
from raster_core.catalogue.versions import version_of
from raster_core.native.library import implementation
from raster_core.version import __version__

if TYPE_CHECKING:
    from handlers.platform.powertools import LambdaContext, Response

app = make_app()
for router in (maps_router, documents_router):
    app.include_router(router)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    """The Lambda entry point."""
    return serve(app, event, context)


@handles(app, routes.HEALTH)
def get_health() -> Response[str]:
    """Whether the service runs, and which engine; requests nothing from the store."""
    read_query(app.current_event, ()).check()
    known = {"status": "ok", "version": __version__, "engine": implementation()}
    return uncached(json_answer(known))


@handles(app, routes.DATASETS)
def get_datasets() -> Response[str]:
    """The catalogue."""
    read_query(app.current_event, ()).check()
    datasets, base = load_catalogue().datasets.values(), base_url(app.current_event)

    def make() -> Response[str]:
        items = [public_item(dataset, base) for dataset in datasets]
        collection = {"type": "FeatureCollection", "features": items}
        return json_answer(collection, media_type=GEOJSON)

    version = f"{version_of(*datasets)} {base}"
    return conditional(app.current_event, version, make, weak=True)


@handles(app, routes.DATASET)
def get_dataset(dataset_id: str) -> Response[str]:
    """One Item of the catalogue."""
    read_query(app.current_event, ()).check()
    dataset, base = load_catalogue().dataset(dataset_id), base_url(app.current_event)
    return conditional(
        app.current_event,
        f"{version_of(dataset)} {base}",
        lambda: json_answer(public_item(dataset, base), media_type=GEOJSON),
        weak=True,
    )
