"""How a GeoTIFF is stored, also one that cannot be served."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from raster_core.errors import StoreError
from raster_core.ingest.diagnosis.directories import late_directories, read_directories
from raster_core.sources.file.gdal import (
    GdalFailure,
    alpha_band,
    gdal_path,
    has_mask_band,
    has_nodata,
    open_described,
    open_level,
)

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

    from raster_core.ingest.diagnosis.directories import Directory

# Files beside a raster that belong to it.
_BESIDE = (".ovr", ".msk", ".aux.xml")


@dataclass(frozen=True, slots=True)
class Structure:
    """What the header of a file says, and what stands beside it."""

    href: str
    name: str
    """As commands call the file: what the user wrote, or the href."""
    size: int | None
    """Bytes of the file; None for a remote one."""
    width: int
    height: int
    dtypes: tuple[str, ...]
    """One of numpy's names for each band."""
    block_shape: tuple[int, int]
    """(height, width)."""
    compression: str
    """As GDAL writes it: ``DEFLATE``; empty if blocks are not compressed."""
    interleaved: bool
    """Whether each block holds all bands."""
    overviews: tuple[tuple[int, int], ...]
    """(height, width) of each inside the file, from fine to coarse."""
    unmasked: int
    """Overviews without the file's mask, which are not read."""
    beside: tuple[str, ...]
    """Endings of files beside it: ``.ovr``, ``.msk``, ``.aux.xml``."""
    mask: str
    """What says which pixels have data: ``mask``, ``alpha``, ``nodata``, or nothing."""
    has_palette: bool
    lacks: str
    """``crs``, ``transform``, ``both``; ``gcps`` or ``rpcs`` in place of both; or
    empty."""
    late_directories: int
    """How many stand behind pixels; 0 also if that is not known."""

    @property
    def coarsest(self) -> tuple[int, int]:
        """(height, width) of the coarsest level that is read."""
        usable = self.overviews[: len(self.overviews) - self.unmasked]
        return usable[-1] if usable else (self.height, self.width)


def read_structure(href: str, name: str = "") -> Structure:
    """How a file is stored.

    Args:
        href: A path, ``s3://`` or ``https://``.
        name: What commands call it, if that is not the href.

    Raises:
        StoreError: If it cannot be opened as a GeoTIFF.
    """
    path = None if "://" in href else Path(href)
    try:
        with (
            open_described(href) if path else open_level(gdal_path(href), 0) as dataset
        ):
            return _describe(dataset, href, name or href)
    except GdalFailure as error:
        raise StoreError("The raster cannot be opened as a GeoTIFF", href) from error


def _describe(dataset: DatasetReader, href: str, name: str) -> Structure:
    path = None if "://" in href else Path(href)
    # Before overviews: what libtiff reports of a damaged one, the next call raises.
    palette, mask = dataset.colorinterp[0].name == "palette", _mask_kind(dataset)
    directories = _directories(path)
    overviews = _overview_shapes(dataset, href, directories)
    tags = dataset.tags(ns="IMAGE_STRUCTURE")
    return Structure(
        href=href,
        name=name,
        size=path.stat().st_size if path else None,
        width=dataset.width,
        height=dataset.height,
        dtypes=tuple(dataset.dtypes),
        block_shape=dataset.block_shapes[0],
        compression=tags.get("COMPRESSION", ""),
        interleaved=tags.get("INTERLEAVE") == "PIXEL" and dataset.count > 1,
        overviews=overviews,
        unmasked=_count_unmasked(len(overviews), directories),
        beside=tuple(end for end in _BESIDE if path and Path(f"{path}{end}").is_file()),
        mask=mask,
        has_palette=palette,
        lacks=_missing_georeference(dataset),
        late_directories=late_directories(directories),
    )


def _directories(path: Path | None) -> tuple[Directory, ...]:
    if path is None:
        return ()
    with path.open("rb") as file:
        return read_directories(file)


def _overview_shapes(
    dataset: DatasetReader, href: str, directories: tuple[Directory, ...]
) -> tuple[tuple[int, int], ...]:
    """Sizes of the overviews inside the file, whatever stands beside it."""
    count = len(dataset.overviews(1))
    if directories:
        inside = sum(found.is_overview and not found.is_mask for found in directories)
        count = min(count, inside)
    shapes = []
    for level in range(1, count + 1):
        with open_level(gdal_path(href), level) as overview:
            shapes.append(overview.shape)
    return tuple(shapes)


def _count_unmasked(overviews: int, directories: tuple[Directory, ...]) -> int:
    """Overviews without a mask in a file that has one inside."""
    if not any(found.is_mask for found in directories):
        return 0
    masks = sum(found.is_mask and found.is_overview for found in directories)
    return overviews if masks < overviews else 0


def _mask_kind(dataset: DatasetReader) -> str:
    if alpha_band(dataset) is not None:
        return "alpha"
    if has_mask_band(dataset):
        return "mask"
    return "nodata" if has_nodata(dataset) else ""


def _missing_georeference(dataset: DatasetReader) -> str:
    lacks_crs, lacks_transform = dataset.crs is None, dataset.transform.is_identity
    if not (lacks_crs or lacks_transform):
        return ""
    if dataset.gcps[0]:
        return "gcps"
    if dataset.rpcs:
        return "rpcs"
    if lacks_crs and lacks_transform:
        return "both"
    return "crs" if lacks_crs else "transform"
