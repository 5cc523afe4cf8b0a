"""Which zones cannot be counted, where one of them fails a whole request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raster_core.errors import ZoneError
from raster_core.zonal.engine import plan_zones

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.raster import Layer
    from raster_core.zonal.engine import Options
    from raster_core.zonal.zones.zone import Zone


def find_faults(
    layer: Layer, zones: Sequence[Zone], options: Options | None = None
) -> dict[int, ZoneError]:
    """Which zones cannot be planned on the layer's grid, by position; usually none."""
    try:
        plan_zones(layer, zones, options)
    except ZoneError as error:
        if len(zones) == 1:
            return {0: error}
        middle = len(zones) // 2
        later = find_faults(layer, zones[middle:], options)
        return find_faults(layer, zones[:middle], options) | {
            middle + position: fault for position, fault in later.items()
        }
    return {}
