"""The STAC Item of a GeoTIFF: all that the catalogue needs to know of it.

STAC 1.1 with its core ``bands``, projection v2, classification v2, raster v2, render
v2 and version v1; ``rasterlet:block_shape`` and ``rasterlet:overviews`` beside them,
which spare the service a header request for a TileJSON.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from raster_core.ingest.bands import describe_bands, masking_alpha
from raster_core.ingest.opening import describe_opening
from raster_core.ingest.render import describe_render
from raster_core.ingest.sidecars import describe_alone, read_description
from raster_core.raster import digest_versions
from raster_core.sources.companion.siblings import MASK, check_mask_place, siblings
from raster_core.sources.crs.ellipsoid import finest_grid
from raster_core.sources.extent.extent import geographic_bounds
from raster_core.sources.file.cog import Cog, open_cog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from raster_core.bands import RasterClass
    from raster_core.documents import Json
    from raster_core.grid import Bounds

EXTENSIONS = (
    "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
    "https://stac-extensions.github.io/raster/v2.0.0/schema.json",
    "https://stac-extensions.github.io/classification/v2.0.0/schema.json",
    "https://stac-extensions.github.io/render/v2.0.0/schema.json",
    "https://stac-extensions.github.io/version/v1.2.0/schema.json",
)

# Declared by Items that have common names.
_ELECTRO_OPTICAL = "https://stac-extensions.github.io/eo/v2.0.0/schema.json"

_COG = "image/tiff; application=geotiff; profile=cloud-optimized"


@dataclass(frozen=True, slots=True)
class ItemOptions:
    """What a file does not say of itself."""

    id: str
    href: str = ""
    """Where the catalogue's reader finds the file; of several, each says its own."""
    title: str | None = None
    description: str | None = None
    provider: str | None = None
    """Shown as attribution."""
    datetime: datetime | None = None
    """What time the pixels show; None means when the file was written."""
    colormap_name: str | None = None
    classes: tuple[RasterClass, ...] = ()
    """Classes of band 1; without them, those of its ``.aux.xml``, its colour table or
    its tags ``class_n``."""
    alpha_is_data: bool = False
    """Whether alpha bands hold values, such as near infrared, and hide nothing."""
    statistics: bool = True
    """Whether values are sampled for statistics; without them, drawing samples."""
    opening: bool = False
    """Whether the Item carries the headers of files in stores."""


@dataclass(frozen=True, slots=True)
class AssetFile:
    """One of several files of a dataset."""

    key: str
    """What it shows: ``red``, ``B04``."""
    path: Path | str
    """Where it is read now: a local path, or the URL of a remote file, as text, beside
    which nothing is read."""
    href: str
    """Where the catalogue's reader finds it."""
    version: str | None = None
    """Changes when the content does; None digests the content of a local file."""


def describe_raster(path: Path, options: ItemOptions) -> Json:
    """The STAC Item of a local GeoTIFF.

    Raises:
        SourceError: If it is not a georeferenced GeoTIFF.
    """
    return describe_files([AssetFile("data", path, options.href)], options)


def describe_files(files: Sequence[AssetFile], options: ItemOptions) -> Json:
    """The STAC Item of GeoTIFFs that are one dataset, as of Sentinel-2's bands.

    Its box is that of the finest, on whose grid the others are read.

    Args:
        files: At least one, each with another key.
        options: What they do not say.

    Raises:
        SourceError: If one is not a georeferenced GeoTIFF.
    """
    versions = [
        file_version(Path(file.path)) if file.version is None else file.version
        for file in files
    ]
    cogs = [
        open_cog(str(file.path), version)
        for file, version in zip(files, versions, strict=True)
    ]
    finest = cogs[finest_grid([cog.levels[0] for cog in cogs])]
    bounds = geographic_bounds(finest.levels[0])
    assets = {
        file.key: _describe_asset(cog, file, options, several=len(files) > 1)
        for cog, file in zip(cogs, files, strict=True)
    }
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": _extensions(assets),
        "id": options.id,
        "geometry": bounds_geometry(bounds),
        "bbox": list(bounds),
        "properties": _properties(files, join_versions(versions), assets, options),
        "links": [],
        "assets": assets,
    }


