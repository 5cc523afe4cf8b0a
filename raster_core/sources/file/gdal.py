"""The door to GDAL: its options, its names for files, and how it is imported."""

from __future__ import annotations

import re
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from raster_core.errors import SourceError, StoreError
from raster_core.sources.blocks.cache import BLOCKS, BUDGET
from raster_core.sources.companion.siblings import MASK, has_mask_file

# rasterio imports boto3 wherever it finds it, as on Lambda, and that takes 0.1 to 0.3 s
# of a cold start for nothing: GDAL signs its own requests. An entry of None makes the
# import fail, which rasterio takes for "not installed".
_found = sys.modules.get("boto3")
sys.modules["boto3"] = None  # type: ignore[assignment]
try:
    import rasterio
    import rasterio.cache
    from rasterio._err import CPLE_BaseError
    from rasterio.enums import ColorInterp, MaskFlags
    from rasterio.errors import NotGeoreferencedWarning, RasterioError
    from rasterio.io import MemoryFile
    from rasterio.session import DummySession
    from rasterio.windows import Window as RasterioWindow
finally:
    del sys.modules["boto3"]
    if _found is not None:
        sys.modules["boto3"] = _found

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray
    from rasterio.crs import CRS
    from rasterio.io import DatasetReader

    from raster_core.grid import Window

GdalFailure = (RasterioError, OSError, CPLE_BaseError, UnicodeDecodeError)
"""What a read may raise, for an ``except`` clause: of damaged keys, rasterio 1.5.2
raises GDAL's own errors, which it does not export, and that a text is not UTF-8."""

_NO_CODEC = re.compile(r"missing codec ([\w-]+)")

GDAL_OPTIONS: dict[str, object] = {
    # Nothing but the file itself: 3 requests for open, window and overview, where
    # listing the folder makes 17.
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    # Plain HTTP only: S3 tells the size with the first range. Without HEAD, GDAL
    # requests the whole file and disconnects, which costs the connection and megabytes.
    "CPL_VSIL_CURL_USE_HEAD": "YES",
    # Header, IFDs and block index of a COG of some gigapixels in the first request.
    "GDAL_INGESTED_BYTES_AT_OPEN": 32768,
    "CPL_VSIL_CURL_CHUNK_SIZE": 65536,
    # Neighbouring blocks in one request, the rest in parallel.
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
    "GDAL_HTTP_MULTIPLEX": "YES",
    # A throttled store says 503; two further tries stay within a function's time.
    "GDAL_HTTP_MAX_RETRY": 2,
    "GDAL_HTTP_RETRY_DELAY": 0.1,
    "GDAL_HTTP_CONNECTTIMEOUT": 2,
    "GDAL_HTTP_TIMEOUT": 10,
    # In an environment variable the number means megabytes.
    "GDAL_CACHEMAX": BUDGET,
    # A catalogue lists GeoTIFFs; its Items say what files beside them say.
    "GDAL_PAM_ENABLED": "NO",
}


# For a local file with a mask file beside it: names are tried one by one, no folder is
# listed.
_BESIDE = {**GDAL_OPTIONS, "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE"}

# Percent at which GDAL has found the same names, not only the same numbers.
_SURE = 90

# Codes that stand for all CRSs of the same numbers: no datum shift depends on the name.
_UNSHIFTED = (4326, 3857)


def keep_blocks(size: int) -> None:
    """Keep ``size`` bytes of decoded blocks, GDAL's too; call it before any read."""
    GDAL_OPTIONS["GDAL_CACHEMAX"] = size
    BLOCKS.grow(size)


def gdal_environment(etag: str | None = None) -> rasterio.Env:
    """A context in which GDAL has our options (20 microseconds to enter).

    Args:
        etag: What files opened here must have; GDAL keeps the headers of an open file.
    """
    if etag is None:
        return rasterio.Env(session=DummySession(), **GDAL_OPTIONS)
    # In quotes and escaped, or GDAL takes the tag's own quotes away.
    tag = etag.replace("\\", "\\\\").replace('"', '\\"')
    condition = {"GDAL_HTTP_HEADERS": f'"If-Match: {tag}"'}
    return rasterio.Env(session=DummySession(), **GDAL_OPTIONS, **condition)


def gdal_path(href: str) -> str:
    """The name under which GDAL's virtual file systems find ``href``.

    Spelled out, because rasterio would look for credentials where GDAL finds them by
    itself.
    """
    if href.startswith("s3://"):
        return f"/vsis3/{href.removeprefix('s3://')}"
    if href.startswith(("https://", "http://")):
        return f"/vsicurl/{href}"
    return href


def open_level(path: str, level: int, etag: str | None = None) -> DatasetReader:
    """A GeoTIFF, or one of its overviews, as a dataset of its own.

    Opened by number, an overview's pixels are read as they are stored; asked for by
    size, GDAL would resample them wherever its size is not an exact fraction.

    Args:
        path: As ``gdal_path`` returns it.
        level: 0 is the native one.
        etag: Entity tag in its quotes that a remote file must have, now and in every
            later read: a store that honours If-Match, as S3 does, then refuses to mix
            blocks of a new file with the header of an old one.
    """
    options = {"overview_level": level - 1} if level else {}
    if not path.startswith("/vsi") and has_mask_file(path):
        with rasterio.Env(session=DummySession(), **_BESIDE):
            return _open(path, options)
    with gdal_environment(etag):
        return _open(path, options)


