"""Fields of a STAC Item, one reader each: JSON in, our nouns out.

What has the wrong kind is an ``ItemError``, or one of Python's own errors, which the
catalogue turns into one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import cast

from affine import Affine

from raster_core.errors import SourceError
from raster_core.grid import BandInfo, Bounds, Grid, RasterClass, raster_grid

type Json = Mapping[str, object]

_COLOR = re.compile("[0-9A-Fa-f]{6}")


class ItemError(SourceError):
    """What makes one Item unusable; shown to callers, so it quotes no href."""


def as_object(value: object) -> Json:
    """A JSON object."""
    if not isinstance(value, Mapping):
        raise ItemError("a field is not a JSON object")
    return value


def as_array(value: object) -> Sequence[float]:
    """A JSON array, whatever is in it."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ItemError("a field is not a JSON array")
    return value


def as_number(value: object) -> float | None:
    """A JSON number, also in STAC's spelling of NaN as a string."""
    return None if value is None else float(cast("float", value))


def as_nodata(value: object) -> float | None:
    """A stored value: a number, or a string of one, as STAC spells NaN.

    Whole numbers stay exact, which a double would not be beyond 2⁵³.
    """
    if isinstance(value, str):
        try:
            value = int(value)
        except ValueError:
            return float(value)
    return value if isinstance(value, int) and abs(value) < 2**64 else as_number(value)


def as_text(fields: Json, name: str) -> str | None:
    """A text field; None if it is missing or empty."""
    return str(fields.get(name) or "") or None


def read_bounds(item: Json) -> Bounds:
    """The Item's box; heights, the third number of each corner, are left out."""
    corners = list(map(float, as_array(item["bbox"])))
    if len(corners) not in (4, 6):
        raise ItemError(f"bbox has {len(corners)} numbers, not 4 or 6")
    second = len(corners) // 2
    bounds = Bounds(*corners[:2], *corners[second : second + 2])
    if not all(map(math.isfinite, bounds)):
        raise ItemError("bbox is not finite")
    return bounds


def read_attribution(properties: Json) -> str:
    """The names of the providers."""
    providers = cast("Sequence[Json]", properties.get("providers", ()))
    return ", ".join(str(provider["name"]) for provider in providers)


def read_grid(fields: Json) -> Grid:
    """The grid of an asset, by the projection extension in version 1 or 2."""
    height, width = map(int, as_array(fields["proj:shape"]))
    if height < 1 or width < 1:
        raise ItemError(f"proj:shape {height}x{width} has no pixels")
    transform = Affine(*as_array(fields["proj:transform"])[:6])
    crs = fields.get("proj:code") or fields.get("proj:epsg") or fields["proj:wkt2"]
    name = f"EPSG:{crs}" if isinstance(crs, int) else str(crs)
    try:
        return raster_grid(name, transform, width=width, height=height)
    except SourceError as error:
        raise ItemError(str(error)) from error


def merge_bands(asset: Json) -> list[Json]:
    """What an asset says of each band, STAC 1.0's two lists joined into one."""
    if "bands" in asset or "raster:bands" not in asset:
        return list(map(as_object, as_array(asset["bands"])))
    described, named = (
        list(map(as_object, as_array(asset.get(name, ()))))
        for name in ("raster:bands", "eo:bands")
    )
    merged: list[Json] = []
    nothing: Json = {}
    for raster, spectral in zip_longest(described, named, fillvalue=nothing):
        own = {
            f"raster:{name}": raster[name]
            for name in ("scale", "offset")
            if name in raster
        }
        merged.append({**spectral, **raster, **own})
    return merged


def common_name(band: Json) -> str | None:
    """What the electro-optical extension calls a band: ``red``, ``nir``."""
    return as_text(band, "eo:common_name") or as_text(band, "common_name")


def read_band(index: int, band: Json, name: str) -> BandInfo:
    """One band.

    Args:
        index: Its number in the dataset.
        band: As ``merge_bands`` returns it.
        name: In case that it has none.
    """
    statistics = as_object(band.get("statistics", {}))
    classes = cast("Sequence[Json]", band.get("classification:classes", ()))
    return BandInfo(
        index=index,
        name=as_text(band, "name") or name,
        dtype=str(band["data_type"]),
        nodata=as_nodata(band.get("nodata")),
        unit=cast("str | None", band.get("unit")),
        scale=as_number(band.get("raster:scale", 1.0)) or 1.0,
        offset=as_number(band.get("raster:offset", 0.0)) or 0.0,
        minimum=as_number(statistics.get("minimum")),
        maximum=as_number(statistics.get("maximum")),
        classes=tuple(sorted(map(_class, classes), key=lambda c: c.value)),
    )


def _class(entry: Json) -> RasterClass:
    hint = entry.get("color_hint")
    if hint and not _COLOR.fullmatch(str(hint)):
        raise ItemError(f"color_hint '{str(hint)[:20]}' is not six hexadecimal digits")
    return RasterClass(
        value=int(cast("int", entry["value"])),
        name=str(entry.get("title") or entry.get("description") or entry["name"]),
        color=f"#{hint}".lower() if hint else None,
    )
