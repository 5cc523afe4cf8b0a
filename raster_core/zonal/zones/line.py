"""Lines: GeoJSON in, positions along them out.

Pieces are straight in the line's own CRS, mostly longitude and latitude, as GeoJSON has
them; lengths are those on the ellipsoid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import ZoneError
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE, same_crs
from raster_core.sources.crs.ellipsoid import geodesic_lengths
from raster_core.sources.crs.operations import point_transform
from raster_core.zonal.zones.positions import UNLOCATED, check_positions, read_positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.sources.crs.crs import Floats, PointTransform

# Longest piece in degrees that is measured as a geodesic: next to the straight line in
# longitude and latitude, it is 1e-7 too short at 60 N.
_PIECE = 0.1

# Longest piece in metres that is straight in a projection: its image in longitude and
# latitude sags by 2 cm at 45 N.
_STEP = 1000.0

# Pieces that a line is cut into, its own vertices apart.
_MAX_PIECES = 100_000

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
        found = np.stack(axes, axis=1)
        found[[0, -1]] = self.points[[0, -1]]  # points may lie no distance apart
        return distance, found


def read_line(
    geometry: object, crs: str = LONGITUDE_LATITUDE, *, near: Grid | None = None
) -> Line:
    """The positions of a GeoJSON LineString; heights are left out.

    Args:
        geometry: As JSON has it.
        crs: The CRS of its coordinates. A line in another CRS than longitude and
            latitude gets further positions, on the straight line in that CRS.
        near: The raster that is read, whose datum shift is taken.

    Raises:
        ZoneError: If it is of another type, or has fewer than two positions, or one
            that is not finite or outside of the CRS.
    """
    if geometry is None:
        raise ZoneError(UNLOCATED)
    if not isinstance(geometry, Mapping):
        raise ZoneError("The geometry is not a GeoJSON object")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind != "LineString":
        raise ZoneError(f"Geometry type {str(kind)[:40]!r} is not LineString")
    points = read_positions(coordinates, name="line", least=2)
    check_positions(points, crs)
    if same_crs(crs, LONGITUDE_LATITUDE):
        return points
    to_degrees = point_transform(crs, LONGITUDE_LATITUDE, near=near)
    return _to_degrees(_cut(points, _count_steps(points, to_degrees)), to_degrees)


def measure_line(line: Line) -> Track:
    """The line with the way along it.

    Raises:
        ZoneError: If it has no length.
    """
    points = _cut(line, _count_pieces(line))
    distance = np.append(0.0, np.cumsum(geodesic_lengths(*points.T)))
    if not distance[-1] > 0:
        raise ZoneError("The line has no length")
    return Track(points, distance)


def _count_pieces(line: Line) -> NDArray[np.intp]:
    """Into how many pieces each side of a line (n, 2) is cut to be short: (n - 1,)."""
    sides = np.abs(np.diff(line, axis=0)).max(axis=1)
    pieces: Floats = np.ceil(sides / max(_PIECE, sides.sum() / _MAX_PIECES))
    return np.maximum(pieces, 1).astype(np.intp)


def _count_steps(points: Floats, to_degrees: PointTransform) -> NDArray[np.intp]:
    """Into how many pieces each side of points (n, 2) is cut to be straight in degrees.

    Returns:
        (n - 1,)
    """
    lengths = geodesic_lengths(*to_degrees(*points.T))
    steps = np.ceil(lengths / max(_STEP, lengths.sum() / _MAX_PIECES))
    return np.maximum(steps, 1).astype(np.intp)


def _cut(points: Floats, count: NDArray[np.intp]) -> Floats:
    """The same line (n, 2) with each side in ``count``, (n - 1,), pieces: (m, 2)."""
    segment = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    part = (within / count[segment])[:, None]
    cut = points[segment] + (points[segment + 1] - points[segment]) * part
    return np.concatenate([cut, points[-1:]])


def _to_degrees(points: Floats, transform: PointTransform) -> Line:
    """A line (n, 2) in degrees of longitude and latitude, without jumps of 360.

    Raises:
        ZoneError: If one of its points does not exist there.
    """
    longitude, latitude = transform(*points.T)
    line = np.stack([np.unwrap(longitude, period=360.0), latitude], axis=1)
    if not np.isfinite(line).all():
        raise ZoneError("The line leaves its coordinate system")
    return line
