"""What is known of a raster's bands before a pixel of them is read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DOUBLE: np.dtype[np.floating] = np.dtype(np.float64)


@dataclass(frozen=True, slots=True)
class RasterClass:
    """One class of a categorical band."""

    value: int
    """The stored value."""
    name: str
    color: str | None
    """``#rrggbb``, or None if the class has no colour."""


class Scaling(NamedTuple):
    """Physical value = scale x stored value + offset."""

    scale: float = 1.0
    offset: float = 0.0

    def physical_value(self, stored: float) -> float:
        """A stored value in the band's unit; itself, and still an int, if unscaled."""
        return stored if self == UNSCALED else stored * self.scale + self.offset

    def physical_values(
        self, stored: NDArray[np.generic], dtype: np.dtype[np.floating] = _DOUBLE
    ) -> NDArray[np.floating]:
        """Stored values in the band's unit.

        Args:
            stored: Of any shape and type; not changed, but it may be what is returned.
            dtype: What to compute in.

        Returns:
            Of the shape of ``stored`` and of ``dtype``; infinite where it overflows.
        """
        values: NDArray[np.floating] = stored.astype(dtype, copy=False)
        if self == UNSCALED:
            return values
        with np.errstate(all="ignore"):  # pixels without data may hold anything
            values = values * dtype.type(self.scale)
            values += dtype.type(self.offset)
        return values


UNSCALED = Scaling()
"""Physical values are the stored ones."""


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

    @property
    def scaling(self) -> Scaling:
        """What makes physical values of stored ones."""
        return Scaling(self.scale, self.offset)

    @property
    def class_names(self) -> dict[float, str]:
        """Name of each class by its stored value; empty for a quantity."""
        return {entry.value: entry.name for entry in self.classes}

    def without_data(self, nodata: float) -> BandInfo:
        """The band as a request wants it, which says what stored value is no data."""
        return replace(self, nodata=nodata, nodata_is_asked=True)
