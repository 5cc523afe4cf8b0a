"""What a map needs beside its tiles: TileJSON, legends, colour maps.

Computed from the catalogue. A raster is opened only for a legend whose range is in its
pixels alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from handlers import routes
from handlers.addresses import base_url
from handlers.answers import image_answer, json_answer
from handlers.caching import conditional
from handlers.drawing.documents import (
    answer_legend,
    answer_legend_image,
    answer_tilejson,
)
from handlers.drawing.resolve import resolve_drawing
from handlers.powertools import handles, make_router
from handlers.rendering import RENDER_PARAMS, read_drawing
from handlers.schema import integer, one_of, read_query, rule_of
from handlers.store import load_catalogue
from handlers.versions import VERSION_PARAM
from raster_core.errors import NotFoundError, RequestError
from raster_core.tile.capabilities import TileLayout
from raster_core.tile.colors.colormap import own_colormap
from raster_core.tile.ramps import COLORMAP_NAMES
from raster_core.tile.render import colormap_image, steps_image

if TYPE_CHECKING:
    from handlers.drawing.resolve import Resolved
    from handlers.powertools import Response
    from handlers.rendering import Drawing
    from handlers.schema import Query

_FORMATS = ("png", "webp", "jpg")

_SIZES = ("256", "512")

_SCALES = ("1", "2")

# Of a TileJSON beside the rendering: what its tile URL is made of.
LAYOUT_PARAMS = ("empty", "tile_format", "tile_scale", "tilesize")

_EMPTY = ("200", "204", "404")

# Pixels of a colour map's picture: as wide as the ramp in a legend.
_DEFAULT_SIZE = (255, 16)
_MAX_WIDTH, _MAX_HEIGHT = 2048, 512

router = make_router()


@handles(router, routes.TILEJSON)
def get_tilejson(dataset_id: str) -> Response[str]:
    """What a map client needs to ask for tiles."""
    event = router.current_event
    query = read_query(event, (*RENDER_PARAMS, *LAYOUT_PARAMS))
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
    """The legend as a picture."""
    return answer_legend_image(router.current_event, _resolve_legend(dataset_id))


@handles(router, routes.COLORMAPS)
def get_colormaps() -> Response[str]:
    """Every colour map by name, with where its picture is and what knows it."""
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
    """A colour map from left to right."""
    event = router.current_event
    query = read_query(event, ("width", "height"))
    width, height = (
        query.value(name, integer(1, limit), f"a number from 1 to {limit}") or default
        for name, limit, default in zip(
            ("width", "height"), (_MAX_WIDTH, _MAX_HEIGHT), _DEFAULT_SIZE, strict=True
        )
    )
    query.check()
    own = None if name in COLORMAP_NAMES else load_catalogue().colormaps.get(name)
    if own is not None:
        steps = own_colormap(own)
        return conditional(
            event, own, lambda: image_answer(steps_image(steps, width, height))
        )
    if name not in COLORMAP_NAMES:
        raise NotFoundError(f"There is no colour map '{name[:80]}'")
    return conditional(
        event, "", lambda: image_answer(colormap_image(name, width, height))
    )


def _resolve_legend(dataset_id: str) -> Resolved:
    """What the legend of a dataset is of."""
    query = read_query(router.current_event, (*RENDER_PARAMS, VERSION_PARAM))
    drawing = read_drawing(query)
    query.check()
    return resolve_drawing(load_catalogue().dataset(dataset_id), drawing)


def read_layout(query: Query, drawing: Drawing) -> TileLayout:
    """What the tile URL yields; ``LAYOUT_PARAMS``."""
    query.value("empty", one_of(_EMPTY), rule_of(_EMPTY))
    form = query.value("tile_format", one_of(_FORMATS), rule_of(_FORMATS)) or "png"
    size = query.value("tilesize", one_of(_SIZES), rule_of(_SIZES)) or "256"
    scale = query.value("tile_scale", one_of(_SCALES), rule_of(_SCALES)) or "1"
    encoding = drawing.algorithm.encoding if drawing.algorithm else None
    if encoding and form == "jpg":
        raise RequestError("tile_format jpg cannot hold heights; take png or webp")
    return TileLayout(int(size), int(scale), form, encoding)
