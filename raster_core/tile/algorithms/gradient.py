"""The gradient of the ground, from heights on a grid.

East and north are the axes of the CRS. Metres of Web Mercator and degrees are converted
to ground metres at the latitude of each row.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from raster_core.sources.crs.crs import is_geographic
from raster_core.sources.crs.ellipsoid import geodetic
from raster_core.sources.crs.mercator import WEB_MERCATOR

if TYPE_CHECKING:
    from raster_core.grid import Grid

type Heights = NDArray[np.float32]
"""(row, col): metres, or metres of rise per metre."""

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
    """How far the ground rises per metre to the east, and to the north.

    Args:
        heights: Metres on ``grid`` and one pixel around it, (row, col).
        mask: (row, col) like the heights; True means data.
        grid: The grid of the result.

    Returns:
        East and north, each (row, col) on ``grid``, float32.
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
    """The rise per pixel along columns and down rows, if all nine pixels have data.

    Each is the weighted mean of three differences.

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
    """Correct in place the differences of pixels without some of their neighbours.

    Heights and mask are (row + 2, col + 2), with one more pixel on all sides than the
    differences (row, col).

    A plane keeps its slope up to its edges and corners. If a neighbour and the opposite
    one are both missing, the ground counts as level between them.
    """
    if mask.all():
        return
    rows, cols = (index + 1 for index in np.nonzero(_lacks_neighbours(mask)))
    centre = heights[rows, cols]
    around = [(rows + down, cols + along) for down, along in _NEIGHBOURS]
    present = np.stack([mask[index] for index in around])
    rise = np.stack([heights[index] - centre for index in around]) * present
    known = present | present[::-1]
    rise = np.where(present, rise, -rise[::-1])
    for corner, *beside in _CORNERS:
        rise[corner] += ~known[corner] * rise[beside].sum(axis=0)
    for result, weights in zip(differences, (_ALONG, _DOWN), strict=True):
        # No product of matrices: its last bits are each BLAS's own.
        result[rows - 1, cols - 1] = (weights[:, None] * rise).sum(axis=0)


def _lacks_neighbours(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Inner pixels (row, col) with data, of which some neighbour has none."""
    columns = mask[:-2] & mask[1:-1] & mask[2:]
    whole = columns[:, :-2] & columns[:, 1:-1] & columns[:, 2:]
    return mask[1:-1, 1:-1] & ~whole


def _unit_lengths(grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ground metres per unit of the CRS, to the east and to the north.

    In projections other than Web Mercator, a metre counts as a metre on the ground.

    Returns:
        Both (row, 1), one value per row.
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
    """Metres per degree of longitude and of latitude on the ellipsoid, by radians.

    Source: Snyder (1987), Map projections: a working manual, equations 4-18 and 4-20.
    """
    flattened = 1 - (1 - (minor / major) ** 2) * np.sin(latitude) ** 2
    degree = math.radians(1)
    # At the poles a degree of longitude has no length, and slopes would be infinite.
    cosine = np.maximum(np.cos(latitude), 1e-6)
    parallel = degree * major * cosine / np.sqrt(flattened)
    return parallel, degree * minor**2 / major / flattened**1.5
