"""TileJSON, legends and colormaps: what a map needs besides its tiles.

Computed from the catalogue. A raster is opened only for a legend whose range has to be
sampled from its pixels.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from handlers import routes
from handlers.catalogue.store import load_catalogue
from handlers.drawing.documents import (
    answer_legend,
    answer_legend_image,
    answer_tilejson,
)
from handlers.http.answers import image_answer, json_answer
from handlers.http.caching import conditional
from handlers.http.handles import handles, make_router
from handlers.http.urls import base_url
from handlers.params.lists.images import COLORMAP_HEIGHT, COLORMAP_WIDTH
from handlers.params.query import read_query
from handlers.params.requests.drawing import read_drawing
from handlers.params.requests.tile import read_layout
from raster_core.drawing.resolve import resolve_drawing
from raster_core.errors import NotFoundError
from raster_core.tile.colors.colormap import own_colormap
from raster_core.tile.colors.ramps import COLORMAP_NAMES

if TYPE_CHECKING:
    from handlers.platform.powertools import Response
    from raster_core.drawing.resolve import Resolved

router = make_router()


@handles(router, routes.TILEJSON)
def get_tilejson(dataset_id: str) -> Response[str]:
    """What a map client needs to ask for tiles."""
    event = router.current_event
    query = read_query(event, routes.TILEJSON.params)
    drawing = read_drawing(query)
    layout = read_layout(query, drawing)
    query.check()
    resolved = resolve_drawing(load_catalogue().dataset(dataset_id), drawing)
    path = f"/datasets/{quote(resolved.dataset.id, safe='')}"
    return answer_tilejson(event, resolved, path=path, query=query, layout=layout)


@handles(router, routes.LEGEND)
def get_legend(dataset_id: str) -> Response[str]:
    """What the colours mean."""
    return answer_legend(router.current_event, _resolve_legend(dataset_id))


@handles(router, routes.LEGEND_IMAGE)
def get_legend_image(dataset_id: str) -> Response[bytes]:
    """The legend as an image."""
    return answer_legend_image(router.current_event, _resolve_legend(dataset_id))


@handles(router, routes.COLORMAPS)
def get_colormaps() -> Response[str]:
    """Every colormap by name, with the URL of its image and the dataset it is of."""
    event = router.current_event
    read_query(event, ()).check()
    base, catalogue = base_url(event), load_catalogue()
    maps = [
        {"name": name, "href": f"{base}/colormaps/{name}.png"}
        for name in dict.fromkeys((*COLORMAP_NAMES, *catalogue.colormaps))
    ]
    maps += [
        {
            "name": name,
            "href": f"{base}/datasets/{quote(key, safe='')}/legend.png"
            f"?colormap_name={name}",
            "dataset": key,
        }
        for key, dataset in catalogue.datasets.items()
        for name, colormap in dataset.colormaps.items()
        if catalogue.colormaps.get(name) != colormap
    ]
    version = json.dumps(maps) + json.dumps(dict(catalogue.colormaps))
    return conditional(
        event, version, lambda: json_answer({"colormaps": maps}), weak=True
    )


@handles(router, routes.COLORMAP)
def get_colormap(name: str) -> Response[bytes]:
    """A colormap as an image, from left to right."""
    # With all that draws: a start for a TileJSON goes without.
    from raster_core.tile.images.render import (  # noqa: PLC0415
        colormap_image,
        steps_image,
    )

    event = router.current_event
    query = read_query(event, routes.COLORMAP.params)
    width, height = query.get(COLORMAP_WIDTH), query.get(COLORMAP_HEIGHT)
    query.check()
    own = None if name in COLORMAP_NAMES else load_catalogue().colormaps.get(name)
    if own is not None:
        steps = own_colormap(own)
        return conditional(
            event, own, lambda: image_answer(steps_image(steps, width, height))
        )
    if name not in COLORMAP_NAMES:
        raise NotFoundError(f"There is no colormap '{name[:80]}'")
    return conditional(
        event, "", lambda: image_answer(colormap_image(name, width, height))
    )


def _resolve_legend(dataset_id: str) -> Resolved:
    """What the legend of a dataset describes."""
    query = read_query(router.current_event, routes.LEGEND.params)
    drawing = read_drawing(query)
    query.check()
    return resolve_drawing(load_catalogue().dataset(dataset_id), drawing)
