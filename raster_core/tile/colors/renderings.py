"""Renderings: colours by class, by interval, along a ramp, or from three bands.

Colours are written ``#rrggbb``, or ``#rrggbbaa`` if they are not opaque.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raster_core.tile.colors.formula import Formula

type Range = tuple[float, float]
"""Two physical values, the lower one first."""


@dataclass(frozen=True, slots=True)
class ClassColors:
    """A colour for each of some stored values; other values are not drawn."""

    values: tuple[float, ...]
    """Stored values; the last of equal ones counts."""
    colors: tuple[str, ...]
    """One colour per value."""


@dataclass(frozen=True, slots=True)
class Intervals:
    """A colour for each of some ranges; values outside are not drawn."""

    bounds: tuple[Range, ...]
    """Physical values [low, high), maybe infinite; the last of overlaps counts."""
    colors: tuple[str, ...]
    """One colour per interval."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """Colours from a lowest to a highest physical value; beyond, the end colours."""

    minimum: float
    maximum: float
    colormap_name: str
    formula: Formula = ()
    """The change of brightness along the ramp; that of the red channel counts."""


@dataclass(frozen=True, slots=True)
class Composite:
    """Three bands as red, green and blue."""

    ranges: tuple[Range, ...]
    """The physical values of each band that are drawn darkest and brightest."""
    exact: bool = False
    """Whether colours encode numbers, as in terrain, and must not be lossy."""
    formula: Formula = ()
    """The change of brightness and colours after that."""


type Rendering = ClassColors | Intervals | Ramp | Composite