@contextmanager
def in_memory(content: bytes) -> Iterator[str]:
    """The path of a file of some bytes, while the block lasts."""
    with MemoryFile(content, ext="tif") as memory:
        yield memory.name


def open_described(path: str) -> DatasetReader:
    """A GeoTIFF of this machine with all that stands beside it, as GDAL reads it.

    The ``.aux.xml`` may have another nodata value, scale, offset, name or place.
    """
    options = {**_BESIDE, "GDAL_PAM_ENABLED": "YES"}
    with rasterio.Env(session=DummySession(), **options):
        return _open(path, {})


def _open(path: str, options: Mapping[str, object]) -> DatasetReader:
    """A file, with the options of GDAL that the caller has set.

    The driver is named so that a VRT or an image of another kind, whatever its file
    name, cannot lead to other files.
    """
    with warnings.catch_warnings():
        # Callers look for the georeference themselves, with a clearer message.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return rasterio.open(path, driver="GTiff", **options)


def open_any(path: str) -> DatasetReader:
    """A raster of this machine in whatever format, which may lead to other files."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return rasterio.open(path)


def missing_codec(error: BaseException) -> str | None:
    """The compression that this GDAL cannot decode; None if that is not the reason.

    GDAL has no error number for it, only a message.
    """
    found = _NO_CODEC.search(str(error))
    return found[1] if found else None


def explain_failure(error: BaseException, href: str) -> SourceError:
    """What a failure to open a file is raised as."""
    if codec := missing_codec(error):
        return SourceError(
            f"The raster is compressed with {codec}, which this service cannot "
            "decode; rewrite it with another compression"
        )
    return StoreError("The raster cannot be opened as a GeoTIFF", href)


def open_overviews(
    native: DatasetReader, path: str, etag: str | None = None
) -> list[DatasetReader]:
    """Every overview of an open file, from fine to coarse."""
    count = len(native.overviews(1))
    if count and has_mask_band(native):
        count = _count_masked(path, count, etag)
    return [open_level(path, level, etag) for level in range(1, count + 1)]


def _count_masked(path: str, count: int, etag: str | None) -> int:
    """How many of a file's overviews have its mask; without it they show too much.

    GDAL says that all have it, and hides nothing in those that do not: whoever adds a
    mask to a file with overviews, or overviews to one by other means, makes such files.
    """
    if not path.startswith("/vsi") and has_mask_file(path):
        with open_level(path + MASK, 0) as mask:
            return min(count, len(mask.overviews(1)))
    # Each level has a directory of its own in the file, and so has each level's mask.
    try:
        open_level(f"GTIFF_DIR:{2 * (1 + count)}:{path}", 0, etag).close()
    except GdalFailure:
        return 0
    return count


def has_mask_band(dataset: DatasetReader) -> bool:
    """Whether the file's own mask, not an alpha band, says which pixels have data."""
    flags = dataset.mask_flag_enums[0]
    return MaskFlags.per_dataset in flags and MaskFlags.alpha not in flags


def has_nodata(dataset: DatasetReader) -> bool:
    """Whether a nodata value says which pixels have data."""
    return MaskFlags.nodata in dataset.mask_flag_enums[0]


def trace_regions(
    values: NDArray[np.int32], mask: NDArray[np.bool_]
) -> list[tuple[int, list[list[tuple[float, float]]]]]:
    """Outlines of the regions of equal values; pixels that share a side are joined.

    Args:
        values: int32 (row, col).
        mask: bool, likewise; what is False belongs to no region.

    Returns:
        For each region, its value and its rings, the shell first: closed, their points
        corners of pixels (col, row) where the outline turns. No regions if the mask is
        all False.
    """
    # 20 ms that a tile need not pay.
    from rasterio.features import shapes  # noqa: PLC0415

    with gdal_environment():
        regions = list(shapes(values, mask=mask, connectivity=4))
    return [(int(value), region["coordinates"]) for region, value in regions]


def alpha_band(dataset: DatasetReader) -> int | None:
    """The band that says how opaque pixels are, if the file has one."""
    kinds = dataset.colorinterp
    return kinds.index(ColorInterp.alpha) + 1 if ColorInterp.alpha in kinds else None


def rasterio_window(window: Window) -> RasterioWindow:
    """The same window in rasterio's type."""
    return RasterioWindow(window.col, window.row, window.width, window.height)


def invalidate(path: str) -> None:
    """Drop what GDAL has cached of a remote file, its absence included."""
    if path.startswith("/vsi"):
        rasterio.cache.invalidate(path)


def crs_name(crs: CRS) -> str:
    """``EPSG:n`` or ``ESRI:n`` where that is the whole definition, else WKT.

    A CRS with its own way to WGS 84 (TOWGS84) is WKT whatever the rest of it matches,
    and so is one whose datum has no name, which GDAL would match with a likely one.
    """
    text = _write_wkt(crs)
    if text.startswith("BOUNDCRS"):
        return text
    code = crs.to_epsg(confidence_threshold=_SURE)
    likely = code or crs.to_epsg()
    if code or likely in _UNSHIFTED:
        return f"EPSG:{likely}"
    authority, number = crs.to_authority(confidence_threshold=_SURE) or ("", "")
    return f"ESRI:{number}" if authority == "ESRI" else text


def _write_wkt(crs: CRS) -> str:
    """WKT 2 as STAC requires it; WKT 1 for what version 2 cannot express."""
    try:
        return str(crs.to_wkt(version="WKT2_2019"))
    except RasterioError:
        return str(crs.to_wkt())
