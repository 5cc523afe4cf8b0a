"""The slope of the ground from heights on a grid.

East and north are the CRS' own axes. A metre of Web Mercator or a degree is measured
on the ground at the latitude of its row.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from raster_core.source.crs import is_geographic
from raster_core.source.ellipsoid import geodetic
from raster_core.source.mercator import WEB_MERCATOR

if TYPE_CHECKING:
    from raster_core.grid import Grid

type Heights = NDArray[np.float32]
"""Metres, or metres in a metre."""

# (row, col) of the eight neighbours; the opposite of number i is number 7 - i.
_NEIGHBOURS = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))

# A corner's number among the neighbours, and those of the two beside it.
_CORNERS = ((0, 1, 3), (2, 1, 4), (5, 3, 6), (7, 4, 6))

# Horn's weights of the neighbours in the difference along columns and along rows.
_ALONG = np.array([-1, 0, 1, -2, 2, -1, 0, 1], np.float32) / 8
_DOWN = np.array([-1, -2, -1, 0, 0, 1, 2, 1], np.float32) / 8


def ground_gradient(
    heights: Heights, mask: NDArray[np.bool_], grid: Grid
) -> tuple[Heights, Heights]:
    """How far the ground rises in a metre to the east, and to the north.

    Args:
        heights: Of ``grid`` and one pixel around it.
        mask: Likewise.
        grid: Without the pixels around it.

    Returns:
        Both (height, width).
    """
    along, down = _differences(heights)
    _mend_edges(heights, mask, (along, down))
    affine = grid.transform
    across_unit, upright_unit = _unit_lengths(grid)
    area = affine.a * affine.e - affine.b * affine.d
    east_scale = (1 / (area * across_unit)).astype(np.float32)
    north_scale = (1 / (area * upright_unit)).astype(np.float32)
    if affine.b == affine.d == 0.0:
        east, north = along * np.float32(affine.e), down * np.float32(affine.a)
    else:
        east = along * np.float32(affine.e) - down * np.float32(affine.d)
        north = down * np.float32(affine.a) - along * np.float32(affine.b)
    return east * east_scale, north * north_scale


def _differences(heights: Heights) -> tuple[Heights, Heights]:
    """Rise from a pixel to the next, along columns and down rows.

    The weighted means of three differences, where all nine pixels have data.

    Source: Horn (1981), Hill shading and the reflectance map, Proceedings of the IEEE
    69 (1), equation 13; as gdaldem does by default.
    """
    columns = heights[:-2] + 2 * heights[1:-1] + heights[2:]
    rows = heights[:, :-2] + 2 * heights[:, 1:-1] + heights[:, 2:]
    eighth = np.float32(0.125)
    return (columns[:, 2:] - columns[:, :-2]) * eighth, (rows[2:] - rows[:-2]) * eighth


def _mend_edges(
    heights: Heights, mask: NDArray[np.bool_], differences: tuple[Heights, Heights]
) -> None:
    """Set the differences of pixels that lack some of their neighbours.

    A plane keeps its slope up to its edges and corners; where a neighbour and the
    opposite one are both missing, the ground is level.
    """
    if mask.all():
        return
    rows, cols = (index + 1 for index in np.nonzero(_lacks_neighbours(mask)))
    centre = heights[rows, cols]
    places = [(rows + down, cols + along) for down, along in _NEIGHBOURS]
    present = np.stack([mask[place] for place in places])
    rise = np.stack([heights[place] - centre for place in places]) * present
    known = present | present[::-1]
    rise = np.where(present, rise, -rise[::-1])
    for corner, *beside in _CORNERS:
        rise[corner] += ~known[corner] * rise[beside].sum(axis=0)
    for result, weights in zip(differences, (_ALONG, _DOWN), strict=True):
        result[rows - 1, cols - 1] = weights @ rise


def _lacks_neighbours(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Inner pixels that have data themselves, but not all around; (height, width)."""
    columns = mask[:-2] & mask[1:-1] & mask[2:]
    whole = columns[:, :-2] & columns[:, 1:-1] & columns[:, 2:]
    return mask[1:-1, 1:-1] & ~whole


def _unit_lengths(grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres on the ground in a unit of the CRS, to the east and to the north.

    By row, both (height, 1). Of projections other than Web Mercator the projection's
    own, as they are made to keep lengths.
    """
    rows = np.arange(grid.height) + 0.5
    affine = grid.transform
    y = (affine.d * grid.width / 2 + affine.e * rows + affine.f)[:, None]
    globe = geodetic(grid.crs)
    if grid.crs == WEB_MERCATOR:
        cosine = 1 / np.cosh(y / globe.semi_major)
        return cosine, cosine
    if not is_geographic(grid.crs):
        unit = np.full_like(y, globe.unit)
        return unit, unit
    return _degree_lengths(np.radians(y), globe.semi_major, globe.semi_minor)


def _degree_lengths(
    latitude: NDArray[np.float64], major: float, minor: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres in a degree of longitude and in one of latitude, on the ellipsoid.

    Source: Snyder (1987), Map projections: a working manual, equations 4-18 and 4-20.
    """
    flattened = 1 - (1 - (minor / major) ** 2) * np.sin(latitude) ** 2
    degree = math.radians(1)
    # Longitudes have no length at the poles, and slopes there no limit.
    cosine = np.maximum(np.cos(latitude), 1e-6)
    parallel = degree * major * cosine / np.sqrt(flattened)
    return parallel, degree * minor**2 / major / flattened**1.5
