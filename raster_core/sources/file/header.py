"""What the header of a GeoTIFF says: levels, blocks, bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.bands import BandInfo
from raster_core.errors import BudgetError, SourceError
from raster_core.grid import raster_grid
from raster_core.sources.blocks.plain import Expected
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.sources.crs.operations import point_transform
from raster_core.sources.file.decoding import Blocks
from raster_core.sources.file.gdal import (
    alpha_band,
    crs_name,
    has_mask_band,
)
from raster_core.sources.file.tags import read_nodata, read_texts
from raster_core.sources.warp.budget import MAX_PIXELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rasterio.io import DatasetReader

    from raster_core.grid import Grid


@dataclass(frozen=True, slots=True)
class Header:
    """All that is known of a file before a pixel of it is read."""

    levels: tuple[Grid, ...]
    """The native grid, then overviews from fine to coarse."""
    blocks: tuple[Blocks, ...]
    """One entry per level."""
    bands: tuple[BandInfo, ...]
    alpha: int | None
    """The band that says how opaque pixels are, if there is one."""
    mask_band: bool
    """Whether the file's own mask, not an alpha band, says which pixels have data."""

    @property
    def expected(self) -> list[Expected]:
        """What a direct way has to find; nothing if a mask decides besides pixels."""
        if self.mask_band:
            return []
        pairs = zip(self.levels, self.blocks, strict=True)
        return [Expected(grid.shape, blocks.shape) for grid, blocks in pairs]

    @property
    def block_shape(self) -> tuple[int, int]:
        """(height, width) of the native level's blocks."""
        return self.blocks[0].shape


def read_header(datasets: Sequence[DatasetReader]) -> Header:
    """The header of an open file, if it is one that can be served.

    Args:
        datasets: The native one, then overviews from fine to coarse.

    Raises:
        SourceError: If it has no usable georeference, or its values are complex.
        BudgetError: If one block of it is larger than a read may be.
    """
    native = datasets[0]
    if native.crs is None or native.transform.is_identity:
        raise SourceError(_why_nowhere(native))
    if any("complex" in dtype for dtype in native.dtypes):
        raise SourceError("The raster's values are complex numbers")
    grid = raster_grid(
        crs_name(native.crs), native.transform, width=native.width, height=native.height
    )
    header = Header(
        tuple(grid.resize(level.width, level.height) for level in datasets),
        tuple(map(_blocks_of, datasets)),
        _read_bands(native),
        alpha_band(native),
        has_mask_band(native),
    )
    check_header(header)
    return header


def check_header(header: Header) -> None:
    """Refuse what cannot be served.

    Raises:
        SourceError: If it is not of the Earth.
        BudgetError: If one of its blocks is larger than a read may be.
    """
    height, width = header.block_shape
    if height * width > MAX_PIXELS:
        raise BudgetError(
            f"The raster's blocks of {width}x{height} pixels exceed {MAX_PIXELS}; "
            "rewrite it with smaller tiles"
        )
    point_transform(header.levels[0], LONGITUDE_LATITUDE)


def _blocks_of(dataset: DatasetReader) -> Blocks:
    together = dataset.tags(ns="IMAGE_STRUCTURE").get("INTERLEAVE") == "PIXEL"
    return Blocks(dataset.block_shapes[0], dataset.count if together else 1)


def _why_nowhere(dataset: DatasetReader) -> str:
    """What a raster has in place of a coordinate system and a geotransform."""
    if dataset.gcps[0]:
        return "The raster has ground control points and must be warped first"
    if dataset.rpcs:
        return "The raster has rational polynomials (RPC) and must be warped first"
    return "The raster has no coordinate system or no geotransform"


def _read_bands(dataset: DatasetReader) -> tuple[BandInfo, ...]:
    """What the file says of its bands; each list is read once, not once per band."""
    names, units = read_texts(dataset)
    fields = zip(
        dataset.dtypes,
        read_nodata(dataset),
        dataset.scales,
        dataset.offsets,
        strict=True,
    )
    return tuple(
        BandInfo(
            index=index,
            name=names[index - 1] or f"b{index}",
            dtype=dtype,
            nodata=nodata,
            unit=units[index - 1],
            scale=scale,
            offset=offset,
        )
        for index, (dtype, nodata, scale, offset) in enumerate(fields, start=1)
    )
