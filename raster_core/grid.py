"""Where pixels lie: ``Bounds``, ``Window`` and ``Grid``.

Conventions, everywhere: arrays are (band, row, col), shapes (height, width), points
(x, y). Pixel coordinates are (col, row) with (0, 0) the outer corner of the first
pixel, whose centre is (0.5, 0.5). A mask is bool and **True means data**.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from affine import Affine

from raster_core.errors import SourceError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Tolerance in pixels within which two grids count as aligned. Bounds written with 10
# decimals of a degree are this exact for pixels of 10 m.
ALIGNMENT = 1e-3

# The least width of a raster's pixel in units of its CRS: below, arithmetic underflows.
MIN_PIXEL = 1e-12

# The least width of a pixel as a fraction of the raster's largest coordinate: 64 steps
# of a double, which is 0.3 micrometres for a UTM northing.
MIN_STEP = 2.0**-46


class Bounds(NamedTuple):
    """An axis-parallel box in the units of some CRS."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Window:
    """A box of whole pixels, half open: columns [col, col + width), rows likewise.

    Empty windows (width or height 0) are allowed; negative sizes are not.
    """

    col: int
    row: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 0 or self.height < 0:
            raise ValueError(f"Window size {self.width}x{self.height} is negative")

    @property
    def col_stop(self) -> int:
        """First column beyond the window."""
        return self.col + self.width

    @property
    def row_stop(self) -> int:
        """First row beyond the window."""
        return self.row + self.height

    @property
    def pixels(self) -> int:
        """Number of pixels; 0 for an empty window."""
        return self.width * self.height

    def intersection(self, other: Window) -> Window:
        """The part that both windows share; it is empty if they only touch."""
        col = max(self.col, other.col)
        row = max(self.row, other.row)
        width = max(0, min(self.col_stop, other.col_stop) - col)
        height = max(0, min(self.row_stop, other.row_stop) - row)
        return Window(col, row, width, height)

    def index_in(self, outer: Window) -> tuple[slice, slice]:
        """The rows and columns of this window in an array (row, col) of ``outer``."""
        rows = slice(self.row - outer.row, self.row_stop - outer.row)
        return rows, slice(self.col - outer.col, self.col_stop - outer.col)


@dataclass(frozen=True, slots=True)
class Grid:
    """Where pixels lie: a CRS, an affine transform and a size."""

    crs: str
    """An authority code such as ``EPSG:4326``, or WKT if the CRS has no code."""
    transform: Affine
    """Pixel (col, row) to CRS (x, y)."""
    width: int
    height: int
    area: Bounds | None = field(default=None, compare=False)
    """The whole raster's box in the CRS; None for the grid of an image.

    The datum shift is chosen for this box, so that all crops of a raster share one.
    It does not count for equality: grids of the same pixels are equal.
    """

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width)."""
        return self.height, self.width

    @property
    def window(self) -> Window:
        """The whole grid as a window of itself."""
        return Window(0, 0, self.width, self.height)

    @property
    def bounds(self) -> Bounds:
        """The box around all pixels, also where the grid is rotated."""
        corners = [
            self.transform @ (col, row)
            for col in (0, self.width)
            for row in (0, self.height)
        ]
        xs, ys = zip(*corners, strict=True)
        return Bounds(min(xs), min(ys), max(xs), max(ys))

    def contains(
        self, cols: NDArray[np.floating], rows: NDArray[np.floating]
    ) -> NDArray[np.bool_]:
        """Test which positions lie in a pixel of the grid.

        A pixel contains its left and its top edge.

        Args:
            cols: Columns with fractions, in pixels, of any shape; NaN lies outside.
            rows: Rows, of any shape that broadcasts with the shape of ``cols``.

        Returns:
            bool of the shape that both broadcast to; empty for no positions.
        """
        across = (cols >= 0) & (cols < self.width)
        down = (rows >= 0) & (rows < self.height)
        both: NDArray[np.bool_] = across & down
        return both

    def crop(self, window: Window) -> Grid:
        """The grid of the pixels in ``window``, which may reach beyond this grid."""
        transform = self.transform @ Affine.translation(window.col, window.row)
        return replace(
            self, transform=transform, width=window.width, height=window.height
        )

    def resize(self, width: int, height: int) -> Grid:
        """The grid of so many pixels over the same area, as of an overview."""
        scale = Affine.scale(self.width / width, self.height / height)
        transform = self.transform @ scale
        return replace(self, transform=transform, width=width, height=height)

    def window_of(self, other: Grid) -> Window | None:
        """The window of ``other`` on this grid, if it consists of this grid's pixels.

        ``None`` if the CRS, the pixel size or the alignment differs. Law:
        ``grid.window_of(grid.crop(window)) == window``.
        """
        size, other_size = self.transform.determinant, other.transform.determinant
        # Most levels differ in this, which takes an eighth of the time of all corners.
        if self.crs != other.crs or abs(other_size - size) > abs(size) / 100:
            return None
        own = ~self.transform @ other.transform
        end_col, end_row = own @ (other.width, other.height)
        window = Window(round(own.c), round(own.f), other.width, other.height)
        offsets = (
            own.c - window.col,
            own.f - window.row,
            end_col - window.col_stop,
            end_row - window.row_stop,
            own.b * other.height,
            own.d * other.width,
        )
        return window if max(map(abs, offsets)) <= ALIGNMENT else None


def raster_grid(crs: str, transform: Affine, *, width: int, height: int) -> Grid:
    """The native grid of a raster, if positions can be computed on it.

    Raises:
        SourceError: If the transform is not finite, or its pixels are so narrow that
            neighbours have the same coordinates.
    """
    if not all(map(math.isfinite, transform)):
        raise SourceError(f"The raster's transform {list(transform)[:6]} is not finite")
    grid = Grid(crs, transform, width, height)
    area = grid.bounds
    far = max(map(abs, area))
    if not far < math.inf:
        raise SourceError(
            f"The raster's transform {list(transform)[:6]} gives infinite coordinates"
        )
    a, b, _, d, e, _ = transform[:6]
    # The smaller singular value: how far a pixel reaches in its narrowest direction.
    total, product = math.hypot(a, b, d, e), abs(a * e - b * d)
    narrow = product / total if total else 0.0
    least = max(MIN_PIXEL, far * MIN_STEP)
    if not narrow >= least:
        raise SourceError(
            f"The raster's pixels are {narrow:.3g} units of its CRS wide, less than "
            f"{least:.3g}; its transform is {list(transform)[:6]}"
        )
    return replace(grid, area=area)
