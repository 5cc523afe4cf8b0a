"""What is known without opening a raster: catalogue, TileJSON, legend, documents."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from handlers.addresses import base_url
from handlers.answers import json_answer, uncached
from handlers.caching import conditional, version_of
from handlers.documents import router as documents_router
from handlers.maps import router as maps_router
from handlers.schema import read_query
from handlers.store import load_catalogue
from handlers.web import logger, make_app, metrics, serve
from raster_core.version import __version__

if TYPE_CHECKING:
    from handlers.powertools import LambdaContext, Response
    from raster_core.source.dataset import Dataset

_GEOJSON = "application/geo+json"

# Relation, route and media type of the links of an Item.
_LINKS = (
    ("self", "/datasets/{id}", _GEOJSON),
    ("tiles", "/datasets/{id}/tiles/{z}/{x}/{y}.png", "image/png"),
    ("tilejson", "/datasets/{id}/tilejson.json", "application/json"),
    ("wmts", "/wmts/1.0.0/WMTSCapabilities.xml", "application/xml"),
    ("legend", "/datasets/{id}/legend.json", "application/json"),
    ("preview", "/datasets/{id}/preview.png", "image/png"),
    ("part", "/datasets/{id}/part.png", "image/png"),
    ("point", "/datasets/{id}/point", "application/json"),
    ("statistics", "/datasets/{id}/statistics", _GEOJSON),
    ("features", "/datasets/{id}/features", _GEOJSON),
    ("profile", "/datasets/{id}/profile", "application/json"),
    ("crosstab", "/crosstab?dataset={id}", _GEOJSON),
)

# What else a link says: STAC's best practices and its extension web-map-links.
_POSTED = frozenset({"features", "profile", "crosstab"})

app = make_app()
for router in (maps_router, documents_router):
    app.include_router(router)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    """The Lambda entry point."""
    return serve(app, event, context)


@app.get("/health")
def get_health() -> Response[str]:
    """That the service runs; asks nothing of the store."""
    read_query(app.current_event, ()).check()
    return uncached(json_answer({"status": "ok", "version": __version__}))


@app.get("/datasets")
def get_datasets() -> Response[str]:
    """The catalogue."""
    read_query(app.current_event, ()).check()
    datasets, base = load_catalogue().datasets.values(), base_url(app.current_event)

    def make() -> Response[str]:
        items = [_public_item(dataset, base) for dataset in datasets]
        collection = {"type": "FeatureCollection", "features": items}
        return json_answer(collection, media_type=_GEOJSON)

    version = f"{version_of(*datasets)} {base}"
    return conditional(app.current_event, version, make, weak=True)


@app.get("/datasets/<dataset_id>")
def get_dataset(dataset_id: str) -> Response[str]:
    """One Item of the catalogue."""
    read_query(app.current_event, ()).check()
    dataset, base = load_catalogue().dataset(dataset_id), base_url(app.current_event)
    return conditional(
        app.current_event,
        f"{version_of(dataset)} {base}",
        lambda: json_answer(_public_item(dataset, base), media_type=_GEOJSON),
        weak=True,
    )


def _without_hrefs(value: object) -> object:
    """JSON without members ``href``: alternates of an asset have their own."""
    if isinstance(value, dict):
        kept = {key: part for key, part in value.items() if key != "href"}
        return {key: _without_hrefs(part) for key, part in kept.items()}
    return list(map(_without_hrefs, value)) if isinstance(value, list) else value


def _public_item(dataset: Dataset, base: str) -> dict[str, object]:
    """The Item without hrefs, which name buckets, and with links to our routes."""
    assets = dataset.item["assets"]
    assert isinstance(assets, dict)  # noqa: S101  or it would not be a Dataset
    own = quote(dataset.id, safe="")
    return {
        **dataset.item,
        "assets": {name: _without_hrefs(asset) for name, asset in assets.items()},
        "links": [
            {
                "rel": rel,
                "href": f"{base}{path.replace('{id}', own)}",
                "type": kind,
                **({"method": "POST"} if rel in _POSTED else {}),
                **({"wmts:layer": dataset.id} if rel == "wmts" else {}),
            }
            for rel, path, kind in _LINKS
        ],
    }
