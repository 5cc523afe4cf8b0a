"""What colour a value has: by class, by interval, along a ramp, or of three bands.

Colours are written ``#rrggbb``, or ``#rrggbbaa`` if they are not opaque.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raster_core.tile.formula import Formula

type Range = tuple[float, float]
"""Two physical values, the lower one first."""


@dataclass(frozen=True, slots=True)
class ClassColors:
    """A colour for each of some stored values; other values are not drawn."""

    values: tuple[float, ...]
    """Stored values; of equal ones the last counts."""
    colors: tuple[str, ...]
    """As many as values."""


@dataclass(frozen=True, slots=True)
class Intervals:
    """A colour for each of some ranges; values outside are not drawn."""

    bounds: tuple[Range, ...]
    """Physical values [low, high), also infinite; where two overlap the last counts."""
    colors: tuple[str, ...]
    """As many as bounds."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """Colours from a lowest to a highest physical value; beyond, the end colours."""

    minimum: float
    maximum: float
    colormap_name: str
    formula: Formula = ()
    """What bends the way between them; that of the red channel counts."""


@dataclass(frozen=True, slots=True)
class Composite:
    """Three bands as red, green and blue."""

    ranges: tuple[Range, ...]
    """Of each band, the physical values that are dark and bright."""
    exact: bool = False
    """Whether the numbers are the message, as in encoded terrain: never lossy."""
    formula: Formula = ()
    """What is done to brightness and colours then."""


type Rendering = ClassColors | Intervals | Ramp | Composite
