"""Pixels of some classes inside a zone as polygons.

A pixel is inside if its centre is, by the rule of ``coverage.Mode.CENTRE``: polygons
are made of whole pixels. Pixels that share a side are one polygon.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.errors import BudgetError
from raster_core.grid import Window
from raster_core.sources.crs.crs import is_geographic
from raster_core.sources.file.gdal import trace_regions
from raster_core.zonal.coverage.blockplan import expand_runs
from raster_core.zonal.coverage.cover import Mode
from raster_core.zonal.coverage.covering import cover_zones
from raster_core.zonal.outlines.rings import arrange_polygon, place_rings
from raster_core.zonal.reading.aligned import bounding_window, check_countable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.raster import Layer
    from raster_core.zonal.outlines.rings import Ring
    from raster_core.zonal.zones.zone import Zone

MAX_PIXELS = 5_000_000
"""Pixels of the box around the zone: 0.5 s and 100 MB."""

MAX_CORNERS = 100_000
"""Points where an outline turns: 4 MB of answer or more."""

# No pixel of 16 bits has it.
_NO_VALUE = np.int32(-(2**31))


@dataclass(frozen=True, slots=True, eq=False)
class ClassArea:
    """The pixels of one value inside a zone."""

    value: int
    """As stored."""
    name: str
    """Name of its class; the value's digits where there is none."""
    count: int
    """Number of pixels."""
    polygons: tuple[tuple[Ring, ...], ...]
    """Each polygon's rings: the shell, counterclockwise, then its holes, clockwise."""


def polygonise(
    layer: Layer,
    zone: Zone,
    values: Collection[int] | None = None,
    *,
    max_crossings: float = math.inf,
) -> list[ClassArea]:
    """The pixels of some values inside a zone.

    Laws: each pixel is in exactly one polygon, of its own value; polygons are valid.
    Edges are straight between pixel corners in longitude and latitude.

    Args:
        layer: One band of integers of up to 16 bits.
        zone: In longitude and latitude.
        values: Stored values; None means every value met.
        max_crossings: As in ``engine.Options``.

    Returns:
        By value; one entry for each of ``values``, met or not.

    Raises:
        RequestError: If the band is of another type.
        BudgetError: If the zone's box or the outlines are too large.
        ZoneError: If zone or outlines cannot be brought from one CRS to the other.
        SourceError: If the raster cannot be read.
    """
    (band,) = layer.info.bands
    check_countable(band, raster="the raster", use="outlining classes")
    pixels, chosen, part = _read_inside(layer, zone, max_crossings)
    if values is not None:
        chosen &= np.isin(pixels, list(values))
    counts = _count_values(pixels[chosen])
    _check_corners(np.where(chosen, pixels, _NO_VALUE))

    polygons: defaultdict[int, list[tuple[Ring, ...]]] = defaultdict(list)
    if counts:
        for value, rings in _outline(pixels, chosen, part):
            polygons[value].append(rings)
    names = band.class_names
    return [
        ClassArea(
            value=value,
            name=names.get(value, str(value)),
            count=counts.get(value, 0),
            polygons=tuple(polygons[value]),
        )
        for value in sorted(counts if values is None else set(values))
    ]


def _read_inside(
    layer: Layer, zone: Zone, max_crossings: float
) -> tuple[NDArray[np.int32], NDArray[np.bool_], Grid]:
    """Values of the box around a zone, which of them count, and the box's grid.

    Both arrays are (row, col); (0, 0) for a zone that covers no pixel's centre.
    """
    grid = layer.info.grid
    _, runs = cover_zones([zone], grid, Mode.CENTRE, max_crossings=max_crossings)
    if not runs.row.size:
        nothing = np.zeros((0, 0), np.int32)
        return nothing, nothing.astype(bool), grid.crop(Window(0, 0, 0, 0))
    window = bounding_window(runs)
    if window.pixels > MAX_PIXELS:
        raise BudgetError(
            f"The box around the zone has {window.width}x{window.height} pixels, which "
            f"exceeds {MAX_PIXELS}; ask for a smaller zone"
        )
    array = layer.read(grid.crop(window))
    inside = np.zeros(window.pixels, bool)
    inside[expand_runs(runs, window)[1]] = True
    chosen = inside.reshape(array.mask.shape[1:]) & array.mask[0]
    return array.data[0].astype(np.int32), chosen, array.grid


def _count_values(values: NDArray[np.int32]) -> dict[int, int]:
    """How often each value is there, by value; values (n,) are of 16 bits."""
    if not values.size:
        return {}
    low = int(values.min())
    counts = np.bincount(values - low)
    met = np.flatnonzero(counts)
    return dict(zip((met + low).tolist(), counts[met].tolist(), strict=True))


def _check_corners(labels: NDArray[np.int32]) -> None:
    """Refuse what would take an outline of too many points.

    Args:
        labels: (row, col): values, ``_NO_VALUE`` for what is in no region.
    """
    framed = np.pad(labels, 1, constant_values=_NO_VALUE)
    across = framed[:, 1:] == framed[:, :-1]
    down = framed[1:] == framed[:-1]
    straight = (across[1:] & across[:-1]) | (down[:, 1:] & down[:, :-1])
    corners = straight.size - int(np.count_nonzero(straight))
    if corners > MAX_CORNERS:
        raise BudgetError(
            f"The outlines have {corners} corners, which exceeds {MAX_CORNERS}; ask "
            "for fewer classes or a smaller zone"
        )


def _outline(
    pixels: NDArray[np.int32], chosen: NDArray[np.bool_], grid: Grid
) -> Iterator[tuple[int, tuple[Ring, ...]]]:
    """Each region's value and its rings in longitude and latitude.

    Args:
        pixels: (row, col): values.
        chosen: (row, col): which of them count.
        grid: The grid of both.
    """
    regions = trace_regions(pixels, chosen)
    corners = [np.array(ring) for _, rings in regions for ring in rings]
    placed = iter(place_rings(grid, corners))
    wrap = not is_geographic(grid.crs)
    for value, rings in regions:
        yield value, arrange_polygon([next(placed) for _ in rings], wrap=wrap)
