"""The position of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.params.lists.zonal import LAT, LON

if TYPE_CHECKING:
    from handlers.params.query import Query


def read_position(query: Query) -> tuple[float, float]:
    """Longitude and latitude in degrees; both are required.

    Call it when all other parameters have been read: it refuses the request if any of
    them is at fault.

    Raises:
        InvalidError: With all faults of the query.
    """
    lon, lat = query.get(LON), query.get(LAT)
    query.check()
    assert lon is not None  # noqa: S101  or it was a fault
    assert lat is not None  # noqa: S101
    return lon, lat
