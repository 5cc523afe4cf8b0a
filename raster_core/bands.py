"""What is known of a raster's bands before a pixel of them is read."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class RasterClass:
    """One class of a categorical band."""

    value: int
    """The stored value."""
    name: str
    color: str | None
    """``#rrggbb``, or None if the class has no colour."""


@dataclass(frozen=True, slots=True)
class BandInfo:
    """What is known of a band before a pixel of it is read."""

    index: int
    """1-based, as in GDAL."""
    name: str
    dtype: str
    """A numpy type name."""
    nodata: float | None = None
    """A stored value that is no data; an ``int`` is exact beyond 2⁵³."""
    nodata_is_asked: bool = False
    """Whether the request chose it: then it hides what the file's mask shows."""
    alpha_is_mask: bool = True
    """Whether the file's alpha band, if it has one, hides pixels; else it is data."""
    unit: str | None = None
    scale: float = 1.0
    """Physical value = scale x stored value + offset."""
    offset: float = 0.0
    minimum: float | None = None
    """Stored statistics, physical; None if not known."""
    maximum: float | None = None
    percentile_2: float | None = None
    """The physical value that 2 % of the pixels do not exceed; None if not known."""
    percentile_98: float | None = None
    classes: tuple[RasterClass, ...] = ()
    """By value; empty for a quantity."""

    def without_data(self, nodata: float) -> BandInfo:
        """The band as a request wants it, which says what stored value is no data."""
        return replace(self, nodata=nodata, nodata_is_asked=True)
