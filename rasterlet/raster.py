"""A raster as ``rasterlet.open`` returns it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raster_core.catalogue.dataset import Dataset
    from raster_core.grid import Bounds


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Bands of one or several files, or what is computed of them."""

    dataset: Dataset
    """What the catalogue, or the files themselves, say of it."""

    @property
    def bounds(self) -> Bounds:
        """Its box in longitude and latitude, in degrees."""
        return self.dataset.bounds
