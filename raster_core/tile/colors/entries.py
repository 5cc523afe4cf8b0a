"""Parse the entries of a colormap: values, intervals and colours."""

from __future__ import annotations

import json
import math
import re
import sys
from typing import TYPE_CHECKING

from raster_core.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from raster_core.documents import Json

MAX_ENTRIES = 4096
"""Entries of a colormap in a request: classes of 12 bits, which are 100 kB of JSON."""


def stac_class(entry: Json) -> tuple[object, object]:
    """The value and colour of an entry of ``classification:classes``."""
    return entry.get("value"), f"#{entry.get('color_hint')}"


def parse_classes(
    entries: Iterable[tuple[object, object]],
) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Values, ascending, and their colours; the last of equal values counts.

    Raises:
        RequestError: If an entry is not a number with a colour.
    """
    colors = {_class_value(value): _color(color) for value, color in entries}
    values = sorted(colors)
    return tuple(values), tuple(colors[value] for value in values)


def _class_value(value: object) -> float:
    """Parse a stored value; whole numbers stay exact beyond 2**53."""
    text = str(value)
    if re.fullmatch("-?[0-9]{1,20}", text):
        return int(text)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or isinstance(value, bool):
        raise RequestError(f"colormap value '{text[:40]}' is not a finite number")
    return int(number) if number.is_integer() else number


def parse_intervals(
    entries: Iterable[object],
) -> tuple[tuple[tuple[float, float], ...], tuple[str, ...]]:
    """The low and high ends of intervals, and their colours, in the given order.

    Raises:
        RequestError: If an entry is not ``[[min, max], colour]``.
    """
    pairs = [_interval(entry) for entry in entries]
    bounds, colors = zip(*pairs, strict=True)
    return bounds, colors


def _interval(entry: object) -> tuple[tuple[float, float], str]:
    match entry:
        case [[low, high], color]:
            bounds = _end(low, -math.inf), _end(high, math.inf)
            if bounds[0] < bounds[1]:
                return bounds, _color(color)
    raise RequestError(
        f"colormap interval {_quote(entry)} is not [[min, max], colour] with min < max"
    )


def _end(value: object, unbounded: float) -> float:
    """Parse an end of an interval; NaN, which is below no number, if it is not one."""
    if value is None:
        return unbounded
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    return float(value) if abs(value) <= sys.float_info.max else math.nan


def _color(value: object) -> str:
    """Write a colour as ``#rrggbb`` or, if it is not opaque, ``#rrggbbaa``."""
    digits = ""
    if isinstance(value, str) and re.fullmatch("#[0-9a-fA-F]{3,8}", value):
        short = len(value) < 6
        digits = "".join(c * 2 for c in value[1:]) if short else value[1:].lower()
    elif isinstance(value, list) and all(_is_byte(part) for part in value):
        digits = bytes(value).hex()
    if len(digits) not in (6, 8):
        raise RequestError(
            f"colormap colour {_quote(value)} is not #rrggbb, #rrggbbaa "
            "or three or four numbers from 0 to 255"
        )
    return f"#{digits[:6]}" if digits[6:] == "ff" else f"#{digits}"


def _is_byte(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 255


def _quote(value: object) -> str:
    return json.dumps(value)[:60]
