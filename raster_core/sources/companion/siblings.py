"""Files beside a GeoTIFF that GDAL, QGIS and rasterio read with it.

``.msk`` hides pixels; ``.aux.xml`` says of bands what the file does not. GDAL takes a
file of any format for either; here a mask has to be a GeoTIFF, lest it lead to others.
"""

from __future__ import annotations

from pathlib import Path

from raster_core.errors import SourceError

MASK, DESCRIPTION = ".msk", ".aux.xml"

# What GDAL opens with a mask beside a file.
_OPENED = (MASK, f"{MASK}.ovr", ".ovr")

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def has_mask_file(path: str) -> bool:
    """Whether a mask file stands beside a local file.

    Raises:
        SourceError: If it, or an overview beside it, is not a GeoTIFF.
    """
    if not Path(path + MASK).is_file():
        return False
    for ending in _OPENED:
        file = Path(path + ending)
        if file.is_file() and not _is_tiff(file):
            raise SourceError(f"The file beside the raster ({ending}) is not a GeoTIFF")
    return True


def check_mask_place(href: str) -> None:
    """Refuse a file in a store whose mask stands beside it, where it is not read.

    Raises:
        SourceError: If the href is not that of a local file.
    """
    if "://" in href:
        raise SourceError(
            f"The raster's mask is a file beside it ({MASK}), which is not read from a "
            "store; gdal_translate -of COG writes it into the raster"
        )


def siblings(path: Path) -> tuple[str, ...]:
    """Endings of the files beside a raster that say something of it."""
    return tuple(
        ending for ending in (MASK, DESCRIPTION) if Path(f"{path}{ending}").is_file()
    )


def _is_tiff(file: Path) -> bool:
    with file.open("rb") as content:
        return content.read(4) in _TIFF
