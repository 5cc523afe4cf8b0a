"""The STAC Item of a GeoTIFF: all that the catalogue needs to know of it.

STAC 1.1 with its core ``bands``, projection v2, classification v2, raster v2, render
v2 and version v1; ``rasterlet:block_shape`` and ``rasterlet:overviews`` beside them,
which spare the service a header request for a TileJSON.
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from raster_core.grid import Bounds, RasterClass, Window
from raster_core.source.cog import Cog, open_cog
from raster_core.source.crs import geographic_bounds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from raster_core.grid import BandInfo

type Json = dict[str, object]

EXTENSIONS = (
    "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
    "https://stac-extensions.github.io/raster/v2.0.0/schema.json",
    "https://stac-extensions.github.io/classification/v2.0.0/schema.json",
    "https://stac-extensions.github.io/render/v2.0.0/schema.json",
    "https://stac-extensions.github.io/version/v1.2.0/schema.json",
)

# Pixels a side that the stored statistics come from: a million give three digits.
SAMPLE_SIDE = 1024

_COG = "image/tiff; application=geotiff; profile=cloud-optimized"


@dataclass(frozen=True, slots=True)
class ItemOptions:
    """What a file does not say of itself."""

    id: str
    href: str
    """Where the catalogue's reader finds the file."""
    title: str | None = None
    description: str | None = None
    provider: str | None = None
    """Shown as attribution."""
    datetime: datetime | None = None
    """What time the pixels show; None means when the file was written."""
    colormap_name: str | None = None
    classes: tuple[RasterClass, ...] = ()
    """Of band 1; without them, the file's colour table and ``class_n`` tags."""


def describe_raster(path: Path, options: ItemOptions) -> Json:
    """The STAC Item of a local GeoTIFF.

    Raises:
        SourceError: It is no georeferenced GeoTIFF.
    """
    version = file_version(path)
    cog = open_cog(str(path), version)
    grid = cog.levels[0]
    bounds = geographic_bounds(grid)
    bands = [_describe_band(cog, band, options) for band in cog.bands]
    kind, code = ("code", grid.crs) if ":" in grid.crs[:12] else ("wkt2", grid.crs)
    asset: Json = {
        "href": options.href,
        "type": _COG,
        "roles": ["data"],
        "bands": bands,
        f"proj:{kind}": code,
        "proj:shape": list(grid.shape),
        "proj:transform": list(grid.transform)[:6],
        "proj:bbox": list(grid.bounds),
        "rasterlet:block_shape": list(cog.block_shape),
        "rasterlet:overviews": [
            round(grid.width / level.width) for level in cog.levels[1:]
        ],
    }
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": list(EXTENSIONS),
        "id": options.id,
        "geometry": bounds_geometry(bounds),
        "bbox": list(bounds),
        "properties": _properties(path, version, bands, options),
        "links": [],
        "assets": {"data": asset},
    }


def file_version(path: Path) -> str:
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
    """Counter-clockwise, as RFC 7946 wants shells."""
    return [
        [box.left, box.bottom],
        [box.right, box.bottom],
        [box.right, box.top],
        [box.left, box.top],
        [box.left, box.bottom],
    ]


def _properties(
    path: Path, version: str, bands: Sequence[Json], options: ItemOptions
) -> Json:
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    shown = (options.datetime or written).astimezone(UTC)
    properties: Json = {
        "datetime": shown.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "title": options.title or options.id,
        "version": version,
        "renders": {"default": _render(bands[0], options)},
    }
    if options.description:
        properties["description"] = options.description
    if options.provider:
        properties["providers"] = [{"name": options.provider}]
    return properties


def _render(band: Json, options: ItemOptions) -> Json:
    """Band 1: class colours where it has them, else a ramp over its range."""
    render: Json = {"assets": ["data"], "bidx": [1], "resampling": "nearest"}
    statistics = band.get("statistics")
    if isinstance(statistics, dict) and "classification:classes" not in band:
        render["rescale"] = [[statistics["minimum"], statistics["maximum"]]]
        render["colormap_name"] = options.colormap_name or "viridis"
    return render


def _describe_band(cog: Cog, band: BandInfo, options: ItemOptions) -> Json:
    values = _sample(cog, band)
    described: Json = {"name": band.name, "data_type": band.dtype}
    if band.nodata is not None:
        number = math.isfinite(band.nodata)
        described["nodata"] = band.nodata if number else str(band.nodata)
    if band.unit:
        described["unit"] = band.unit
    if (band.scale, band.offset) != (1.0, 0.0):
        described["raster:scale"] = band.scale
        described["raster:offset"] = band.offset
    classes = options.classes if band.index == 1 else ()
    classes = classes or _stored_classes(cog, band, values)
    if classes:
        described["classification:classes"] = [_describe_class(c) for c in classes]
    elif values.size:
        physical = values.astype(np.float64) * band.scale + band.offset
        described["statistics"] = _statistics(physical)
    return described


def _sample(cog: Cog, band: BandInfo) -> NDArray[np.generic]:
    """Valid stored values: an overview, or the middle of what is larger."""
    side = SAMPLE_SIDE
    small = [n for n, g in enumerate(cog.levels) if g.window.pixels <= side * side]
    level = small[0] if small else len(cog.levels) - 1
    grid = cog.levels[level]
    middle = Window((grid.width - side) // 2, (grid.height - side) // 2, side, side)
    window = grid.window if small else middle.intersection(grid.window)
    array = cog.read(level, window, [band])
    values = array.data[array.mask]
    return values[np.isfinite(values)]


def _statistics(values: NDArray[np.float64]) -> Json:
    return {
        "minimum": float(values.min()),
        "maximum": float(values.max()),
        "mean": float(np.mean(values, dtype=np.float64)),
        "stddev": float(np.std(values, dtype=np.float64)),
    }


def _stored_classes(
    cog: Cog, band: BandInfo, values: NDArray[np.generic]
) -> tuple[RasterClass, ...]:
    """Classes of a paletted band: the named ones, else those met or coloured."""
    table = cog.color_table(band.index)
    if not table:
        return ()
    names = cog.class_names(band.index)
    met = set(np.unique(values).tolist())
    used = names or {
        value: str(value)
        for value, color in table.items()
        if value != band.nodata and (value in met or color != "#000000")
    }
    return tuple(
        RasterClass(value, name, table.get(value)) for value, name in used.items()
    )


def _describe_class(entry: RasterClass) -> Json:
    described: Json = {
        "value": entry.value,
        "name": re.sub(r"[^0-9A-Za-z]+", "-", entry.name).strip("-").lower(),
        "title": entry.name,
    }
    if entry.color:
        described["color_hint"] = entry.color.removeprefix("#").upper()
    return described
