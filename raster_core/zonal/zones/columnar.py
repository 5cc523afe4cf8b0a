"""Many zones as columns: an array of geometries instead of an object for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

import numpy as np

from raster_core.sources.crs.crs import LONGITUDE_LATITUDE
from raster_core.zonal.zones.zone import Zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from raster_core.zonal.zones.turns import Shapes


@dataclass(frozen=True, slots=True, eq=False)
class Zones(Sequence[Zone]):
    """Zones of one CRS that are known to be valid.

    A ``Zone`` is made only where one is asked for; a slice is columns again.
    """

    shapes: Shapes
    """(n,): as ``Zone.geometry``; none is missing."""
    crs: str = LONGITUDE_LATITUDE
    repaired: Mapping[int, str] = field(default_factory=dict)
    """Why geometries as given were invalid, by position; most are not there."""
    notes: Mapping[int, str] = field(default_factory=dict)
    """What else may not be what was meant, by position."""

    def __len__(self) -> int:
        """How many zones there are."""
        return len(self.shapes)

    @overload
    def __getitem__(self, which: int) -> Zone: ...
    @overload
    def __getitem__(self, which: slice) -> Zones: ...
    def __getitem__(self, which: int | slice) -> Zone | Zones:
        """A zone by its position, or the columns of some."""
        if isinstance(which, slice):
            return self.take(range(len(self))[which])
        position = range(len(self))[which]
        return Zone(
            self.shapes[position],
            self.repaired.get(position),
            self.notes.get(position),
            crs=self.crs,
            checked=True,
        )

    def take(self, positions: Sequence[int]) -> Zones:
        """The zones at some positions, in their order."""
        return Zones(
            self.shapes[np.asarray(positions, np.intp)],
            self.crs,
            _pick(self.repaired, positions),
            _pick(self.notes, positions),
        )


def gather_zones(zones: Sequence[Zone]) -> Sequence[Zone]:
    """Valid zones as columns, if they are of one CRS; else as they are."""
    if isinstance(zones, Zones) or len({zone.crs for zone in zones}) != 1:
        return zones
    repaired = {n: zone.repaired for n, zone in enumerate(zones) if zone.repaired}
    notes = {n: zone.note for n, zone in enumerate(zones) if zone.note}
    return Zones(zone_shapes(zones), zones[0].crs, repaired, notes)


def take_zones(zones: Sequence[Zone], positions: Iterable[int]) -> Sequence[Zone]:
    """The zones at some positions, in their order."""
    positions = list(positions)
    if isinstance(zones, Zones):
        return zones.take(positions)
    return [zones[position] for position in positions]


def zone_shapes(zones: Sequence[Zone]) -> Shapes:
    """The geometries of zones, (n,)."""
    if isinstance(zones, Zones):
        return zones.shapes
    shapes: Shapes = np.empty(len(zones), object)
    shapes[:] = [zone.geometry for zone in zones]
    return shapes


def group_by_crs(zones: Sequence[Zone]) -> list[tuple[str, NDArray[np.intp]]]:
    """The CRSs of zones, and the positions of the zones in each, ascending."""
    if isinstance(zones, Zones):
        return [(zones.crs, np.arange(len(zones)))] if zones else []
    own = np.array([zone.crs for zone in zones], dtype=object)
    return [(crs, np.flatnonzero(own == crs)) for crs in sorted(set(own.tolist()))]


def _pick(words: Mapping[int, str], positions: Sequence[int]) -> Mapping[int, str]:
    if not words:
        return words
    return {n: words[own] for n, own in enumerate(positions) if own in words}
