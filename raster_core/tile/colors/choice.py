"""Choose how bands are drawn: by the request, else the dataset, else their values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.errors import RequestError, SourceError
from raster_core.tile.colors.colormap import own_colormap, stretch_colormap
from raster_core.tile.colors.formula import Saturation, parse_formula
from raster_core.tile.colors.ramps import COLORMAP_NAMES
from raster_core.tile.colors.renderings import ClassColors, Composite, Intervals, Ramp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from raster_core.bands import BandInfo
    from raster_core.catalogue.dataset import RenderDefaults
    from raster_core.tile.colors.formula import Formula
    from raster_core.tile.colors.renderings import Range, Rendering

    type RangeOf = Callable[[int], Range]
    """Finds the range of a drawn band's values, by the band's index."""


@dataclass(frozen=True, slots=True)
class RenderParams:
    """The parameters of a request for drawing; empty or None if they are missing."""

    rescale: tuple[Range | None, ...] = ()
    """One range for all bands or one per band; None means the range of the values."""
    colormap_name: str | None = None
    colormap: ClassColors | Intervals | None = None
    formula: Formula | None = None


def choose_rendering(
    bands: Sequence[BandInfo],
    defaults: RenderDefaults,
    params: RenderParams,
    ranges: RangeOf,
) -> Rendering:
    """Choose a rendering: by the request, else the dataset, else the bands' values.

    Args:
        bands: One band to draw by a colormap, or three as red, green and blue.
        defaults: The dataset's rendering, which applies to the bands that it names.
        params: The parameters of the request.
        ranges: Finds the range of a band; called only if nothing else says it.

    Raises:
        RequestError: If parameters contradict each other, or the number of bands is
            neither one nor three.
        SourceError: If the dataset's own colormap or formula is not valid.
    """
    if len(bands) not in (1, 3):
        raise RequestError(
            f"{len(bands)} bands cannot be drawn, only one, or three as red, green, "
            "blue; name them with bidx"
        )
    named = len(defaults.bands) == len(bands) and all(
        name in (band.index, band.name)
        for name, band in zip(defaults.bands, bands, strict=True)
    )
    own = defaults if named else None
    if len(bands) == 3:
        return _composite(bands, own, params, ranges)
    rendering = _one_band(bands[0], own, params, ranges)
    if params.formula:
        _check_formula(rendering, params.formula)
    return rendering


def _composite(
    bands: Sequence[BandInfo],
    own: RenderDefaults | None,
    params: RenderParams,
    ranges: RangeOf,
) -> Composite:
    if params.colormap_name or params.colormap:
        raise RequestError("A colormap needs one band, not 3; give one bidx")
    given = params.rescale
    if len(given) not in (0, 1, len(bands)):
        raise RequestError(
            f"{len(given)} rescale are given for {len(bands)} bands; give one for all "
            "or one for each"
        )
    if not given and own and len(own.rescale) in (1, len(bands)):
        given = own.rescale
    # An image's bands of bytes would lose their balance if each had a range of its own.
    given = given or tuple(_type_range(band) or _stored_range(band) for band in bands)
    each = given * (len(bands) // len(given))
    return Composite(
        tuple(known or ranges(position) for position, known in enumerate(each)),
        formula=_choose_formula(own, params),
    )


def _one_band(
    band: BandInfo,
    own: RenderDefaults | None,
    params: RenderParams,
    ranges: RangeOf,
) -> ClassColors | Intervals | Ramp:
    if len(params.rescale) > 1:
        raise RequestError(f"{len(params.rescale)} rescale are given for one band")
    rescale = (params.rescale[0] or ranges(0)) if params.rescale else None
    if params.colormap:
        _check_colormap(params)
        return stretch_colormap(params.colormap, rescale)

    requested = rescale or params.colormap_name
    own_rescale = own.rescale[0] if own and len(own.rescale) == 1 else None
    if own and own.colormap and not requested:
        return stretch_colormap(own_colormap(own.colormap), own_rescale)
    own_name = _known_name(own.colormap_name) if own else None
    colored = [(entry.value, entry.color) for entry in band.classes if entry.color]
    if colored and not (requested or own_rescale or own_name):
        values, colors = zip(*colored, strict=True)
        return ClassColors(values, colors)

    minimum, maximum = rescale or own_rescale or _stored_range(band) or ranges(0)
    name = params.colormap_name or own_name or "gray"
    return Ramp(minimum, maximum, name, _choose_formula(own, params))


def _choose_formula(own: RenderDefaults | None, params: RenderParams) -> Formula:
    if params.formula is not None or own is None or own.color_formula is None:
        return params.formula or ()
    try:
        return parse_formula(own.color_formula)
    except RequestError as error:
        raise SourceError(f"The dataset's rendering is not usable: {error}") from error


def _check_formula(rendering: ClassColors | Intervals | Ramp, formula: Formula) -> None:
    """Refuse a formula that has no effect."""
    if not isinstance(rendering, Ramp):
        raise RequestError("color_formula cannot be combined with colours of classes")
    if any(isinstance(step, Saturation) for step in formula):
        raise RequestError("color_formula: saturation needs three bands, not one")


def _check_colormap(params: RenderParams) -> None:
    if params.colormap_name:
        raise RequestError("colormap and colormap_name exclude each other")
    if params.rescale and isinstance(params.colormap, Intervals):
        raise RequestError("colormap gives intervals of values; leave rescale out")


def _known_name(name: str | None) -> str | None:
    """The name of an Item's colormap in lower case; None if it is not built in."""
    lower = name.lower() if name else None
    return lower if lower in COLORMAP_NAMES else None


def _stored_range(band: BandInfo) -> Range | None:
    """The range by the catalogue, else by the type; None if neither has one."""
    low, high = band.minimum, band.maximum
    if low is None or high is None or not -math.inf < low <= high < math.inf:
        return _type_range(band)
    return low, high


def _type_range(band: BandInfo) -> Range | None:
    """The physical values of 0 and 255 for a band of bytes, else None."""
    if band.dtype != "uint8":
        return None
    return band.scaling.physical_value(0.0), band.scaling.physical_value(255.0)
