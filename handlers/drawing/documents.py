"""TileJSON and legends of what a request draws."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from handlers.http.answers import image_answer, json_answer
from handlers.http.caching import conditional
from handlers.http.urls import base_url
from handlers.http.versions import dataset_key
from handlers.params.lists.overlay import TILE as OVERLAY_TILE
from handlers.params.lists.rendering import VERSION
from raster_core.drawing.ranges import settle_style
from raster_core.tile.documents.tilejson import tilejson

if TYPE_CHECKING:
    from handlers.params.query import Query
    from handlers.platform.powertools import APIGatewayProxyEventV2, Response
    from raster_core.drawing.resolve import Resolved
    from raster_core.tile.documents.tilejson import TileLayout


def answer_tilejson(
    event: APIGatewayProxyEventV2,
    resolved: Resolved,
    *,
    path: str,
    query: Query,
    layout: TileLayout,
) -> Response[str]:
    """What a map client needs to ask for tiles.

    Args:
        event: The request.
        resolved: What the tiles show.
        path: The path of the tiles, up to ``/tiles``.
        query: The request's, whose parameters the tiles' URL carries on.
        layout: As ``read_layout`` returns it.
    """
    dataset, base = resolved.dataset, base_url(event)
    version = f"{resolved.version} {base}"
    if dataset.overlay is not None:  # one of a request has no Item with a version
        version += f" {dataset.attribution} {list(dataset.bounds)}"

    def make() -> Response[str]:
        key = dataset_key(dataset)
        url = _tile_url(f"{base}{path}", query, layout, key)
        return json_answer(tilejson(dataset, url, layout))

    return conditional(event, version, make, weak=True)


def answer_legend(event: APIGatewayProxyEventV2, resolved: Resolved) -> Response[str]:
    """What the colours mean, as JSON."""
    make = partial(_describe_legend, resolved)
    return conditional(event, resolved.version, make, weak=True)


def answer_legend_image(
    event: APIGatewayProxyEventV2, resolved: Resolved
) -> Response[bytes]:
    """The same as an image."""
    return conditional(event, resolved.version, partial(_draw_legend, resolved))


def _describe_legend(resolved: Resolved) -> Response[str]:
    # With all that draws: a start for a TileJSON goes without.
    from raster_core.tile.images.legend import describe_legend  # noqa: PLC0415

    assert resolved.style is not None  # noqa: S101  values have no legend
    rendering, note = settle_style(resolved, resolved.style)
    legend = describe_legend(resolved.dataset.title, resolved.bands, rendering)
    return json_answer({**legend, **({"note": note} if note else {})})


def _draw_legend(resolved: Resolved) -> Response[bytes]:
    from raster_core.tile.images.legend import draw_legend  # noqa: PLC0415  as above

    assert resolved.style is not None  # noqa: S101  values have no legend
    rendering, _ = settle_style(resolved, resolved.style)
    return image_answer(draw_legend(resolved.dataset.title, resolved.bands, rendering))


def _tile_url(path: str, query: Query, layout: TileLayout, key: str | None) -> str:
    """The URL template of tiles, with those of a request's parameters that they take.

    Args:
        path: Absolute, up to ``/tiles``.
        query: The request's.
        layout: As ``read_layout`` returns it.
        key: The key of the pixels' version; None if they have none.
    """
    scale = "@2x" if layout.scale == 2 else ""
    kept = query.only(OVERLAY_TILE)  # the rest stands in the path
    kept += [(VERSION.name, key)] if key else []
    end = f"?{urlencode(kept)}" if kept else ""
    return f"{path}/tiles/{{z}}/{{x}}/{{y}}{scale}.{layout.form}{end}"
