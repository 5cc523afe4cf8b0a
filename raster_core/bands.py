"""What is known of a raster's bands before a pixel of them is read."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
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
        """Convert one stored value to the band's unit.

        The value of an unscaled band is returned as it is: an int keeps all its digits.
        """
        return stored if self == UNSCALED else stored * self.scale + self.offset

    def physical_values(
        self, stored: NDArray[np.generic], dtype: np.dtype[np.floating] = _DOUBLE
    ) -> NDArray[np.floating]:
        """Convert stored values to the band's unit.

        Args:
            stored: Stored values of any shape, also empty, and of any numeric type.
            dtype: The type to compute in.

        Returns:
            Physical values of the same shape and of ``dtype``, infinite if they
            overflow. If the band is unscaled and ``stored`` is of ``dtype``, it is
            returned itself.
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


@dataclass(frozen=True, slots=True, repr=False)
class BandInfo:
    """What is known of a band before a pixel of it is read."""

    index: int
    """1-based, as in GDAL."""
    name: str
    dtype: str
    """A numpy type name."""
    nodata: float | None = None
    """The stored value that means "no data"; an ``int`` is exact beyond 2⁵³."""
    nodata_is_asked: bool = False
    """Whether the request named ``nodata``: then it overrules the file's mask."""
    alpha_is_mask: bool = True
    """Whether the file's alpha band, if it has one, masks pixels; else it is data."""
    unit: str | None = None
    scale: float = 1.0
    """Physical value = scale x stored value + offset."""
    offset: float = 0.0
    minimum: float | None = None
    """The smallest physical value by the catalogue's statistics; None if unknown."""
    maximum: float | None = None
    """The largest one."""
    percentile_2: float | None = None
    """The physical value that 2 % of the pixels do not exceed; None if unknown."""
    percentile_98: float | None = None
    """The physical value that 98 % of the pixels do not exceed."""
    classes: tuple[RasterClass, ...] = ()
    """The classes of a categorical band; empty for a quantity."""

    @property
    def scaling(self) -> Scaling:
        """Scale and offset together."""
        return Scaling(self.scale, self.offset)

    @property
    def class_names(self) -> dict[float, str]:
        """The name of each class by its stored value; empty for a quantity."""
        return {entry.value: entry.name for entry in self.classes}

    def __repr__(self) -> str:
        """What differs from the defaults, and the number of classes."""
        said = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        shown = [
            f"{entry.name}={said[entry.name]!r}"
            for entry in fields(self)
            if entry.name != "classes" and said[entry.name] != entry.default
        ]
        if self.classes:
            shown.append(f"classes=<{len(self.classes)}>")
        return f"BandInfo({', '.join(shown)})"

    def without_data(self, nodata: float) -> BandInfo:
        """The band with the stored value that a request takes for "no data"."""
        return replace(self, nodata=nodata, nodata_is_asked=True)
