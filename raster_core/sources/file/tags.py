"""What the tags of a GeoTIFF say of its bands where rasterio is inexact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.sources.file.gdal import has_nodata

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from rasterio.io import DatasetReader


def read_texts(
    dataset: DatasetReader,
) -> tuple[Sequence[str | None], Sequence[str | None]]:
    """Names and units of the bands; what is not UTF-8 is read as Latin-1."""
    try:
        return dataset.descriptions, dataset.units
    except UnicodeDecodeError:
        bands = _describe_in_vrt(dataset)
    return (
        [band.findtext("Description") for band in bands],
        [band.findtext("UnitType") for band in bands],
    )


def read_nodata(dataset: DatasetReader) -> Sequence[float | None]:
    """Nodata values of the bands; those of 64-bit integers as an exact ``int``.

    rasterio has them as doubles, and None where that double leaves the type's range.
    """
    found: Sequence[float | None] = dataset.nodatavals
    wide = [dtype in ("int64", "uint64") for dtype in dataset.dtypes]
    if not any(wide) or not has_nodata(dataset):
        return found
    texts = [band.findtext("NoDataValue") for band in _describe_in_vrt(dataset)]
    return [
        int(text) if is_wide and text else value
        for value, text, is_wide in zip(found, texts, wide, strict=True)
    ]


def _describe_in_vrt(dataset: DatasetReader) -> list[Element]:
    """The bands as GDAL writes them into a VRT: whole numbers in full, texts as bytes.

    Takes a millisecond and reads no pixels.
    """
    # Imported for the few files that need it, not with every start.
    import xml.etree.ElementTree as ET  # noqa: PLC0415

    import rasterio.shutil  # noqa: PLC0415
    from rasterio.io import MemoryFile  # noqa: PLC0415

    with MemoryFile(ext=".vrt") as memory:
        rasterio.shutil.copy(dataset, memory.name, driver="VRT")
        content: bytes = memory.read()
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    # GDAL has written it just now, and escapes what the file says.
    return list(ET.fromstring(text).iter("VRTRasterBand"))  # noqa: S314
