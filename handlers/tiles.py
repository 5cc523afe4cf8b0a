"""Tiles, and the values at a point: what reads few pixels."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from handlers.layers import open_bands
from handlers.rendering import RENDER_PARAMS, read_render_params
from handlers.schema import (
    integer,
    number,
    one_of,
    read_query,
    rule_of,
)
from handlers.store import load_catalogue
from handlers.web import image_answer, json_answer, logger, make_app, metrics, serve
from raster_core.errors import NotFoundError
from raster_core.source.crs import MAX_LATITUDE, MAX_LONGITUDE
from raster_core.tile.colormap import choose_rendering
from raster_core.tile.render import empty_png, render_png
from raster_core.tile.tms import tile_grid
from raster_core.zonal.point import read_point

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.event_handler.api_gateway import Response
    from aws_lambda_powertools.utilities.typing import LambdaContext

TILE_SIZE = 256

_EMPTY_STATUSES = ("200", "204", "404")

app = make_app()


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    """The Lambda entry point."""
    return serve(app, event, context)


@app.get("/datasets/<dataset_id>/tiles/<z>/<x>/<y>")
def get_tile(dataset_id: str, z: str, x: str, y: str) -> Response[bytes]:
    """A PNG of one tile; transparent where the raster has no data."""
    query = read_query(app.current_event, (*RENDER_PARAMS, "empty"))
    params = read_render_params(query)
    empty = query.value("empty", one_of(_EMPTY_STATUSES), rule_of(_EMPTY_STATUSES))
    zoom, column, row = (
        query.parse(name, text, integer(-(2**31), 2**31), "a whole number")
        for name, text in (("z", z), ("x", x), ("y", y.removesuffix(".png")))
    )
    query.check()
    assert zoom is not None  # noqa: S101  or it was a fault
    assert column is not None  # noqa: S101
    assert row is not None  # noqa: S101
    grid = tile_grid(zoom, column, row, size=TILE_SIZE)

    dataset = load_catalogue().dataset(dataset_id)
    described = dataset.band(params.band or dataset.rendering.band)
    layer = open_bands(dataset, (described,))
    band = layer.info.bands[0]
    rendering = choose_rendering(band, dataset.rendering, params)
    array = layer.read(grid)
    if array.mask.any():
        return image_answer(render_png(array, band, rendering))
    return _empty_tile(int(empty or HTTPStatus.OK))


@app.get("/datasets/<dataset_id>/point")
def get_point(dataset_id: str) -> Response[str]:
    """The values at a longitude and latitude."""
    query = read_query(app.current_event, ("lon", "lat", "bidx"))
    lon = query.value("lon", *_degrees(MAX_LONGITUDE))
    lat = query.value("lat", *_degrees(MAX_LATITUDE))
    indexes = query.values("bidx", integer(1, 65535), "a band number from 1")
    given = {name for name, _ in query.pairs}
    missing = [name for name in ("lon", "lat") if name not in given]
    query.faults.extend((name, f"{name} is missing") for name in missing)
    query.check()
    assert lon is not None  # noqa: S101  or it was a fault
    assert lat is not None  # noqa: S101

    dataset = load_catalogue().dataset(dataset_id)
    bands = tuple(map(dataset.band, indexes)) or dataset.bands
    layer = open_bands(dataset, bands)
    values = [
        {
            "band": f"b{value.band.index}",
            "name": value.band.name,
            "value": value.value,
            "label": value.label,
            "unit": value.band.unit,
            "reason": value.reason,
        }
        for value in read_point(layer, lon, lat)
    ]
    return json_answer({"coordinates": [lon, lat], "values": values})


def _empty_tile(status: int) -> Response[bytes]:
    """What stands for a tile without data."""
    if status == HTTPStatus.NOT_FOUND:
        raise NotFoundError("The raster has no data in this tile")
    answer = image_answer(empty_png(TILE_SIZE))
    if status == HTTPStatus.NO_CONTENT:
        answer.status_code, answer.body = HTTPStatus.NO_CONTENT, None
    return answer


def _degrees(limit: float) -> tuple[Callable[[str], float], str]:
    return number(-limit, limit), f"a number from {-limit:g} to {limit:g}"
