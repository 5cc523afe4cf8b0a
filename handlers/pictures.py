"""What a request says about an image: its format, and which tile it is."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from handlers.colors import COLOR_PARAMS
from handlers.schema import integer, one_of, rule_of
from raster_core.tile.encode import ImageFormat
from raster_core.tile.tms import tile_bounds, tile_grid

if TYPE_CHECKING:
    from handlers.schema import Query
    from raster_core.grid import Bounds, Grid

TILE_PARAMS = ("tilesize", "empty")

FORMATS = {form.value: form for form in ImageFormat} | {"jpeg": ImageFormat.JPEG}
"""The endings of an image's path."""

_TILE_SIZES = ("256", "512")

_EMPTY_STATUSES = ("200", "204", "404")

_DOUBLE = "@2x"


@dataclass(frozen=True, slots=True)
class Frame:
    """What a tile's path and its parameters of size ask for."""

    grid: Grid
    bounds: Bounds
    """Longitude and latitude."""
    form: ImageFormat
    empty: HTTPStatus
    """Of a tile without data."""


def read_frame(query: Query, z: str, x: str, y: str) -> Frame:
    """What ``{z}/{x}/{y}[@2x][.{format}]`` and ``TILE_PARAMS`` ask for.

    Called when all other parameters are read, because it refuses the request if that
    has any fault.

    Raises:
        InvalidError: With all faults of the query.
        NotFoundError: The matrix has no such tile.
    """
    row, dot, ending = y.partition(".")
    form = ImageFormat.PNG
    if dot:
        form = read_format(query, ending)
    whole = integer(-(2**31), 2**31)
    address = [
        query.parse(name, text, whole, "a whole number") or 0
        for name, text in (("z", z), ("x", x), ("y", row.removesuffix(_DOUBLE)))
    ]
    size = query.value("tilesize", one_of(_TILE_SIZES), rule_of(_TILE_SIZES)) or "256"
    empty = query.value("empty", one_of(_EMPTY_STATUSES), rule_of(_EMPTY_STATUSES))
    query.check()
    pixels = int(size) * (2 if row.endswith(_DOUBLE) else 1)
    column, line = address[1:]
    grid = tile_grid(address[0], column, line, size=pixels)
    bounds = tile_bounds(address[0], column, line)
    return Frame(grid, bounds, form, HTTPStatus(int(empty or HTTPStatus.OK)))


def read_format(query: Query, ending: str) -> ImageFormat:
    """The format of a path's ending; PNG if that is a fault."""
    names = tuple(FORMATS)
    found = query.parse("format", ending, one_of(names), rule_of(names))
    form = FORMATS[found or ImageFormat.PNG]
    if form is ImageFormat.NPY:
        refuse_colors(query, ending)
    return form


def refuse_colors(query: Query, ending: str) -> None:
    """Take colours for faults where pixels are not drawn."""
    query.refuse(COLOR_PARAMS, f"with {ending}, which holds values and no colours")
