"""What an Item says of a file's bands: type, nodata, range, classes, common names."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from raster_core.bands import UNSCALED, RasterClass
from raster_core.ingest.sample import sample_pixels
from raster_core.stated import check_scaling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.documents import Json
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
    stated: Sequence[BandInfo],
    classes: Mapping[int, Sequence[RasterClass]],
    *,
    key: str | None = None,
    alpha_is_data: bool = False,
) -> list[Json]:
    """The bands of a file, without an alpha band at the end, which is a mask.

    Args:
        cog: The file.
        stated: All its bands, as it and what stands beside it describe them.
        classes: By band; without them, the file's colour table and ``class_n`` tags.
        key: What the file shows, if it is one of several; names what has no name.
        alpha_is_data: Whether the alpha band holds values, as of near infrared.
    """
    hidden = masking_alpha(cog) is not None and not alpha_is_data
    bands = [
        replace(band, alpha_is_mask=not alpha_is_data)
        for band in stated[: len(stated) - hidden]
    ]
    check_scaling(bands)
    sample = sample_pixels(cog, bands)
    colors = cog.color_names()
    return [
        _describe_band(
            cog,
            band,
            _Met(values, sample.pixels, percent),
            classes=classes.get(band.index, ()),
            names=_band_names(cog, band, key, colors[band.index - 1]),
        )
        for band, values, percent in zip(
            bands, sample.values, sample.valid_percent, strict=True
        )
    ]


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
    valid_percent: float


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
    elif met.values.size:
        described |= _describe_values(band, met)
    return described


def _band_names(cog: Cog, band: BandInfo, key: str | None, color: str) -> _BandNames:
    """The names of a band in the dataset, where bands of several files meet."""
    if key is None:
        return _BandNames(band.name, color if color in COMMON_NAMES else None)
    if len(cog.bands) > 1:
        return _BandNames(f"{key}_{band.name}", None)
    return _BandNames(key, key if key in COMMON_NAMES else None)


def _describe_values(band: BandInfo, met: _Met) -> Json:
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
            "valid_percent": round(met.valid_percent, 3),
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
