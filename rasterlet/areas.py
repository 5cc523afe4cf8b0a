"""Which pixels are read: a box or a window, at some size, in some CRS."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from raster_core.errors import RequestError
from raster_core.grid import Bounds, Window
from raster_core.sources.crs.crs import (
    LONGITUDE_LATITUDE,
    MAX_LATITUDE,
    MAX_LONGITUDE,
    is_geographic,
    same_crs,
)
from raster_core.sources.crs.names import CRS_RULE, parse_crs
from raster_core.sources.extent.positions import bounds_in
from raster_core.tile.grids.part import Size, part_grid, stored_grid, transform_box

if TYPE_CHECKING:
    from collections.abc import Iterable

    from raster_core.grid import Grid


class WktCrs(Protocol):
    """A CRS of pyproj, rasterio or geopandas."""

    def to_wkt(self) -> str:
        """Its definition."""


class OffsetWindow(Protocol):
    """A window of rasterio."""

    @property
    def col_off(self) -> float:
        """First column."""

    @property
    def row_off(self) -> float:
        """First row."""

    @property
    def width(self) -> float:
        """Columns."""

    @property
    def height(self) -> float:
        """Rows."""


type AnyCrs = str | int | WktCrs
"""A name or text as in ``names.parse_crs``, the number of an EPSG code, or a CRS."""

type AnyWindow = Window | OffsetWindow | tuple[int, int, int, int]
"""Ours, rasterio's, or (col, row, width, height)."""

type AnySize = int | tuple[int, int]
"""Pixels of the longer side, or (height, width)."""


@dataclass(frozen=True, slots=True)
class Area:
    """What is wanted of a raster; all of it, pixel by pixel, where nothing is said."""

    bounds: Iterable[float] | None = None
    """left, bottom, right, top; left > right crosses the antimeridian in degrees."""
    bounds_crs: AnyCrs = LONGITUDE_LATITUDE
    window: AnyWindow | None = None
    """Pixels of the raster; what lies beyond it has no data."""
    size: AnySize | None = None
    crs: AnyCrs | None = None
    """CRS of the pixels; None means the raster's."""

    def grid_on(self, native: Grid) -> Grid:
        """The grid of the wanted pixels.

        Law: without ``size`` and ``crs``, it consists of pixels of ``native``.

        Raises:
            RequestError: If what is said is not valid, or contradicts itself.
            BudgetError: If it has more pixels than ``budget.MAX_PIXELS``.
        """
        crs = native.crs if self.crs is None else name_crs(self.crs, native)
        own = same_crs(crs, native.crs)
        if self.window is not None:
            if self.bounds is not None or not own:
                other = "crs" if self.bounds is None else "bounds"
                raise RequestError(
                    f"window cannot be combined with {other}: it counts the raster's "
                    "own pixels"
                )
            return _resize(native.crop(read_window(self.window)), self.size)
        if self.bounds is None and own:
            return _resize(native, self.size)
        box = self._box_in(crs, native)
        if own and self.size is None:
            return stored_grid(native, box)
        return part_grid(native, box, crs, _size_of(self.size))

    def _box_in(self, crs: str, native: Grid) -> Bounds:
        if self.bounds is None:
            box = bounds_in(native, crs)
            if box is None:
                raise RequestError(
                    f"Not all of the raster has a position in {crs[:40]}; give bounds"
                )
            return box
        box_crs = name_crs(self.bounds_crs, native)
        box = read_bounds(self.bounds, box_crs)
        return transform_box(box, box_crs, crs, near=native)


def name_crs(crs: AnyCrs, native: Grid) -> str:
    """A CRS by the name that the rest of the code has for it.

    Args:
        crs: As a user writes it; the raster's own, too.
        native: The raster's grid.

    Raises:
        RequestError: If it is not known.
    """
    if crs == native.crs:
        return native.crs
    if isinstance(crs, int):
        text = f"EPSG:{crs}"
    else:
        text = crs if isinstance(crs, str) else _write_crs(crs)
    try:
        return parse_crs(text)
    except ValueError as error:
        raise RequestError(f"'{text[:80]}' is not {CRS_RULE}") from error


def _write_crs(crs: WktCrs) -> str:
    write = getattr(crs, "to_wkt", None)
    return write() if callable(write) else repr(crs)


def read_bounds(bounds: Iterable[float], crs: str) -> Bounds:
    """A box as a user writes it; over the antimeridian it ends east of 180 degrees.

    Raises:
        RequestError: If it is not four numbers, or has no area.
    """
    try:
        numbers = [float(end) for end in bounds]
    except (TypeError, ValueError, OverflowError) as error:
        raise RequestError(
            f"bounds {repr(bounds)[:80]} are not four finite numbers: left, bottom, "
            "right, top"
        ) from error
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise RequestError(
            f"bounds {numbers} are not four finite numbers: left, bottom, right, top"
        )
    box = Bounds(*numbers)
    degrees = is_geographic(crs)
    if degrees and box.left > box.right:
        box = box._replace(right=box.right + 360.0)
    if not (box.left < box.right and box.bottom < box.top):
        raise RequestError(
            f"bounds {numbers} have no area; their order is left, bottom, right, top"
        )
    if degrees and max(map(abs, (box.bottom, box.top))) > MAX_LATITUDE:
        raise RequestError(
            f"bounds {numbers} reach beyond {MAX_LATITUDE:g} degrees of latitude; "
            "coordinates of another CRS need bounds_crs"
        )
    if degrees and max(map(abs, (box.left, box.right))) > MAX_LONGITUDE:
        raise RequestError(
            f"bounds {numbers} reach beyond {MAX_LONGITUDE:g} degrees of longitude; "
            "coordinates of another CRS need bounds_crs"
        )
    return box


def read_window(window: AnyWindow) -> Window:
    """A window as a user has it.

    Raises:
        RequestError: If it is not of whole pixels, or empty.
    """
    if isinstance(window, Window):
        numbers: tuple[float, ...] = (
            window.col,
            window.row,
            window.width,
            window.height,
        )
    elif isinstance(window, tuple):
        numbers = window
    else:
        numbers = (window.col_off, window.row_off, window.width, window.height)
    whole = len(numbers) == 4 and all(float(n).is_integer() for n in numbers)
    if not whole or numbers[2] < 1 or numbers[3] < 1:
        raise RequestError(
            f"window {numbers} is not four whole numbers: column, row, width and "
            "height, the latter two from 1"
        )
    return Window(*map(int, numbers))


def _resize(grid: Grid, size: AnySize | None) -> Grid:
    if size is None:
        return grid
    wanted = _size_of(size)
    if wanted.max_size is None:
        return grid.resize(wanted.width or 1, wanted.height or 1)
    factor = min(1.0, wanted.max_size / max(grid.shape))
    width, height = (max(1, round(n * factor)) for n in (grid.width, grid.height))
    return grid.resize(width, height)


def _size_of(size: AnySize | None) -> Size:
    if size is None:
        return Size()
    numbers = (size,) if isinstance(size, int) else tuple(size)
    if len(numbers) > 2 or not all(n == int(n) >= 1 for n in numbers):
        raise RequestError(
            f"size {size} is neither the pixels of the longer side nor (height, "
            "width), from 1"
        )
    if len(numbers) == 1:
        return Size(max_size=int(numbers[0]))
    return Size(height=int(numbers[0]), width=int(numbers[1]))
