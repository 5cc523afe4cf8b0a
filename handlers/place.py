"""What is found at a position, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raster_core.zonal.point import PointValue


def describe_value(value: PointValue) -> dict[str, object]:
    """One band's value as JSON."""
    return {
        "band": f"b{value.band.index}",
        "name": value.band.name,
        "value": value.value,
        "label": value.label,
        "unit": value.band.unit,
        "reason": value.reason,
    }
