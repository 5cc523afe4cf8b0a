"""Which tile a request wants, and which tiles a TileJSON is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.params.lists.colors import COLORS
from handlers.params.lists.paths import DOUBLE, FORMAT, X, Y, Z
from handlers.params.lists.tiles import EMPTY, TILE_FORMAT, TILE_SCALE, TILESIZE
from raster_core.drawing.frame import Frame, frame_tile
from raster_core.errors import RequestError
from raster_core.tile.documents.tilejson import TileLayout
from raster_core.tile.images.encode import ImageFormat

if TYPE_CHECKING:
    from http import HTTPStatus

    from handlers.params.query import Query
    from raster_core.drawing.request import Drawing


@dataclass(frozen=True, slots=True)
class TileRequest:
    """The tile that a path and its parameters name."""

    frame: Frame
    empty: HTTPStatus
    """Status of a tile without data."""


def read_tile(query: Query, z: str, x: str, y: str) -> TileRequest:
    """What ``{z}/{x}/{y}[@2x][.{format}]``, ``tilesize`` and ``empty`` ask for.

    Call it when all other parameters have been read: it refuses the request if any of
    them is at fault.

    Raises:
        InvalidError: With all faults of the query.
        NotFoundError: If the matrix does not have such a tile.
    """
    row, dot, ending = y.partition(".")
    form = read_format(query, ending) if dot else ImageFormat.PNG
    zoom, column = query.get_path(Z, z) or 0, query.get_path(X, x) or 0
    line = query.get_path(Y, row.removesuffix(DOUBLE)) or 0
    size, empty = query.get(TILESIZE), query.get(EMPTY)
    query.check()
    pixels = size * (2 if row.endswith(DOUBLE) else 1)
    frame = frame_tile(zoom, column, line, size=pixels, form=form)
    return TileRequest(frame, empty)


def read_format(query: Query, ending: str) -> ImageFormat:
    """The format of a path's ending; PNG if that is a fault."""
    form = query.get_path(FORMAT, ending) or ImageFormat.PNG
    if form is ImageFormat.NPY:
        refuse_colors(query, ending)
    return form


def refuse_colors(query: Query, ending: str) -> None:
    """Refuse colours where values are answered."""
    why = f"cannot be combined with {ending}, which holds values and no colours"
    query.refuse_unused(COLORS, why)


def read_layout(query: Query, drawing: Drawing) -> TileLayout:
    """What the tiles' URL of a TileJSON yields.

    Raises:
        RequestError: If the tiles' format cannot hold what is drawn.
    """
    query.get(EMPTY)
    form = query.get(TILE_FORMAT)
    encoding = drawing.algorithm.encoding if drawing.algorithm else None
    if encoding and form == "jpg":
        raise RequestError("tile_format jpg cannot hold heights; take png or webp")
    return TileLayout(query.get(TILESIZE), query.get(TILE_SCALE), form, encoding)
