"""What an Item says of a file's bands, wherever it stands in the Item.

A band's own members count, then its asset's, then the Item's properties (STAC 1.1,
"bands"). STAC 1.0's ``raster:bands`` and ``eo:bands`` are joined by position.
"""

from __future__ import annotations

import math
import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from raster_core.bands import RasterClass
from raster_core.catalogue.fields import (
    ItemError,
    as_number,
    as_whole,
    read_nodata,
    read_number,
    read_object,
    read_objects,
    read_text,
    within,
)
from raster_core.catalogue.sentinel2 import (
    ADD_OFFSET,
    has_unstated_offset,
    is_offset_applied,
)
from raster_core.stated import (
    OFFSET_RULE,
    SCALE_RULE,
    StatedBand,
    is_offset,
    is_scale,
)

if TYPE_CHECKING:
    from raster_core.documents import Json

_COLOR = re.compile("[0-9A-Fa-f]{6}")

# Later lists overrule earlier ones; ``bands`` is that of STAC 1.1.
_LISTS = ("eo:bands", "raster:bands", "bands")

# Members that an asset, or an Item, may have for all of its bands.
_SHARED = (
    "data_type",
    "nodata",
    "unit",
    "raster:scale",
    "raster:offset",
    "classification:classes",
)

# Members that only an asset may have for its bands: properties of the same name
# describe something else (in the Copernicus Data Space, the scene).
_OF_ASSET = ("statistics", "eo:common_name")

_TYPES = frozenset(
    {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
    | {f"float{bits}" for bits in (16, 32, 64)}
)


def merge_bands(asset: Json, properties: Json, *, alone: bool) -> list[Json]:
    """What is said of each band of an asset, at least of one.

    Args:
        asset: Its members.
        properties: The Item's.
        alone: Whether it is the only raster, so that properties speak of its bands.
    """
    lists = {name: asset[name] for name in _LISTS if name in asset}
    if alone and not lists:
        lists = {name: properties[name] for name in _LISTS if name in properties}
    nothing: Json = {}
    described = [read_objects(lists, name) for name in _LISTS]
    shared = {name: properties[name] for name in _SHARED if name in properties}
    shared |= {n: asset[n] for n in (*_SHARED, *_OF_ASSET) if n in asset}
    rows = list(zip_longest(*described, fillvalue=nothing)) or [(nothing,)]
    return [{**shared, **_join(row)} for row in rows]


def _join(parts: tuple[Json, ...]) -> Json:
    """One band's members, raster v1's ``scale`` under the name that v2 has for it."""
    joined = {name: value for part in parts for name, value in part.items()}
    for name in ("scale", "offset"):
        if name in joined:
            joined.setdefault(f"raster:{name}", joined[name])
    return joined


def common_name(band: Json) -> str | None:
    """What the electro-optical extension calls a band: ``red``, ``nir``."""
    return read_text(band, "eo:common_name") or read_text(band, "common_name")


def state_offset(band: Json, properties: Json, *, alone: bool) -> Json:
    """The band with the offset that its file needs, where Sentinel-2's is implied.

    Args:
        band: As ``merge_bands`` returns it.
        properties: The Item's.
        alone: Whether it is the only band of its file.
    """
    if is_offset_applied(properties):
        return {**band, "raster:offset": 0.0}
    own = read_text(band, "name") if alone else None
    if "raster:offset" in band or not has_unstated_offset(properties, own):
        return band
    scale = read_number(band, "raster:scale")
    offset = ADD_OFFSET * (1.0 if scale is None else scale)
    return {"nodata": 0, **band, "raster:offset": offset}


def read_band(index: int, band: Json, name: str) -> StatedBand:
    """What is said of one band; what is not said is None.

    Args:
        index: Its number in the dataset.
        band: As ``merge_bands`` returns it.
        name: Its name if the Item gives none.
    """
    minimum, maximum = _read_range(band, "statistics", ("minimum", "maximum"))
    low, high = _read_range(band, "rasterlet:percentiles", ("2", "98"))
    return StatedBand(
        index=index,
        name=read_text(band, "name") or name,
        dtype=_read_type(band),
        nodata=read_nodata(band),
        unit=_read_unit(band),
        scale=_read_scale(band),
        offset=_read_offset(band),
        minimum=minimum,
        maximum=maximum,
        percentile_2=low,
        percentile_98=high,
        classes=_read_classes(band),
    )


def _read_scale(band: Json) -> float | None:
    """A scale with which values stay numbers, and different ones."""
    scale = read_number(band, "raster:scale")
    if scale is not None and not is_scale(scale):
        raise ItemError(f"raster:scale {scale:g} is not {SCALE_RULE}")
    return scale


def _read_offset(band: Json) -> float | None:
    """An offset with which values stay numbers."""
    offset = read_number(band, "raster:offset")
    if offset is not None and not is_offset(offset):
        raise ItemError(f"raster:offset {offset:g} is not {OFFSET_RULE}")
    return offset


def _read_unit(band: Json) -> str | None:
    """The unit of the physical values; empty if the Item says that they have none."""
    return read_text(band, "unit") or ("" if "unit" in band else None)


def _read_type(band: Json) -> str | None:
    """A numpy type; what STAC has beside those (``other``, ``cint16``) is unstated."""
    stated = read_text(band, "data_type")
    return stated if stated in _TYPES else None


def _read_range(
    band: Json, member: str, ends: tuple[str, str]
) -> tuple[float, float] | tuple[None, None]:
    """The low and the high end in a member; unknown for a band without data."""
    statistics = read_object(band, member)
    with within(member):
        low, high = (as_number(statistics.get(end, math.nan), end) for end in ends)
    known = math.isfinite(low) and math.isfinite(high) and low <= high
    return (low, high) if known else (None, None)


def _read_classes(band: Json) -> tuple[RasterClass, ...]:
    classes = []
    for position, entry in enumerate(read_objects(band, "classification:classes")):
        with within(f"classification:classes[{position}]"):
            classes.append(_read_class(entry))
    return tuple(sorted(classes, key=lambda found: found.value))


def _read_class(entry: Json) -> RasterClass:
    if "value" not in entry:
        raise ItemError("value is missing")
    value = as_whole(entry["value"], "value")
    # Hyphenated in version 1.0 of the extension, and in ESA WorldCover's Items.
    hint = read_text(entry, "color_hint") or read_text(entry, "color-hint") or ""
    color = hint.removeprefix("#").lower()
    if hint and not _COLOR.fullmatch(color):
        raise ItemError(f"color_hint '{hint[:20]}' is not six hexadecimal digits")
    names = (read_text(entry, name) for name in ("title", "description", "name"))
    return RasterClass(
        value=value,
        name=next(filter(None, names), str(value)),
        color=f"#{color}" if color else None,
    )
