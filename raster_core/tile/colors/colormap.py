"""A colormap as a request or the catalogue writes it: classes or intervals, as JSON."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import TYPE_CHECKING

from raster_core.errors import RequestError, SourceError
from raster_core.tile.colors.renderings import ClassColors, Intervals
from raster_core.tile.entries import (
    MAX_ENTRIES,
    parse_classes,
    parse_intervals,
    stac_class,
)

if TYPE_CHECKING:
    from raster_core.tile.colors.renderings import Range

_BYTES = range(256)


@lru_cache(maxsize=16)  # half a megabyte each at most
def parse_colormap(text: str) -> ClassColors | Intervals:
    """A colour map written as JSON.

    ``{"1": "#ff0000", "2": [255, 0, 0, 128]}`` gives stored values their colours, and
    ``[[[0, 10], "#ff0000"], [[10, null], "#00f"]]`` intervals of physical values: the
    lower end is included, ``null`` is an open end. Colours are ``#rgb``, ``#rgba``,
    ``#rrggbb``, ``#rrggbbaa``, or three or four numbers from 0 to 255. A list of STAC
    classes (``value``, ``color_hint``) is read as well.

    Raises:
        RequestError: It is none of these, or has more than ``MAX_ENTRIES`` entries.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"colormap is not JSON: {str(error)[:80]}") from error
    if not isinstance(document, dict | list) or not document:
        raise RequestError(
            "colormap is not an object of colours by value or a list of intervals"
        )
    if len(document) > MAX_ENTRIES:
        raise RequestError(
            f"colormap has {len(document)} entries, which exceeds {MAX_ENTRIES}"
        )
    if isinstance(document, dict):
        return ClassColors(*parse_classes(document.items()))
    if all(isinstance(entry, dict) for entry in document):
        return ClassColors(*parse_classes(map(stac_class, document)))
    return Intervals(*parse_intervals(document))


def own_colormap(text: str) -> ClassColors | Intervals:
    """The colour map that the catalogue has.

    Raises:
        SourceError: It is none.
    """
    try:
        return parse_colormap(text)
    except RequestError as error:
        raise SourceError(f"The dataset's rendering is not usable: {error}") from error


def stretch_colormap(
    colormap: ClassColors | Intervals, rescale: Range | None
) -> ClassColors | Intervals:
    """A colour map of the values 0 to 255 that ``rescale`` turns a band's into.

    As titiler has it, a rescaled value loses its fraction before it is looked up, so
    each whole number stands for an interval, and the first and the last for all beyond.
    """
    if rescale is None or isinstance(colormap, Intervals):
        return colormap
    low, high = rescale
    step = (high - low) / 255
    entries = [
        ((low + value * step, low + (value + 1) * step), value, color)
        for value, color in zip(colormap.values, colormap.colors, strict=True)
        if value in _BYTES
    ]
    bounds = tuple(
        (start if value > 0 else -math.inf, end if value < 255 else math.inf)
        for (start, end), value, _ in entries
    )
    return Intervals(bounds, tuple(color for _, _, color in entries))
