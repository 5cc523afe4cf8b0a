"""A position in a query string, and what is found there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.schema import number
from raster_core.source.crs import MAX_LATITUDE, MAX_LONGITUDE

if TYPE_CHECKING:
    from handlers.schema import Query
    from raster_core.zonal.point import PointValue

PLACE_PARAMS = ("lon", "lat")


def read_place(query: Query) -> tuple[float, float]:
    """Longitude and latitude, ``PLACE_PARAMS``; both have to be there.

    Called when all other parameters are read, because it refuses the request if that
    has any fault.

    Raises:
        InvalidError: With all faults of the query.
    """
    given = {name for name, _ in query.pairs}
    missing = [name for name in PLACE_PARAMS if name not in given]
    lon, lat = (
        query.value(
            name, number(-limit, limit), f"a number from {-limit:g} to {limit:g}"
        )
        for name, limit in (("lon", MAX_LONGITUDE), ("lat", MAX_LATITUDE))
    )
    query.faults.extend((name, f"{name} is missing") for name in missing)
    query.check()
    assert lon is not None  # noqa: S101  or it was a fault
    assert lat is not None  # noqa: S101
    return lon, lat


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
