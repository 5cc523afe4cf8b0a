"""Pixels as a GeoTIFF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.sources.file.gdal import gdal_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from rasterio.io import DatasetWriter

    from raster_core.bands import BandInfo
    from raster_core.raster import RasterArray

# Largest magnitude up to which GDAL's nodata values, doubles, hold all whole numbers.
_EXACT = 2**53

# Pixels per side of a block, GDAL's default for a COG.
_BLOCK = 512

# Types that GDAL takes for alpha, and a step of 1 / 255 in them.
_ALPHA_UNITS: dict[str, np.uint8 | np.uint16] = {
    "uint8": np.uint8(1),
    "uint16": np.uint16(257),
}

# Classes whose names go into a file, one tag each: GDAL searches all tags for each new
# one, and 46,916 took 4 s.
MAX_NAMES = 4096


def encode_geotiff(array: RasterArray, bands: Sequence[BandInfo]) -> bytes:
    """A deflated GeoTIFF of stored values, with its georeference and its bands' names.

    Pixels without data hold the bands' nodata value, or NaN, or an end of the type's
    range that no pixel has. A type without a value to spare, such as bytes that use all
    256, gets a mask band instead, which hides a pixel where any band lacks it. A graded
    alpha of 8 or 16 bits follows the bands as one more, and then says what is hidden.

    Args:
        array: Stored values with their mask, (band, row, col); at least one pixel.
        bands: What they are; names, units, scale and offset go into the file, so do
            the names of up to ``MAX_NAMES`` classes, and of a single band of bytes
            their colours.
    """
    # After the door to GDAL, which sees to what else rasterio would import.
    from rasterio import Env  # noqa: PLC0415
    from rasterio.enums import ColorInterp  # noqa: PLC0415
    from rasterio.io import MemoryFile  # noqa: PLC0415

    data = array.data
    if data.dtype.kind == "b":
        data = data.view(np.uint8)
    alpha = _alpha_band(array)
    seen = array.mask.all() or (
        alpha is not None and (array.mask == array.mask.any(axis=0)).all()
    )
    nodata = None if seen else _spare_value(data, array.mask, bands)
    if nodata is not None:
        data = np.where(array.mask, data, nodata)
    profile = {
        "driver": "GTiff",
        "count": len(data) + (alpha is not None),
        "height": array.grid.height,
        "width": array.grid.width,
        "dtype": data.dtype,
        "crs": array.grid.crs,
        "transform": array.grid.transform,
        "nodata": nodata,
        "compress": "DEFLATE",
        "predictor": _predictor(data.dtype),
        **_layout(data, further=alpha is not None),
    }
    with (
        gdal_environment(),
        Env(GDAL_TIFF_INTERNAL_MASK=True),
        MemoryFile() as memory,
    ):
        with memory.open(**profile) as file:
            file.write(data, [*range(1, len(data) + 1)])
            if alpha is not None:
                file.colorinterp = [*file.colorinterp[:-1], ColorInterp.alpha]
                file.write(alpha, len(data) + 1)
            if nodata is None and not seen:
                file.write_mask(array.mask.all(axis=0))
            _describe(file, bands)
        content: bytes = memory.read()
    return content


def _alpha_band(array: RasterArray) -> NDArray[np.uint8 | np.uint16] | None:
    """A graded alpha (row, col) in the values' type; None if it cannot have it."""
    unit = _ALPHA_UNITS.get(array.data.dtype.name)
    if array.alpha is None or unit is None:
        return None
    shown = array.alpha * array.mask.any(axis=0)
    return np.asarray(shown.astype(array.data.dtype) * unit)


def _predictor(dtype: np.dtype[Any]) -> int:
    """The TIFF predictor: differences of integers, of floats by byte, or none."""
    if dtype.kind != "f":
        return 2
    return 1 if dtype.itemsize == 2 else 3  # GDAL has none for half precision


def _layout(data: NDArray[np.generic], *, further: bool) -> dict[str, object]:
    """How the file is tiled and how GDAL must interpret the bands (band, row, col)."""
    layout: dict[str, object] = {}
    if max(data.shape[1:]) > _BLOCK:
        layout |= {"tiled": True, "blockxsize": _BLOCK, "blockysize": _BLOCK}
    if len(data) > 1 or further:
        # Left to itself, GDAL takes the fourth band of bytes for alpha.
        is_rgb = len(data) == 3 and data.dtype == np.uint8
        layout |= {"photometric": "RGB" if is_rgb else "MINISBLACK", "alpha": "NO"}
    return layout


def _spare_value(
    data: NDArray[np.generic], mask: NDArray[np.bool_], bands: Sequence[BandInfo]
) -> np.generic | None:
    """A value for pixels without data that no other pixel has; None if all are taken.

    Data and mask are (band, row, col).

    A GeoTIFF has one for all bands.
    """
    taken = data[mask]
    for value in _candidates(data.dtype, bands):
        if not (taken == value).any():
            return value
    return None


def _candidates(
    dtype: np.dtype[Any], bands: Sequence[BandInfo]
) -> Iterator[np.generic]:
    """Values that may stand for missing data, the likeliest first."""
    given = [band.nodata for band in bands if band.nodata is not None]
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            yield from np.array([*given, np.nan]).astype(dtype)
        return
    limits = np.iinfo(dtype)
    low, high = max(limits.min, -_EXACT), min(limits.max, _EXACT)
    for value in (*given, low, high):
        if low <= value <= high and value == int(value):
            yield dtype.type(int(value))


def _describe(file: DatasetWriter, bands: Sequence[BandInfo]) -> None:
    """What is known of the bands, as GDAL and QGIS show it."""
    further = file.count - len(bands)  # an alpha band, which is no quantity
    file.descriptions = [*(band.name for band in bands), *["alpha"] * further]
    file.units = [*(band.unit or "" for band in bands), *[""] * further]
    file.scales = [*(band.scale for band in bands), *[1.0] * further]
    file.offsets = [*(band.offset for band in bands), *[0.0] * further]
    for number, band in enumerate(bands, start=1):
        names = {f"class_{entry.value}": entry.name for entry in band.classes}
        if 0 < len(names) <= MAX_NAMES:
            file.update_tags(number, **names)
    colors = {
        entry.value: tuple(bytes.fromhex(entry.color.removeprefix("#")))
        for entry in bands[0].classes
        if entry.color and 0 <= entry.value <= 255
    }
    if colors and file.count == 1 and file.dtypes[0] == "uint8":
        file.write_colormap(1, colors)
