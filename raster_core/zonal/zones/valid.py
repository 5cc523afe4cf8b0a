"""Zones that have not been checked, made valid before they are counted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError, ZoneError
from raster_core.zonal.zones.checking import find_invalid
from raster_core.zonal.zones.columnar import Zones, gather_zones, zone_shapes
from raster_core.zonal.zones.repair import Repairs, make_valid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.zonal.zones.zone import Zone


def repair_zone(zone: Zone, repairs: Repairs | None = None) -> Zone:
    """The zone with a valid polygon; ``repaired`` says why, if its own was not.

    Args:
        zone: As given.
        repairs: What may be repaired of this and other zones; None of this one alone.

    Raises:
        ZoneError: If nothing of it is left after repair.
        BudgetError: If it crosses itself too often to be repaired.
    """
    if zone.checked:
        return zone
    shape, why = make_valid(zone.geometry, repairs or Repairs())
    return replace(zone, geometry=shape, repaired=why, checked=True)


def repair_zones(zones: Sequence[Zone]) -> Sequence[Zone]:
    """The zones, those whose polygon is not valid repaired; as columns, if of one CRS.

    Raises:
        ZoneError: If nothing is left of one after repair; ``zone`` is its position.
        BudgetError: If together they cross themselves too often.
    """
    if isinstance(zones, Zones):
        return zones
    ready, repairs = list(zones), Repairs()
    positions = [position for position, zone in enumerate(zones) if not zone.checked]
    invalid = find_invalid(zone_shapes([zones[position] for position in positions]))
    for number in np.flatnonzero(invalid).tolist():
        position = positions[number]
        try:
            ready[position] = repair_zone(zones[position], repairs)
        except ZoneError as error:
            raise ZoneError(f"Zone {position}: {error}", zone=position) from error
        except BudgetError as error:
            raise BudgetError(f"Zone {position}: {error}") from error
    return gather_zones(ready)
