"""What an Item says of a file's bands: type, nodata, range, classes, common names."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np

from raster_core.grid import RasterClass, Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.grid import BandInfo
    from raster_core.source.cog import Cog

type Json = dict[str, object]

# Pixels a side that the stored statistics come from: a million give three digits.
SAMPLE_SIDE = 1024

# Source: https://github.com/stac-extensions/eo, v2.0.0, "Common Band Names"
COMMON_NAMES = frozenset(
    {
        "pan",
        "coastal",
        "blue",
        "green",
        "green05",
        "yellow",
        "red",
        "rededge",
        "rededge071",
        "rededge075",
        "rededge078",
        "nir",
        "nir08",
        "nir09",
        "cirrus",
        "swir16",
        "swir22",
        "lwir",
        "lwir11",
        "lwir12",
    }
)


def describe_bands(
    cog: Cog, classes: Sequence[RasterClass], *, key: str | None = None
) -> list[Json]:
    """The bands of a file, without an alpha band at the end: that is a mask.

    Args:
        cog: The file.
        classes: Of band 1; without them, the file's colour table and ``class_n`` tags.
        key: What the file shows, if it is one of several; names what has no name.
    """
    count = len(cog.bands) - (cog.header.alpha == len(cog.bands) > 1)
    return [
        _describe_band(cog, band, classes if band.index == 1 else (), key=key)
        for band in cog.bands[:count]
    ]


def _describe_band(
    cog: Cog, band: BandInfo, classes: Sequence[RasterClass], *, key: str | None
) -> Json:
    values = _sample(cog, band)
    described: Json = {"name": _band_name(cog, band, key), "data_type": band.dtype}
    common = key or cog.color_name(band.index)
    if common in COMMON_NAMES and (key is None or len(cog.bands) == 1):
        described["eo:common_name"] = common
    if band.nodata is not None:
        number = math.isfinite(band.nodata)
        described["nodata"] = band.nodata if number else str(band.nodata)
    if band.unit:
        described["unit"] = band.unit
    if (band.scale, band.offset) != (1.0, 0.0):
        described["raster:scale"] = band.scale
        described["raster:offset"] = band.offset
    classes = classes or _stored_classes(cog, band, values)
    if classes:
        described["classification:classes"] = [_describe_class(c) for c in classes]
    elif values.size:
        physical = values.astype(np.float64) * band.scale + band.offset
        described["statistics"] = _statistics(physical)
    return described


def _band_name(cog: Cog, band: BandInfo, key: str | None) -> str:
    """The name of a band in its dataset, where those of several files meet."""
    if key is None:
        return band.name
    return key if len(cog.bands) == 1 else f"{key}_{band.name}"


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
