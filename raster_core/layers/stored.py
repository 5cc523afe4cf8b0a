"""Layers of values as files store them, which may be read in more than one way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid
    from raster_core.raster import Layer, RasterArray
    from raster_core.sources.untouched.blocks import StoredBlock

type Plane = tuple[NDArray[np.generic], NDArray[np.bool_]]
"""(row, col) both: the values of one band, and True where they are data."""


@runtime_checkable
class StoredLayer(Protocol):
    """A layer that is not computed, so that kernels may round its values."""

    def as_floats(self) -> Layer:
        """The same values in a type of floats, which no kernel rounds."""

    def as_image(self) -> Layer:
        """The same, with pixels missing only where they are in all bands of a file."""


@runtime_checkable
class PlanesLayer(Protocol):
    """A layer whose bands may have types that none has in common without loss."""

    def planes(self, grid: Grid) -> list[Plane]:
        """What ``read_planes`` returns."""


@runtime_checkable
class BlocksLayer(Protocol):
    """A layer whose blocks may be had as they are stored."""

    def stored_block(self, grid: Grid) -> StoredBlock | None:
        """The image that the grid is exactly, or None, as ``untouched.read_block``."""


def read_as_floats(layer: Layer) -> Layer:
    """The same values, which no kernel rounds.

    Between whole metres of height, a rounded kernel makes terraces. Layers that compute
    their values have floats already.
    """
    return layer.as_floats() if isinstance(layer, StoredLayer) else layer


def read_as_image(layer: Layer) -> Layer:
    """The same for an image, whose pixels are missing only where all bands are.

    Nodata in one of three bands is a colour there: dark water has no red, and a red
    field no green. Such a stored value counts like any other, in kernels too. What is
    not finite stays missing. Bands of several files are seen together file by file.
    """
    return layer.as_image() if isinstance(layer, StoredLayer) else layer


def read_planes(layer: Layer, grid: Grid) -> list[Plane]:
    """The nearest stored values of each band of a layer in its own type, with its mask.

    The common type of 64-bit integers and floats has not all values of both; of a
    stack, none is changed on the way.

    Args:
        layer: What to read.
        grid: As for its ``read``.

    Returns:
        One pair per band, (row, col) both.

    Raises:
        BudgetError: As ``layer.read``.
        SourceError: As ``layer.read``.
    """
    if isinstance(layer, PlanesLayer):
        return layer.planes(grid)
    return split_bands(layer.read(grid), layer.info.bands)


def split_bands(array: RasterArray, bands: Sequence[BandInfo]) -> list[Plane]:
    """The bands of an array in their common type, (row, col) each in its own."""
    return [
        (plane.astype(band.dtype, copy=False), mask)
        for plane, mask, band in zip(array.data, array.mask, bands, strict=True)
    ]


def float_bands(bands: Sequence[BandInfo]) -> tuple[BandInfo, ...]:
    """The bands in the smallest types of floats that have all their values.

    Of 64-bit integers, the nearest ones.
    """
    return tuple(
        replace(band, dtype=np.result_type(band.dtype, np.float32).name)
        for band in bands
    )
