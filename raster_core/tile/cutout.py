"""The grids of pictures that are no tiles: of a whole raster, and of a box."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from affine import Affine

from raster_core.earth import EQUATOR
from raster_core.errors import BudgetError, RequestError
from raster_core.grid import Bounds, Grid, Window
from raster_core.source.budget import MAX_PIXELS
from raster_core.source.crs import (
    TURNS,
    apply_affine,
    is_geographic,
    keep_turns,
    same_crs,
    turn_length,
)
from raster_core.source.operations import point_transform
from raster_core.tile.tms import CRS as WEB_MERCATOR
from raster_core.tile.tms import MAX_LATITUDE

if TYPE_CHECKING:
    from raster_core.source.crs import Floats

FAR = 1e9
"""Units of a CRS that are farther than any coordinate on Earth, in feet too."""

# Points along each side of a box, so that a bulging side is inside.
_SIDE = 22

# Near a pole, pixels in degrees are slivers; on it, they have no width at all. So their
# finer side counts for no less than this part of the other: up to 75 degrees, for all.
_SLIVER = 4

# Of a pixel: a box that ends this close to the edge of a pixel ends at it.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Size:
    """How many pixels a picture has; None where the request is silent."""

    max_size: int | None = None
    """At most so many on the longer side."""
    width: int | None = None
    height: int | None = None


def preview_grid(native: Grid, max_size: int) -> Grid:
    """The area of ``native``, north up, in at most ``max_size`` pixels a side."""
    grid = _north_up(native)
    share = min(1.0, max_size / max(grid.shape))
    width, height = (max(1, round(n * share)) for n in (grid.width, grid.height))
    return grid.resize(width, height)


def _north_up(native: Grid) -> Grid:
    """A raster's grid, or the upright box around it where it lies any other way.

    Its pixels are as fine as the raster's along each axis; those of a raster that is
    only mirrored, or turned by a right angle, are the same.
    """
    affine, box = native.transform, native.bounds
    if affine.b == affine.d == 0 and affine.a > 0 > affine.e:
        return native
    across, upright = _axis_resolution(affine)
    width = max(1, round((box.right - box.left) / across))
    height = max(1, round((box.top - box.bottom) / upright))
    filled = _fill_box(native.crs, box, width, height)
    return replace(native, transform=filled.transform, width=width, height=height)


def _fill_box(crs: str, box: Bounds, width: int, height: int) -> Grid:
    """So many upright pixels on a box."""
    step = (box.right - box.left) / width, (box.top - box.bottom) / height
    return Grid(crs, Affine(step[0], 0, box.left, 0, -step[1], box.top), width, height)


def _axis_resolution(transform: Affine) -> tuple[float, float]:
    """Width and height of upright pixels as fine as those of a transform."""
    return math.hypot(transform.a, transform.b), math.hypot(transform.d, transform.e)


def part_grid(native: Grid, box: Bounds, crs: str, size: Size) -> Grid:
    """The pixels of a box, as fine as the raster's unless ``size`` says otherwise.

    Args:
        native: The raster.
        box: In ``crs``.
        crs: Of the picture.
        size: Its pixels; the side that is not given follows from the other.

    Raises:
        BudgetError: They are more than ``budget.MAX_PIXELS``.
    """
    box = _turn_to(native, box, crs)
    across, upright = _resolution(native, box, crs)
    wide, high = (box.right - box.left) / across, (box.top - box.bottom) / upright
    width, height = _checked(*_fit(wide, high, size))
    return _fill_box(crs, box, width, height)


def stored_grid(native: Grid, box: Bounds) -> Grid:
    """The raster's own pixels that a box in its CRS touches.

    Raises:
        BudgetError: They are more than ``budget.MAX_PIXELS``.
    """
    box = _turn_to(native, box, native.crs)
    cols, rows = apply_affine(~native.transform, *_outline(box))
    left, top = (math.floor(p.min() + _ROUNDING) for p in (cols, rows))
    right, bottom = (math.ceil(p.max() - _ROUNDING) for p in (cols, rows))
    return native.crop(Window(left, top, *_checked(right - left, bottom - top)))


def transform_box(
    box: Bounds, src_crs: str, dst_crs: str, *, near: Grid | None = None
) -> Bounds:
    """The box around a box, in another CRS.

    A box over the antimeridian, east of 180 degrees, stays in one piece.

    Args:
        box: In the first CRS.
        src_crs: Where it comes from.
        dst_crs: Where it goes.
        near: The raster that is read, whose datum shift is taken.

    Raises:
        RequestError: The other CRS does not have all of its outline.
    """
    if same_crs(src_crs, dst_crs):
        return box
    transform = point_transform(src_crs, dst_crs, near=near)
    x, y = _outline(box)
    if dst_crs == WEB_MERCATOR and is_geographic(src_crs):
        turn = np.floor((x + 180) / 360)
        y = np.clip(y, -MAX_LATITUDE, MAX_LATITUDE)
        x, y = transform(x - 360 * turn, y)
        x = x + EQUATOR * turn
    elif is_geographic(dst_crs) and is_geographic(src_crs):
        x, y = keep_turns(transform)(x, y)
    else:
        x, y = transform(x, y)
    if not (np.abs(x) < FAR).all() or not (np.abs(y) < FAR).all():
        raise RequestError(f"The box reaches beyond the bounds of {dst_crs[:40]}")
    found = Bounds(float(x.min()), float(y.min()), float(x.max()), float(y.max()))
    if found.left == found.right or found.bottom == found.top:
        raise RequestError(f"The box has no area in {dst_crs[:40]}")
    return found


def _outline(box: Bounds) -> tuple[Floats, Floats]:
    """Points along all four sides."""
    side = np.linspace(0.0, 1.0, _SIDE)
    none, every = np.zeros(_SIDE), np.ones(_SIDE)
    across = np.concatenate([side, every, side, none])
    upright = np.concatenate([none, side, every, side])
    return (
        box.left + (box.right - box.left) * across,
        box.bottom + (box.top - box.bottom) * upright,
    )


def _turn_to(native: Grid, box: Bounds, crs: str) -> Bounds:
    """The box on the turn of longitudes that the raster is on, as far as one is."""
    length = turn_length(crs)
    if not same_crs(crs, native.crs) or length is None:
        return box
    own, turns = native.bounds, [turn / 360.0 * length for turn in TURNS]

    def common(turn: float) -> float:
        return min(own.right, box.right + turn) - max(own.left, box.left + turn)

    turn = max(turns, key=lambda turn: (common(turn), -abs(turn)))
    if common(turn) <= 0:
        return box
    return Bounds(box.left + turn, box.bottom, box.right + turn, box.top)


def _resolution(native: Grid, box: Bounds, crs: str) -> tuple[float, float]:
    """Width and height of the pixels of a picture that is as fine as the raster.

    In another CRS they are square, or the picture would be squashed, and as fine as
    the finer side of the raster's pixel in the middle of the box, or of the one that
    is nearest to it; where that is not on Earth, of the one in the raster's middle.

    Raises:
        RequestError: That one is not in the CRS either.
    """
    affine = native.transform
    if same_crs(crs, native.crs):
        return _axis_resolution(affine)
    middle = [(low + high) / 2 for low, high in zip(box[:2], box[2:], strict=True)]
    to_native = point_transform(crs, native)
    x, y = to_native(*(np.array([value]) for value in middle))
    place = np.array([*(~affine @ (float(x[0]), float(y[0])))])
    limits = np.array([native.width, native.height])
    col, row = np.where(np.isfinite(place), np.clip(place, 0, limits - 1), limits / 2)
    for place in (np.array([col, row]), limits // 2):
        finer, coarser = _pixel_sides(native, place, crs)
        if 0 < coarser < math.inf:
            side = max(finer, coarser / _SLIVER)
            return side, side
    raise RequestError(f"The raster has no place in {crs[:40]}")


def _pixel_sides(native: Grid, place: Floats, crs: str) -> tuple[float, float]:
    """Lengths in a CRS of the shorter and the longer side of a pixel; nan off it.

    Args:
        native: The raster.
        place: Column and row.
        crs: Of the lengths.
    """
    col, row = place
    steps = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])
    there = apply_affine(native.transform, col + steps[0], row + steps[1])
    x, y = point_transform(native, crs)(*there)
    with np.errstate(invalid="ignore"):  # inf - inf
        across = x[1:] - x[0]
        turn = turn_length(crs)
        if turn is not None:  # a pixel at the antimeridian is no world wide
            across -= turn * np.round(across / turn)
        sides = np.hypot(across, y[1:] - y[0])
    return float(sides.min()), float(sides.max())


def _fit(wide: float, high: float, size: Size) -> tuple[float, float]:
    """The size asked for; the aspect stays unless both sides are given."""
    if size.width and size.height:
        return size.width, size.height
    if size.width:
        return size.width, size.width * high / wide
    if size.height:
        return size.height * wide / high, size.height
    share = min(1.0, (size.max_size or math.inf) / max(wide, high))
    return wide * share, high * share


def _checked(width: float, height: float) -> tuple[int, int]:
    """Whole numbers of pixels, if they are within budget."""
    if not width * height <= MAX_PIXELS:
        raise BudgetError(
            f"A picture of {width:.0f}x{height:.0f} pixels exceeds {MAX_PIXELS}; give "
            "max_size or a smaller bbox"
        )
    return max(1, round(width)), max(1, round(height))
