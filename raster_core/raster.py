"""What a raster says of itself and what reading it returns.

Arrays are (band, row, col). A mask is bool and **True means data**.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import DTypeLike, NDArray

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid


@dataclass(frozen=True, slots=True, eq=False)
class RasterArray:
    """Pixels with their mask, on a grid."""

    data: NDArray[np.generic]
    """(band, row, col), in stored values: scale and offset are not applied."""
    mask: NDArray[np.bool_]
    """Same shape as ``data``; True means data."""
    grid: Grid
    alpha: NDArray[np.uint8] | None = None
    """(row, col): how opaque the pixels with data are, from 1 to 255; None where all
    are opaque. It is for images: whatever is not 0 is data to statistics."""


def empty_array(grid: Grid, bands: int, dtype: DTypeLike) -> RasterArray:
    """Pixels without data on all of a grid: zeros, in arrays of their own."""
    shape = (bands, *grid.shape)
    return RasterArray(np.zeros(shape, dtype), np.zeros(shape, bool), grid)


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """What a ``Layer`` tells of itself."""

    grid: Grid
    """The native grid: the cells that statistics count."""
    block_shape: tuple[int, int]
    """(height, width) of the storage tiles on the native grid."""
    bands: tuple[BandInfo, ...]
    version: str
    """Changes whenever any pixel may have."""
    overviews: tuple[Grid, ...] = ()
    """Grids of the decimated levels, from fine to coarse."""
    interleaved: int = 1
    """Bands that are decoded with each block, wanted or not, of all files; what is
    computed of them counts as more."""

    @property
    def planes(self) -> int:
        """Bands that reading all of the layer's decodes or makes."""
        return max(len(self.bands), self.interleaved)


class Resampling(StrEnum):
    """How a pixel of the wanted grid follows from a raster's pixels around it."""

    NEAREST = "nearest"
    """The one pixel that its centre lies in."""
    BILINEAR = "bilinear"
    CUBIC = "cubic"
    """Catmull and Rom's kernel, as GDAL's."""
    AVERAGE = "average"
    """The mean of the pixels that it covers, by share."""
    MODE = "mode"
    """The most frequent of them."""


class Layer(Protocol):
    """Anything that has pixels: a file's bands, an expression, an overlay."""

    @property
    def info(self) -> LayerInfo:
        """Known without reading pixels."""

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        """Pixels on ``grid``, masked where the layer has none.

        Law: reading a crop of ``info.grid``, or of an overview's grid, returns the
        stored pixels (a paste, never a warp). Several threads may read at once.
        """


def common_type(bands: Sequence[BandInfo]) -> np.dtype[np.generic]:
    """The smallest type that has every value of all bands, in which they are read."""
    return np.result_type(*(band.dtype for band in bands))


def join_versions(versions: Iterable[str]) -> str:
    """One version of several layers: each of theirs once, with spaces between."""
    return " ".join(dict.fromkeys(versions))


def digest_versions(versions: Iterable[str]) -> str:
    """One version of several files, however many: 16 hexadecimal digits."""
    return hashlib.sha256(" ".join(versions).encode()).hexdigest()[:16]
