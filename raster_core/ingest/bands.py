"""What an Item says of a file's bands: type, nodata, range, classes, common names."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.bands import UNSCALED, RasterClass
from raster_core.ingest.sample import sample_coarsely, sample_pixels
from raster_core.stated import check_scaling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.documents import Json
    from raster_core.ingest.sidecars import Description
    from raster_core.sources.file.cog import Cog

# Fractions of the sampled values that a stretch of an image leaves out at both ends.
PERCENTILES = (0.02, 0.98)

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
    cog: Cog,
    known: Description,
    *,
    key: str | None = None,
    alpha_is_data: bool = False,
    statistics: bool = True,
) -> list[Json]:
    """The bands of a file, without an alpha band at the end, which is a mask.

    Args:
        cog: The file.
        known: What it and what stands beside it say; for bands without classes, its
            colour table and ``class_n`` tags count.
        key: What the file shows, if it is one of several; names what has no name.
        alpha_is_data: Whether the alpha band holds values, as of near infrared.
        statistics: Whether values are sampled for statistics.
    """
    hidden = masking_alpha(cog) is not None and not alpha_is_data
    bands = [
        replace(band, alpha_is_mask=not alpha_is_data)
        for band in known.bands[: len(known.bands) - hidden]
    ]
    check_scaling(bands)
    met = _sample_all(cog, bands) if statistics else _sample_classes(cog, bands)
    colors = cog.color_names()
    return [
        _describe_band(
            cog,
            band,
            met[band.index],
            classes=known.classes.get(band.index, ()),
            names=_band_names(cog, band, key, colors[band.index - 1]),
        )
        for band in bands
    ]


def _sample_all(cog: Cog, bands: Sequence[BandInfo]) -> dict[int, _Met]:
    """A sample for statistics, by band number."""
    sample = sample_pixels(cog, bands)
    rows = zip(bands, sample.values, sample.valid_percent, strict=True)
    return {
        band.index: _Met(values, sample.pixels, percent)
        for band, values, percent in rows
    }


def _sample_classes(cog: Cog, bands: Sequence[BandInfo]) -> dict[int, _Met]:
    """The values of bands whose classes are those that occur; of others, none."""
    nothing = _Met(np.empty(0), 0, None)
    met = dict.fromkeys((band.index for band in bands), nothing)
    unnamed = [
        band
        for band in bands
        if cog.color_table(band.index) and not cog.class_names(band.index)
    ]
    if unnamed:
        sample = sample_coarsely(cog, unnamed)
        for band, values in zip(unnamed, sample.values, strict=True):
            met[band.index] = _Met(values, sample.pixels, None)
    return met


def masking_alpha(cog: Cog) -> int | None:
    """The number of an alpha band at the end of the file, if there is one."""
    last = len(cog.bands)
    return last if cog.header.alpha == last > 1 else None


@dataclass(frozen=True, slots=True, eq=False)
class _Met:
    """What a sample has of one band."""

    values: NDArray[np.generic]
    """The valid stored values, in the file's type, (n,), maybe none."""
    pixels: int
    """How many pixels were looked at."""
    valid_percent: float | None
    """None if the values tell which classes occur, but nothing else."""


class _BandNames(NamedTuple):
    own: str
    common: str | None
    """As the electro-optical extension has it; None if it has no name for the band."""


def _describe_band(
    cog: Cog,
    band: BandInfo,
    met: _Met,
    *,
    classes: Sequence[RasterClass],
    names: _BandNames,
) -> Json:
    described: dict[str, object] = {"name": names.own, "data_type": band.dtype}
    if names.common:
        described["eo:common_name"] = names.common
    # Beside a mask band, nodata hides nothing; the Item must not say it does.
    if band.nodata is not None and not cog.header.mask_band:
        number = math.isfinite(band.nodata)
        described["nodata"] = band.nodata if number else str(band.nodata)
    own = cog.bands[band.index - 1]
    # Neutral values too, where a file beside the raster takes the raster's away.
    if band.unit or own.unit:
        described["unit"] = band.unit or ""
    if band.scaling != UNSCALED or own.scaling != UNSCALED:
        described["raster:scale"] = band.scale
        described["raster:offset"] = band.offset
    classes = classes or _stored_classes(cog, band, met.values)
    if classes:
        described["classification:classes"] = [_describe_class(c) for c in classes]
    elif met.values.size and met.valid_percent is not None:
        described |= _describe_values(band, met, met.valid_percent)
    return described


def _band_names(cog: Cog, band: BandInfo, key: str | None, color: str) -> _BandNames:
    """The names of a band in the dataset, where bands of several files meet."""
    if key is None:
        return _BandNames(band.name, color if color in COMMON_NAMES else None)
    if len(cog.bands) > 1:
        return _BandNames(f"{key}_{band.name}", None)
    return _BandNames(key, key if key in COMMON_NAMES else None)


def _describe_values(band: BandInfo, met: _Met, valid_percent: float) -> Json:
    """Statistics of the sample, physical; without those that overflow."""
    values = band.scaling.physical_values(met.values)
    low, high = np.quantile(values, PERCENTILES, method="inverted_cdf")
    with np.errstate(over="ignore", invalid="ignore"):
        statistics: dict[str, float] = {
            "minimum": float(values.min()),
            "maximum": float(values.max()),
            "mean": float(np.mean(values, dtype=np.float64)),
            "stddev": float(np.std(values, dtype=np.float64)),
            "count": met.pixels,
            "valid_percent": round(valid_percent, 3),
        }
    return {
        "statistics": {k: v for k, v in statistics.items() if math.isfinite(v)},
        "rasterlet:percentiles": {"2": float(low), "98": float(high)},
    }


def _stored_classes(
    cog: Cog, band: BandInfo, values: NDArray[np.generic]
) -> tuple[RasterClass, ...]:
    """Classes of a paletted band: the named ones, else those met or coloured.

    Values are stored ones, (n,), maybe none; a band without palette has no classes.
    """
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
    described: dict[str, object] = {
        "value": entry.value,
        "name": re.sub(r"[^0-9A-Za-z]+", "-", entry.name).strip("-").lower(),
        "title": entry.name,
    }
    if entry.color:
        described["color_hint"] = entry.color.removeprefix("#").upper()
    return described
