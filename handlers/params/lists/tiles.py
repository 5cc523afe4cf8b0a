"""Tiles, and the documents that lead to them."""

from __future__ import annotations

from http import HTTPStatus

from handlers.params.lists.rendering import RENDERING, VERSION
from handlers.params.param import Param
from handlers.params.parsers import Choice, one_of

TILESIZE = Param(
    "tilesize",
    Choice({"256": 256, "512": 512}),
    "Pixels per side of a tile.",
    default=256,
)

_STATUSES = (HTTPStatus.OK, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND)

EMPTY = Param(
    "empty",
    Choice({str(status.value): status for status in _STATUSES}),
    "Status of a tile without data; 200 returns a transparent image. Encoded terrain "
    "is never empty.",
    default=HTTPStatus.OK,
)

TILE_FORMAT = Param(
    "tile_format",
    one_of(("png", "webp", "jpg")),
    "Format of the tiles.",
    default="png",
)

TILE_SCALE = Param(
    "tile_scale",
    Choice({"1": 1, "2": 2}),
    "2 for tiles of twice the pixels (`@2x`).",
    default=1,
)

TILE = (*RENDERING, TILESIZE, EMPTY, VERSION)

TILEJSON = (*RENDERING, TILESIZE, EMPTY, TILE_FORMAT, TILE_SCALE)
"""The tiles' URL carries those that ``TILE`` has; the others decide its path."""
