"""Parse colormaps of requests and of the catalogue: classes or intervals, as JSON."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import TYPE_CHECKING

from raster_core.errors import RequestError, SourceError
from raster_core.tile.colors.entries import (
    MAX_ENTRIES,
    parse_classes,
    parse_intervals,
    stac_class,
)
from raster_core.tile.colors.renderings import ClassColors, Intervals

if TYPE_CHECKING:
    from raster_core.tile.colors.renderings import Range

_BYTES = range(256)


@lru_cache(maxsize=16)  # half a megabyte each at most
def parse_colormap(text: str) -> ClassColors | Intervals:
    """Parse a colormap written as JSON.

    ``{"1": "#ff0000", "2": [255, 0, 0, 128]}`` gives colours to stored values, and
    ``[[[0, 10], "#ff0000"], [[10, null], "#00f"]]`` to intervals of physical values,
    which include their lower end; ``null`` is an open end. Colours are ``#rgb``,
    ``#rgba``, ``#rrggbb``, ``#rrggbbaa``, or three or four numbers from 0 to 255. A
    list of STAC classes (``value``, ``color_hint``) is accepted, too.

    Raises:
        RequestError: If the text is not one of these, or has more than ``MAX_ENTRIES``
            entries.
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
    """Parse a colormap of the catalogue.

    Raises:
        SourceError: If it is not valid.
    """
    try:
        return parse_colormap(text)
    except RequestError as error:
        raise SourceError(f"The dataset's rendering is not usable: {error}") from error


def stretch_colormap(
    colormap: ClassColors | Intervals, rescale: Range | None
) -> ClassColors | Intervals:
    """Apply a colormap of 0 to 255 to the range of physical values ``rescale``.

    As in titiler, a rescaled value is truncated before it is looked up: each whole
    number stands for an interval, and 0 and 255 for everything beyond the range.
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
