"""The colours of an image, as keywords say them."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from raster_core.errors import ParameterError
from raster_core.tile.colors.choice import RenderParams
from raster_core.tile.colors.colormap import parse_colormap
from raster_core.tile.colors.formula import parse_formula
from raster_core.tile.colors.ramps import COLORMAP_NAMES
from rasterlet.rendering.selection import fault, read_number

if TYPE_CHECKING:
    from raster_core.catalogue.dataset import Dataset
    from raster_core.tile.colors.renderings import ClassColors, Intervals, Range
    from rasterlet.rendering.keywords import Rendering

_MAX = sys.float_info.max


def read_colors(dataset: Dataset, keywords: Rendering) -> RenderParams:
    """The keywords about colours, as the service reads its parameters.

    Raises:
        ParameterError: If a value is of the wrong kind, or two exclude each other.
        RequestError: If a colormap or a formula is not valid.
    """
    name, colormap = keywords.get("colormap_name"), keywords.get("colormap")
    formula = keywords.get("color_formula")
    if name is not None and colormap is not None:
        why = "colormap and colormap_name exclude each other; give one of them"
        raise ParameterError("colormap", why)
    if formula is not None and not isinstance(formula, str):
        raise fault("color_formula", formula, "text such as 'gamma RGB 1.8'")
    return RenderParams(
        rescale=_read_rescale(keywords.get("rescale")),
        colormap_name=_read_name(dataset, name),
        colormap=None if colormap is None else _read_colormap(colormap),
        formula=None if formula is None else parse_formula(formula),
    )


def _read_name(dataset: Dataset, name: str | None) -> str | None:
    known = [*dataset.colormaps, *COLORMAP_NAMES]
    if name is None or name in known:
        return name
    close = difflib.get_close_matches(str(name).lower(), known, n=3)
    hint = f"did you mean {', '.join(close)}?" if close else "try gray or viridis"
    raise fault("colormap_name", name, f"a colormap; {hint}")


def _read_colormap(colormap: object) -> ClassColors | Intervals:
    if isinstance(colormap, str):
        return parse_colormap(colormap)
    if isinstance(colormap, Mapping):
        colormap = {str(value): color for value, color in colormap.items()}
    try:
        return parse_colormap(json.dumps(colormap, default=_plain))
    except (TypeError, ValueError) as error:
        rule = "a mapping of colours by value, or a list of [[min, max], colour]"
        raise fault("colormap", colormap, rule) from error


def _plain(value: object) -> object:
    """A number or an array of numpy as Python has it."""
    listed = getattr(value, "tolist", None)
    if listed is None:
        raise TypeError(value)
    return listed()


def _read_rescale(rescale: object) -> tuple[Range | None, ...]:
    if rescale is None:
        return ()
    if isinstance(rescale, str):
        return (_read_range(rescale, rescale),)
    if not isinstance(rescale, Iterable):
        raise _rescale_fault(rescale)
    parts = list(rescale)
    if len(parts) == 2 and all(read_number(part) is not None for part in parts):
        return (_read_range(parts, rescale),)
    return tuple(_read_range(part, rescale) for part in parts)


def _read_range(part: object, rescale: object) -> Range | None:
    """One range; None for ``auto``.

    Args:
        part: Is read.
        rescale: The whole keyword, for the message.
    """
    if isinstance(part, str) and part == "auto":
        return None
    if isinstance(part, str) or not isinstance(part, Iterable):
        raise _rescale_fault(rescale)
    ends = [read_number(end) for end in part]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        raise _rescale_fault(rescale)
    low, high = ends[0], ends[1]
    # Beyond a float's range, float() itself would fail.
    if not -_MAX <= low < high <= _MAX:
        raise _rescale_fault(rescale)
    return float(low), float(high)


def _rescale_fault(rescale: object) -> ParameterError:
    rule = "(min, max) with min < max, a list of them, or 'auto'"
    return fault("rescale", rescale, rule)
