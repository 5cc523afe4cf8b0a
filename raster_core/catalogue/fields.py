"""Members of a STAC Item, by type: JSON in, our nouns out.

A member of the wrong type is an ``ItemError`` that names it. Nulls are dropped before
anything is read (``drop_nulls``): a null means the same as a missing member.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from affine import Affine

from raster_core.errors import SourceError
from raster_core.grid import Bounds, raster_grid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raster_core.documents import Json
    from raster_core.grid import Grid

MAX_SIDE = 2**31 - 1
"""Pixels per side of a raster, GDAL's own limit."""

# Degrees east: a box may be written on any turn of longitudes.
_MAX_LONGITUDE = 540.0


class ItemError(SourceError):
    """What makes one Item unusable; shown to callers, so it quotes no href."""


@contextmanager
def within(where: str) -> Iterator[None]:
    """Put ``where`` before what an ``ItemError`` inside says."""
    try:
        yield
    except ItemError as error:
        raise ItemError(f"{where}: {error}") from error


def drop_nulls(value: object) -> object:
    """JSON without members that are null, however deep; arrays keep their nulls."""
    if isinstance(value, Mapping):
        return {k: drop_nulls(part) for k, part in value.items() if part is not None}
    return list(map(drop_nulls, value)) if isinstance(value, list) else value


def as_object(value: object, name: str) -> Json:
    """A JSON object."""
    if not isinstance(value, Mapping):
        raise ItemError(f"{name} is not a JSON object")
    return value


def as_array(value: object, name: str) -> Sequence[object]:
    """A JSON array, whatever is in it."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ItemError(f"{name} is not a JSON array")
    return value


def as_number(value: object, name: str) -> float:
    """A number, also written as text; it may be NaN or infinite."""
    if not isinstance(value, bool) and isinstance(value, int | float | str):
        try:
            return float(value)
        except (ValueError, OverflowError):
            pass
    raise ItemError(f"{name} is not a number")


def as_finite(value: object, name: str) -> float:
    """A finite number."""
    number = as_number(value, name)
    if not math.isfinite(number):
        raise ItemError(f"{name} is not a finite number")
    return number


def as_whole(value: object, name: str) -> int:
    """A whole number, also written as ``3.0``."""
    number = as_finite(value, name)
    if number != int(number):
        raise ItemError(f"{name} is not a whole number")
    return value if isinstance(value, int) else int(number)


def read_object(fields: Json, name: str) -> Json:
    """A member that is an object; empty if it is missing."""
    return as_object(fields.get(name, {}), name)


def read_objects(fields: Json, name: str) -> list[Json]:
    """A member that is an array of objects; empty if it is missing."""
    return [
        as_object(part, f"{name}[{position}]")
        for position, part in enumerate(as_array(fields.get(name, ()), name))
    ]


def read_number(fields: Json, name: str) -> float | None:
    """A member that is a finite number; None if it is missing."""
    return as_finite(fields[name], name) if name in fields else None


def read_numbers(fields: Json, name: str) -> list[float]:
    """A member that has to be there, of finite numbers."""
    values = as_array(read_required(fields, name), name)
    return [
        as_finite(part, f"{name}[{position}]") for position, part in enumerate(values)
    ]


def read_text(fields: Json, name: str) -> str | None:
    """A member that is text, or a number as text; None if it is missing or empty."""
    value = fields.get(name, "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ItemError(f"{name} is not a string")
    return str(value) or None


def read_required(fields: Json, name: str) -> object:
    """A member that has to be there."""
    if name not in fields:
        raise ItemError(f"{name} is missing")
    return fields[name]


def read_nodata(fields: Json) -> float | None:
    """The member ``nodata``: a number, or ``nan``, ``inf`` or ``-inf`` as text.

    Whole numbers stay ``int``: a double does not hold all of 64 bits.
    """
    value = fields.get("nodata")
    if value is None:
        return None
    number = as_number(value, "nodata")
    whole = value.strip() if isinstance(value, str) else value
    try:
        exact = int(whole) if isinstance(whole, int | str) else number
    except ValueError:
        return number
    return exact if abs(exact) < 2**64 else number


def read_bounds(item: Json) -> Bounds:
    """The Item's box in degrees, without heights, the third number of each corner."""
    corners = read_numbers(item, "bbox")
    if len(corners) not in (4, 6):
        raise ItemError(f"bbox has {len(corners)} numbers, not 4 or 6")
    second = len(corners) // 2
    left, bottom, right, top = *corners[:2], *corners[second : second + 2]
    if max(abs(left), abs(right)) > _MAX_LONGITUDE:
        raise ItemError(f"bbox has a longitude beyond {_MAX_LONGITUDE:g} degrees")
    if bottom > top:
        raise ItemError("bbox has its south above its north")
    return Bounds(left, bottom, right, top)


def read_attribution(properties: Json) -> str:
    """The names of the providers."""
    found = [read_text(one, "name") for one in read_objects(properties, "providers")]
    return ", ".join(filter(None, found))


def read_grid(fields: Json) -> Grid:
    """The grid of an asset, by the projection extension in version 1 or 2."""
    shape = as_array(read_required(fields, "proj:shape"), "proj:shape")
    if len(shape) != 2:
        raise ItemError(f"proj:shape has {len(shape)} numbers, not 2")
    height, width = (
        as_whole(side, f"proj:shape[{position}]") for position, side in enumerate(shape)
    )
    if height < 1 or width < 1:
        raise ItemError(f"proj:shape {height}x{width} has no pixels")
    if max(height, width) > MAX_SIDE:
        raise ItemError(f"proj:shape has a side of over {MAX_SIDE} pixels")
    crs, transform = _read_crs(fields), _read_transform(fields)
    try:
        return raster_grid(crs, transform, width=width, height=height)
    except SourceError as error:
        raise ItemError(f"proj:transform: {error}") from error


def _read_transform(fields: Json) -> Affine:
    numbers = read_numbers(fields, "proj:transform")
    if len(numbers) not in (6, 9):
        raise ItemError(f"proj:transform has {len(numbers)} numbers, not 6 or 9")
    return Affine(*numbers[:6])


def _read_crs(fields: Json) -> str:
    """The CRS of an asset: its code, or without one its WKT or PROJJSON."""
    crs = fields.get("proj:code") or fields.get("proj:epsg") or fields.get("proj:wkt2")
    if not crs and fields.get("proj:projjson"):
        return json.dumps(read_object(fields, "proj:projjson"))
    if not crs:
        raise ItemError(
            "proj:code is missing, and so are proj:epsg, proj:wkt2 and proj:projjson"
        )
    if isinstance(crs, bool) or not isinstance(crs, int | str):
        raise ItemError("proj:code is not a string")
    return f"EPSG:{crs}" if isinstance(crs, int) else crs
