"""What a layer describes itself by, and the pixels that reading one returns.

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
    from raster_core.grid import Grid, Window


@dataclass(frozen=True, slots=True, eq=False)
class RasterArray:
    """Pixels with their mask, on a grid."""

    data: NDArray[np.generic]
    """(band, row, col), in stored values: scale and offset are not applied."""
    mask: NDArray[np.bool_]
    """Same shape as ``data``; True means data."""
    grid: Grid
    alpha: NDArray[np.uint8] | None = None
    """(row, col): the opacity of the pixels with data, from 1 to 255; None if all are
    opaque. Images alone use it: statistics count every pixel that is not masked."""


def empty_array(grid: Grid, bands: int, dtype: DTypeLike) -> RasterArray:
    """Make pixels without data on all of a grid.

    Returns:
        Zeros of ``dtype`` and a mask of False, both (band, row, col); the arrays are
        new, so that the caller may fill them.
    """
    shape = (bands, *grid.shape)
    return RasterArray(np.zeros(shape, dtype), np.zeros(shape, bool), grid)


def pad_plane[T: np.generic](
    array: NDArray[T], part: Window, window: Window
) -> NDArray[T]:
    """An array (..., row, col) of a part of a window, with zeros around it."""
    padded = np.zeros((*array.shape[:-2], window.height, window.width), array.dtype)
    padded[..., *part.index_in(window)] = array
    return padded


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """The description of a ``Layer``, known before pixels are read."""

    grid: Grid
    """The native grid, whose pixels are the cells that statistics count."""
    block_shape: tuple[int, int]
    """(height, width) of the storage tiles on the native grid."""
    bands: tuple[BandInfo, ...]
    version: str
    """A text that changes whenever any pixel may have changed."""
    overviews: tuple[Grid, ...] = ()
    """Grids of the decimated levels, from fine to coarse."""
    interleaved: int = 1
    """How many bands are decoded with each block, requested or not, in all files
    together; computing expressions counts as decoding more bands."""
    far: bool = False
    """Whether a store is asked for its blocks, which takes long to answer."""

    @property
    def planes(self) -> int:
        """How many bands are decoded or computed to read all bands of the layer."""
        return max(len(self.bands), self.interleaved)


class Resampling(StrEnum):
    """How the value of a pixel follows from the raster's pixels around it."""

    NEAREST = "nearest"
    """The value of the raster's pixel that contains the centre."""
    BILINEAR = "bilinear"
    CUBIC = "cubic"
    """Catmull and Rom's kernel, which GDAL uses."""
    AVERAGE = "average"
    """The mean of the covered pixels, weighted by coverage."""
    MODE = "mode"
    """The most frequent value of the covered pixels."""


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
    """The smallest type that holds every value of all bands: they are read in it."""
    return np.result_type(*(band.dtype for band in bands))


def join_versions(versions: Iterable[str]) -> str:
    """The version of several layers together: each different one, joined by spaces."""
    return " ".join(dict.fromkeys(versions))


def digest_versions(versions: Iterable[str]) -> str:
    """The version of several files together, as 16 hexadecimal digits."""
    return hashlib.sha256(" ".join(versions).encode()).hexdigest()[:16]
