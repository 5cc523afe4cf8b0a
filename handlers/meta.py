"""What is known without opening a raster: catalogue, TileJSON, legend, health."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from handlers.rendering import RENDER_PARAMS, read_render_params
from handlers.schema import read_query
from handlers.store import load_catalogue
from handlers.web import (
    base_url,
    image_answer,
    json_answer,
    logger,
    make_app,
    metrics,
    serve,
    uncached,
)
from raster_core.tile.capabilities import tilejson
from raster_core.tile.colormap import choose_rendering
from raster_core.tile.legend import describe_legend, draw_legend
from raster_core.version import __version__

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler.api_gateway import Response
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from raster_core.grid import BandInfo
    from raster_core.source.catalogue import Dataset
    from raster_core.tile.colormap import Rendering

# Route → relation and media type of the links of an Item.
_LINKS = (
    ("", "self", "application/geo+json"),
    ("/tiles/{z}/{x}/{y}.png", "tiles", "image/png"),
    ("/tilejson.json", "tilejson", "application/json"),
    ("/legend.json", "legend", "application/json"),
    ("/statistics", "statistics", "application/geo+json"),
    ("/point", "point", "application/json"),
)

app = make_app()


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
    items = [_public_item(d) for d in load_catalogue().datasets.values()]
    return json_answer(
        {"type": "FeatureCollection", "features": items},
        media_type="application/geo+json",
    )


@app.get("/datasets/<dataset_id>")
def get_dataset(dataset_id: str) -> Response[str]:
    """One Item of the catalogue."""
    read_query(app.current_event, ()).check()
    item = _public_item(load_catalogue().dataset(dataset_id))
    return json_answer(item, media_type="application/geo+json")


@app.get("/datasets/<dataset_id>/tilejson.json")
def get_tilejson(dataset_id: str) -> Response[str]:
    """What a map client needs to ask for tiles."""
    query = read_query(app.current_event, RENDER_PARAMS)
    read_render_params(query)
    query.check()
    dataset = load_catalogue().dataset(dataset_id)
    _choose(dataset)
    tiles = f"{_dataset_url(dataset)}/tiles/{{z}}/{{x}}/{{y}}.png"
    parameters = urlencode(query.pairs)
    return json_answer(
        tilejson(dataset, f"{tiles}?{parameters}" if parameters else tiles)
    )


@app.get("/datasets/<dataset_id>/legend.json")
def get_legend(dataset_id: str) -> Response[str]:
    """What the colours mean."""
    dataset = load_catalogue().dataset(dataset_id)
    return json_answer(describe_legend(dataset.title, *_choose(dataset)))


@app.get("/datasets/<dataset_id>/legend.png")
def get_legend_image(dataset_id: str) -> Response[bytes]:
    """The legend as a picture."""
    dataset = load_catalogue().dataset(dataset_id)
    return image_answer(draw_legend(dataset.title, *_choose(dataset)))


def _choose(dataset: Dataset) -> tuple[BandInfo, Rendering]:
    """The band and the colours that the request's parameters lead to."""
    query = read_query(app.current_event, RENDER_PARAMS)
    params = read_render_params(query)
    query.check()
    band = dataset.band(params.band or dataset.rendering.band)
    return band, choose_rendering(band, dataset.rendering, params)


def _dataset_url(dataset: Dataset) -> str:
    return f"{base_url(app.current_event)}/datasets/{quote(dataset.id, safe='')}"


def _public_item(dataset: Dataset) -> dict[str, object]:
    """The Item without hrefs, which name buckets, and with links to our routes."""
    url = _dataset_url(dataset)
    assets = dataset.item["assets"]
    assert isinstance(assets, dict)  # noqa: S101  or it would not be a Dataset
    return {
        **dataset.item,
        "assets": {
            name: {key: value for key, value in asset.items() if key != "href"}
            for name, asset in assets.items()
        },
        "links": [
            {"rel": relation, "href": f"{url}{path}", "type": media_type}
            for path, relation, media_type in _LINKS
        ],
    }
