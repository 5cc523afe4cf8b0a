"""Lines: GeoJSON in, positions along them out.

Pieces are straight in longitude and latitude, as GeoJSON has them; lengths are those on
the ellipsoid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import ZoneError
from raster_core.source.crs import MAX_LATITUDE, MAX_LONGITUDE, geodesic_lengths

if TYPE_CHECKING:
    from raster_core.source.crs import Floats

# Degrees of a piece that is measured as a geodesic: next to the straight line in
# longitude and latitude, it is 1e-7 too short at 60 N.
_PIECE = 0.1

# Pieces that a line is cut into, its own vertices apart.
_MAX_PIECES = 100_000

_NO_POSITION = "A point is not an array of longitude and latitude"

type Line = Floats
"""(n, 2): longitudes and latitudes, two points at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A line as a row of near points."""

    points: Line
    """Its own, and further ones between."""
    distance: Floats
    """(n,): metres of each point from the start, along the line."""

    def positions(self, samples: int) -> tuple[Floats, Line]:
        """Evenly spaced positions, the first at the start and the last at the end.

        Returns:
            Metres from the start, (samples,), and the positions, (samples, 2).
        """
        distance = np.linspace(0.0, self.distance[-1], samples)
        axes = [np.interp(distance, self.distance, axis) for axis in self.points.T]
        return distance, np.stack(axes, axis=1)


def read_line(geometry: object) -> Line:
    """The positions of a GeoJSON LineString; heights are left out.

    Raises:
        ZoneError: It is of another type, has fewer than two positions, or one that is
            not finite or out of range.
    """
    if not isinstance(geometry, Mapping):
        raise ZoneError("The geometry is not a GeoJSON object")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind != "LineString":
        raise ZoneError(f"Geometry type {str(kind)[:40]!r} is not LineString")
    if not isinstance(coordinates, list):
        raise ZoneError("The coordinates of the LineString are not an array")
    if len(coordinates) < 2:
        raise ZoneError(f"The line has {len(coordinates)} points; it takes at least 2")
    line = np.array([_read_position(point) for point in coordinates])
    if not np.isfinite(line).all():
        raise ZoneError("A coordinate is not finite")
    longitude, latitude = np.abs(line).max(axis=0)
    if longitude > MAX_LONGITUDE or latitude > MAX_LATITUDE:
        raise ZoneError(
            f"A coordinate is beyond longitude {MAX_LONGITUDE:g} or latitude "
            f"{MAX_LATITUDE:g}"
        )
    return line


def measure_line(line: Line) -> Track:
    """The line with the way along it.

    Raises:
        ZoneError: It has no length.
    """
    points = _cut(line)
    distance = np.append(0.0, np.cumsum(geodesic_lengths(*points.T)))
    if not distance[-1] > 0:
        raise ZoneError("The line has no length")
    return Track(points, distance)


def _read_position(point: object) -> tuple[float, float]:
    if not isinstance(point, list) or any(isinstance(part, str) for part in point):
        raise ZoneError(_NO_POSITION)
    try:
        longitude, latitude, *_ = point
        return float(longitude), float(latitude)
    except OverflowError as error:
        raise ZoneError("A coordinate is not finite") from error
    except (TypeError, ValueError) as error:
        raise ZoneError(_NO_POSITION) from error


def _cut(line: Line) -> Line:
    """The same line with further points, so that its pieces are short."""
    sides = np.abs(np.diff(line, axis=0)).max(axis=1)
    pieces = np.ceil(sides / max(_PIECE, sides.sum() / _MAX_PIECES))
    count = np.maximum(pieces, 1).astype(np.intp)
    segment = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    share = (within / count[segment])[:, None]
    points = line[segment] + (line[segment + 1] - line[segment]) * share
    return np.concatenate([points, line[-1:]])
