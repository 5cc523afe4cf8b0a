"""Grids of images other than tiles: previews of a raster, and parts of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from affine import Affine

from raster_core.earth import EQUATOR, FAR
from raster_core.errors import BudgetError, RequestError
from raster_core.grid import Bounds, Grid, Window
from raster_core.sources.crs.crs import (
    TURNS,
    apply_affine,
    is_geographic,
    keep_turns,
    same_crs,
    turn_length,
)
from raster_core.sources.crs.operations import point_transform
from raster_core.sources.warp.budget import MAX_PIXELS
from raster_core.tile.grids.tms import CRS as WEB_MERCATOR
from raster_core.tile.grids.tms import MAX_LATITUDE

if TYPE_CHECKING:
    from raster_core.sources.crs.crs import Floats

# Points along each side of a box, so that a bulging side is inside.
_SIDE = 22

# Near a pole, pixels in degrees are slivers; on it, they have no width at all. So their
# finer side counts for no less than this part of the other: up to 75 degrees, for all.
_SLIVER = 4

# Fraction of a pixel: a box that ends this close to a pixel's edge ends at the edge.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Size:
    """The size of an image in pixels; None where the request does not say."""

    max_size: int | None = None
    """The most pixels on the longer side."""
    width: int | None = None
    height: int | None = None


def preview_grid(native: Grid, max_size: int) -> Grid:
    """The grid of the whole raster, north up, at most ``max_size`` pixels a side."""
    grid = _north_up(native)
    factor = min(1.0, max_size / max(grid.shape))
    width, height = (max(1, round(n * factor)) for n in (grid.width, grid.height))
    return grid.resize(width, height)


def _north_up(native: Grid) -> Grid:
    """The raster's own grid if it is north up, else an upright grid around it.

    The pixels of the latter are as fine as the raster's along each axis; if the raster
    is only mirrored or turned by a right angle, they are its own.
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
    """The upright grid of so many pixels on a box."""
    step = (box.right - box.left) / width, (box.top - box.bottom) / height
    return Grid(crs, Affine(step[0], 0, box.left, 0, -step[1], box.top), width, height)


def _axis_resolution(transform: Affine) -> tuple[float, float]:
    """The width and height of upright pixels as fine as those of a transform."""
    return math.hypot(transform.a, transform.b), math.hypot(transform.d, transform.e)


def part_grid(native: Grid, box: Bounds, crs: str, size: Size) -> Grid:
    """The grid of an image of a box, as fine as the raster unless ``size`` says more.

    Args:
        native: The raster's grid.
        box: The part, in ``crs``.
        crs: The CRS of the image.
        size: The size of the image; a missing side follows from the other.

    Raises:
        BudgetError: If it has more pixels than ``budget.MAX_PIXELS``.
        RequestError: If the raster has no position in ``crs``.
    """
    box = _turn_to(native, box, crs)
    across, upright = _resolution(native, box, crs)
    wide, high = (box.right - box.left) / across, (box.top - box.bottom) / upright
    width, height = _checked(*_fit(wide, high, size))
    return _fill_box(crs, box, width, height)


def stored_grid(native: Grid, box: Bounds) -> Grid:
    """The grid of the raster's own pixels that a box in its CRS touches.

    Raises:
        BudgetError: If it has more pixels than ``budget.MAX_PIXELS``.
    """
    box = _turn_to(native, box, native.crs)
    cols, rows = apply_affine(~native.transform, *_outline(box))
    left, top = (math.floor(p.min() + _ROUNDING) for p in (cols, rows))
    right, bottom = (math.ceil(p.max() - _ROUNDING) for p in (cols, rows))
    return native.crop(Window(left, top, *_checked(right - left, bottom - top)))


def transform_box(
    box: Bounds, src_crs: str, dst_crs: str, *, near: Grid | None = None
) -> Bounds:
    """The box around another CRS's box.

    A box over the antimeridian, east of 180 degrees, stays in one piece.

    Args:
        box: The box in ``src_crs``.
        src_crs: The CRS that it is given in.
        dst_crs: The CRS of the result.
        near: The grid of the raster that is read, which decides on the datum shift.

    Raises:
        RequestError: If part of the outline lies outside the bounds of ``dst_crs``, or
            the result has no area.
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
    """The x and y of points along all four sides, each (4 * _SIDE,)."""
    side = np.linspace(0.0, 1.0, _SIDE)
    none, every = np.zeros(_SIDE), np.ones(_SIDE)
    across = np.concatenate([side, every, side, none])
    upright = np.concatenate([none, side, every, side])
    return (
        box.left + (box.right - box.left) * across,
        box.bottom + (box.top - box.bottom) * upright,
    )


def _turn_to(native: Grid, box: Bounds, crs: str) -> Bounds:
    """Shift a box by whole turns of longitude to where it overlaps the raster most."""
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
    """The width and height of pixels in an image that is as fine as the raster.

    In another CRS they are square, since the image would be distorted otherwise: as
    long as the finer side of the raster's pixel in the middle of the box, or of the
    pixel nearest to that. If it is not on Earth, the raster's middle pixel decides.

    Raises:
        RequestError: If that pixel has no position in the CRS either.
    """
    affine = native.transform
    if same_crs(crs, native.crs):
        return _axis_resolution(affine)
    middle = [(low + high) / 2 for low, high in zip(box[:2], box[2:], strict=True)]
    to_native = point_transform(crs, native)
    x, y = to_native(*(np.array([value]) for value in middle))
    position = np.array([*(~affine @ (float(x[0]), float(y[0])))])
    limits = np.array([native.width, native.height])
    col, row = np.where(
        np.isfinite(position), np.clip(position, 0, limits - 1), limits / 2
    )
    for position in (np.array([col, row]), limits // 2):
        finer, coarser = _pixel_sides(native, position, crs)
        if 0 < coarser < math.inf:
            side = max(finer, coarser / _SLIVER)
            return side, side
    raise RequestError(f"The raster lies outside the bounds of {crs[:40]}")


def _pixel_sides(native: Grid, position: Floats, crs: str) -> tuple[float, float]:
    """The lengths of a pixel's shorter and longer side in another CRS.

    Args:
        native: The raster's grid.
        position: Column and row of the pixel, (2,).
        crs: The CRS of the lengths; they are NaN where the pixel is outside of it.
    """
    col, row = position
    steps = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])
    there = apply_affine(native.transform, col + steps[0], row + steps[1])
    x, y = point_transform(native, crs)(*there)
    with np.errstate(invalid="ignore"):  # inf - inf
        across = x[1:] - x[0]
        turn = turn_length(crs)
        if turn is not None:  # a pixel at the antimeridian does not span the world
            across -= turn * np.round(across / turn)
        sides = np.hypot(across, y[1:] - y[0])
    return float(sides.min()), float(sides.max())


def _fit(wide: float, high: float, size: Size) -> tuple[float, float]:
    """The image's size in pixels; it keeps the aspect unless both sides are set."""
    if size.width and size.height:
        return size.width, size.height
    if size.width:
        return size.width, size.width * high / wide
    if size.height:
        return size.height * wide / high, size.height
    factor = min(1.0, (size.max_size or math.inf) / max(wide, high))
    return wide * factor, high * factor


def _checked(width: float, height: float) -> tuple[int, int]:
    """Round a size to whole pixels, if it is within the budget."""
    if not width * height <= MAX_PIXELS:
        raise BudgetError(
            f"An image of {width:.0f}x{height:.0f} pixels exceeds {MAX_PIXELS}; give "
            "max_size or a smaller bbox"
        )
    return max(1, round(width)), max(1, round(height))