def _describe_asset(
    cog: Cog, file: AssetFile, options: ItemOptions, *, several: bool
) -> Json:
    grid = cog.levels[0]
    kind, code = ("code", grid.crs) if ":" in grid.crs[:12] else ("wkt2", grid.crs)
    known = describe_alone(cog)
    if isinstance(file.path, Path):
        known = read_description(file.path, cog)
    if MASK in known.siblings:
        check_mask_place(file.href)
    if options.classes:
        known = replace(known, classes={**known.classes, 1: options.classes})
    asset: dict[str, object] = {
        "href": file.href,
        "type": _COG,
        "roles": ["data"],
        "bands": describe_bands(
            cog,
            known,
            key=file.key if several else None,
            alpha_is_data=options.alpha_is_data,
            statistics=options.statistics,
        ),
        f"proj:{kind}": code,
        "proj:shape": list(grid.shape),
        "proj:transform": list(grid.transform)[:6],
        "proj:bbox": list(grid.bounds),
        "rasterlet:block_shape": list(cog.header.block_shape),
        "rasterlet:overviews": [
            round(grid.width / level.width) for level in cog.levels[1:]
        ],
    }
    if carried := describe_opening(cog) if options.opening else None:
        asset["rasterlet:opening"] = carried
    if known.siblings:
        asset["rasterlet:sidecars"] = list(known.siblings)
    if masking_alpha(cog):
        asset["rasterlet:alpha"] = "data" if options.alpha_is_data else "mask"
    return asset


def _extensions(assets: Mapping[str, Json]) -> list[str]:
    named = any(
        "eo:common_name" in band
        for asset in assets.values()
        for band in cast("Sequence[Json]", asset["bands"])
    )
    return [*EXTENSIONS, _ELECTRO_OPTICAL] if named else list(EXTENSIONS)


def join_versions(versions: Sequence[str]) -> str:
    """The version of an Item with files of these versions, at least one."""
    if len(versions) == 1:
        return versions[0]
    return digest_versions(versions)


def file_version(path: Path) -> str:
    """16 hexadecimal digits that change with a file, or with what stands beside it."""
    beside = [Path(f"{path}{ending}") for ending in siblings(path)]
    return join_versions([_content_version(file) for file in (path, *beside)])


def _content_version(path: Path) -> str:
    """The first 16 hexadecimal digits of the content's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def bounds_geometry(bounds: Bounds) -> Json:
    """A box in longitude and latitude as GeoJSON, cut at the antimeridian."""
    if bounds.left <= bounds.right:
        return {"type": "Polygon", "coordinates": [_ring(bounds)]}
    east, west = bounds._replace(right=180.0), bounds._replace(left=-180.0)
    return {"type": "MultiPolygon", "coordinates": [[_ring(east)], [_ring(west)]]}


def _ring(box: Bounds) -> list[list[float]]:
    """Counter-clockwise, as RFC 7946 requires of shells."""
    return [
        [box.left, box.bottom],
        [box.right, box.bottom],
        [box.right, box.top],
        [box.left, box.top],
        [box.left, box.bottom],
    ]


def _properties(
    files: Sequence[AssetFile],
    version: str,
    assets: Mapping[str, Json],
    options: ItemOptions,
) -> Json:
    shown = (options.datetime or _last_written(files)).astimezone(UTC)
    properties: dict[str, object] = {
        "datetime": shown.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "title": options.title or options.id,
        "version": version,
        "renders": {"default": describe_render(assets, options.colormap_name)},
    }
    if options.description:
        properties["description"] = options.description
    if options.provider:
        properties["providers"] = [{"name": options.provider}]
    return properties


def _last_written(files: Sequence[AssetFile]) -> datetime:
    """When the newest local file was written; now, if all are remote."""
    paths = [file.path for file in files if isinstance(file.path, Path)]
    if not paths:
        return datetime.now(UTC)
    return datetime.fromtimestamp(max(path.stat().st_mtime for path in paths), UTC)
