"""What colour a value has: classes by their palette, quantities by a ramp.

A ramp has 255 colours, because palette entry 0 of a tile is kept for "not data".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from raster_core.errors import RequestError

if TYPE_CHECKING:
    from raster_core.grid import BandInfo
    from raster_core.source.catalogue import RenderDefaults

type Colors = NDArray[np.uint8]
"""(n, 3): red, green, blue."""

RAMP_COLORS = 255

# Evenly spread points, linear between them.
_POINTS = {
    "gray": "000000 ffffff",
    # Hypsometric tints: valley green, steppe, rock, snow.
    "terrain": "2f6b3a 7ba05b c9c98a d9bf83 b98d56 8f6544 9c8b80 d6d2ce ffffff",
    # matplotlib's (CC0), every eighth colour: at most 2 of 255 off in between.
    "viridis": (
        "440154 470d60 48186a 482374 472d7b 453781 424086 3e4989 3b528b "
        "375b8d 33638d 2f6b8e 2c728e 297a8e 26828e 23898e 21918c 1f978b "
        "1f9f88 21a685 27ad81 31b57b 3dbc74 4cc26c 5cc863 6ece58 81d34d "
        "95d840 aadc32 c0df25 d5e21a eae51a fde725 "
    ),
}

COLORMAP_NAMES = tuple(sorted(_POINTS))


@dataclass(frozen=True, slots=True)
class RenderParams:
    """What a request says about drawing; None where it is silent."""

    band: int | None = None
    rescale: tuple[float, float] | None = None
    colormap_name: str | None = None


@dataclass(frozen=True, slots=True)
class ClassColors:
    """A colour for each of some stored values; other values are not drawn."""

    values: tuple[int, ...]
    colors: tuple[str, ...]
    """``#rrggbb``, as many as values."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """Colours from a lowest to a highest physical value; beyond, the end colours."""

    minimum: float
    maximum: float
    colormap_name: str


type Rendering = ClassColors | Ramp


@lru_cache(maxsize=len(_POINTS))
def ramp_colors(name: str) -> Colors:
    """The ``RAMP_COLORS`` colours of a colour map."""
    points = parse_colors(tuple(_POINTS[name].split()))
    place = np.linspace(0.0, 1.0, len(points))
    ticks = np.linspace(0.0, 1.0, RAMP_COLORS)
    channels = [np.interp(ticks, place, points[:, channel]) for channel in range(3)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


def parse_colors(colors: tuple[str, ...]) -> Colors:
    """Colours written ``rrggbb`` or ``#rrggbb``, as numbers."""
    raw = bytes.fromhex("".join(color.removeprefix("#") for color in colors))
    return np.frombuffer(raw, np.uint8).reshape(-1, 3)


def choose_rendering(
    band: BandInfo, defaults: RenderDefaults, params: RenderParams
) -> Rendering:
    """How to draw a band: as the request says, else the dataset, else its values.

    Args:
        band: The band to draw, ``params.band`` if that is given.
        defaults: The dataset's rendering; it counts for the band that it names.
        params: The request's wishes.

    Raises:
        RequestError: Nothing says which values the ramp's ends are.
    """
    asked = params.rescale is not None or params.colormap_name is not None
    colored = [(entry.value, entry.color) for entry in band.classes if entry.color]
    if colored and not asked:
        values, colors = zip(*colored, strict=True)
        return ClassColors(values, colors)

    own = defaults if defaults.band == band.index else None
    minimum, maximum = params.rescale or (own and own.rescale) or _stored_range(band)
    name = params.colormap_name or (own and own.colormap_name) or "gray"
    return Ramp(minimum, maximum, name)


def _stored_range(band: BandInfo) -> tuple[float, float]:
    """The range that the catalogue or the type gives."""
    if band.minimum is not None and band.maximum is not None:
        return band.minimum, band.maximum
    if band.dtype == "uint8":
        return band.offset, band.scale * 255 + band.offset
    raise RequestError(
        f"Band {band.index} has no stored statistics; give rescale=min,max"
    )
