"""How the pixels of a window add up to those of a grid.

Where rows of both run alike, first the rows and then the columns; else point by point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from raster_core.native.images.weighing import weigh_grid, weigh_points
from raster_core.sources.warp.kernels import axis_weights
from raster_core.sources.warp.placement import runs_along

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from raster_core.raster import Resampling
    from raster_core.sources.crs.crs import Floats
    from raster_core.sources.warp.kernels import AxisWeights, Indices, Plane
    from raster_core.sources.warp.plan import Blend

type PixelIndex = tuple[Indices | slice, Indices | slice]
"""Rows and columns of some of a grid's pixels, as an array's index."""

# Points at once: what they take in between stays in the processor's cache. Mode takes
# 8 ms for a tile so, and 15 ms all at once.
_CHUNK = 16384


class Weighing(Protocol):
    """Sums for some pixels of a grid, in the shape of their index.

    Planes are (row, col): one band of the window, in the type of the weights. Sums have
    that type too; no pixels, no sums.
    """

    def total(self, plane: Plane) -> Plane:
        """The weighted sum of a plane's pixels."""

    def nearest[T: np.generic](self, plane: NDArray[T]) -> NDArray[T]:
        """The pixel of a plane that each centre lies in."""

    def absolute(self) -> Weighing:
        """The same with weights of no sign."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some pixels of a grid, and where they lie on the window.

    Positions and sizes are float64 in pixels of the window, (n,) each.
    """

    index: PixelIndex
    rows: Floats
    cols: Floats
    heights: Floats
    widths: Floats
    along: bool
    """Whether rows (n,) and columns (m,) are those of n x m pixels, and not of each."""

    def weighing(self, kernel: Resampling, dtype: np.dtype[np.floating]) -> Weighing:
        """How a kernel weighs for them."""
        make = GridWeighing if self.along else PointWeighing
        return make(
            axis_weights(kernel, self.rows, self.heights, dtype=dtype),
            axis_weights(kernel, self.cols, self.widths, dtype=dtype),
        )


@dataclass(frozen=True, slots=True, eq=False)
class GridWeighing:
    """For n rows and m columns; sums are (n, m)."""

    rows: AxisWeights
    cols: AxisWeights

    def total(self, plane: Plane) -> Plane:
        """The weighted sum of a plane's pixels, (n, m)."""
        return weigh_grid(np.ascontiguousarray(plane), self.rows.taps, self.cols.taps)

    def nearest[T: np.generic](self, plane: NDArray[T]) -> NDArray[T]:
        """The pixel of a plane that each centre lies in, (n, m)."""
        lines = plane.take(self.rows.nearest, axis=0)
        return np.asarray(lines.take(self.cols.nearest, axis=1))

    def absolute(self) -> GridWeighing:
        """The same with weights of no sign."""
        return GridWeighing(self.rows.absolute(), self.cols.absolute())


@dataclass(frozen=True, slots=True, eq=False)
class PointWeighing:
    """For points anywhere; sums are of their shape."""

    rows: AxisWeights
    cols: AxisWeights

    def total(self, plane: Plane) -> Plane:
        """The weighted sum of a plane's pixels."""
        return weigh_points(np.ascontiguousarray(plane), self.rows.taps, self.cols.taps)

    def nearest[T: np.generic](self, plane: NDArray[T]) -> NDArray[T]:
        """The pixel of a plane that each centre lies in."""
        flat = self.rows.nearest * plane.shape[1] + self.cols.nearest
        return np.asarray(plane.ravel().take(flat))

    def absolute(self) -> PointWeighing:
        """The same with weights of no sign."""
        return PointWeighing(self.rows.absolute(), self.cols.absolute())


def shrink_plane(plane: Plane, factors: tuple[int, int]) -> Plane:
    """Means of boxes of pixels, of which there are a whole number.

    Args:
        plane: (row, col), floats.
        factors: Rows and columns in a box; (1, 1) gives the plane itself.
    """
    if factors == (1, 1):
        return plane
    rows, cols = factors
    height, width = plane.shape
    boxes = plane.reshape(height // rows, rows, width // cols, cols)
    return np.asarray(boxes.mean(axis=(1, 3)))


def parts_inside(plan: Blend) -> Iterator[Part]:
    """The plan's pixels that are inside the raster, each in one part."""
    inside, placement = plan.inside, plan.placement
    if runs_along(placement):
        rows = np.flatnonzero(inside.any(axis=1))
        cols = np.flatnonzero(inside.any(axis=0))
        lines = max(1, _CHUNK // max(cols.size, 1))
        for start in range(0, rows.size, lines):
            some = rows[start : start + lines]
            yield Part(
                (some[:, None], cols[None, :]),
                placement.rows[some, 0],
                placement.cols[0, cols],
                placement.heights[some, 0],
                placement.widths[0, cols],
                along=True,
            )
        return
    for index in _chunks(inside):
        yield Part(
            index,
            np.broadcast_to(placement.rows, inside.shape)[index],
            np.broadcast_to(placement.cols, inside.shape)[index],
            np.broadcast_to(placement.heights, inside.shape)[index],
            np.broadcast_to(placement.widths, inside.shape)[index],
            along=False,
        )


def _chunks(inside: NDArray[np.bool_]) -> Iterator[PixelIndex]:
    """Indexes of the pixels inside (height, width), not too many at once."""
    if inside.all():
        lines = max(1, _CHUNK // inside.shape[1])
        for start in range(0, inside.shape[0], lines):
            yield slice(start, start + lines), slice(None)
        return
    rows, cols = np.nonzero(inside)
    for start in range(0, rows.size, _CHUNK):
        points = slice(start, start + _CHUNK)
        yield rows[points], cols[points]
