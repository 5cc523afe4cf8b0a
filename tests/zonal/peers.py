"""Zones and rasters for the peers, and a slow third opinion where they disagree.

Every outline here is the one the engine counts by: reprojected and densified, in the
raster's CRS. Labels of zones are ``name#position`` in their file; names repeat.
"""

from __future__ import annotations

import json
import math
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import exactextract
import numpy as np
import rasterio
import shapely
from rasterio.errors import NotGeoreferencedWarning
from rasterio.windows import Window as RasterioWindow

from raster_core.layers.file import FileSpec
from raster_core.layers.kinds import open_layer
from raster_core.sources.extent.extent import geographic_bounds
from raster_core.sources.file.cog import open_cog
from raster_core.stated import state_band
from raster_core.zonal.outlines import projecting
from raster_core.zonal.reading.classed import as_classes
from raster_core.zonal.zones.zone import Zone, read_zone
from testing.geojson import feature, from_shape

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from raster_core.grid import Grid
    from raster_core.raster import Layer
    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.outlines.outline import Segments

PEER_NAMES = {
    "count": "count",
    "mean": "mean",
    "min": "min",
    "max": "max",
    "sum": "sum",
    "std": "stdev",
    "unique": "variety",
}
"""Our name of a figure, exactextract's."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledZone:
    """A zone of a file, with a name for messages and tables."""

    label: str
    zone: Zone


@lru_cache
def read_zones(path: Path) -> tuple[LabelledZone, ...]:
    """Every zone of a GeoJSON file, invalid ones repaired, empty ones left out."""
    features = json.loads(path.read_text())["features"]
    return tuple(
        LabelledZone(
            f"{feature['properties'].get('name', '')}#{position}",
            read_zone(feature["geometry"]),
        )
        for position, feature in enumerate(features)
        if feature["geometry"]["coordinates"]
    )


def zones_on(grid: Grid, zones: Sequence[LabelledZone]) -> list[LabelledZone]:
    """The zones that meet the grid's box in longitude and latitude."""
    box = shapely.box(*geographic_bounds(grid))
    shapes = np.array([each.zone.geometry for each in zones], dtype=object)
    met = shapely.intersects(shapes, box)
    return [each for each, is_met in zip(zones, met, strict=True) if is_met]


def open_classes(path: Path) -> Layer:
    """The layer of a file whose values are classes, named by their value."""
    bands = tuple(map(as_classes, open_cog(str(path), "test").bands))
    return open_layer(FileSpec(str(path), "test", tuple(map(state_band, bands))))


def project_outlines(
    zones: Sequence[LabelledZone], grid: Grid
) -> list[shapely.MultiPolygon]:
    """The zones in the grid's CRS, as the engine bends them; empty off the grid."""
    segments = projecting.project_outlines([each.zone for each in zones], grid)
    return _join(segments, len(zones))


def _join(segments: Segments, zones: int) -> list[shapely.MultiPolygon]:
    """Polygons of segments, which halving has left in no order."""
    order = np.argsort(segments.ring, kind="stable")
    rings = len(segments.zone_of_ring)
    first = np.searchsorted(segments.ring[order], np.arange(rings + 1))
    parts: list[list[tuple[Floats, list[Floats]]]] = [[] for _ in range(zones)]
    for ring in range(rings):
        mine = order[first[ring] : first[ring + 1]]
        points = _chain(segments.start[mine], segments.end[mine])
        owner = parts[segments.zone_of_ring[ring]]
        if segments.is_hole[ring]:
            owner[-1][1].append(points)
        else:
            owner.append((points, []))
    return [
        shapely.MultiPolygon([shapely.Polygon(*rings) for rings in part])
        for part in parts
    ]


def _chain(start: Floats, end: Floats) -> Floats:
    """The points of one ring, in order."""
    moves = (start != end).any(axis=1)
    start, end = start[moves], end[moves]
    following = dict(
        zip(map(tuple, start.tolist()), map(tuple, end.tolist()), strict=True)
    )
    assert len(following) == len(start), "A ring passes a point twice"
    point = first = next(iter(following))
    ring = [point]
    while (point := following[point]) != first:
        ring.append(point)
    assert len(ring) == len(following), "A ring is in pieces"
    return np.array(ring)


def ask_exactextract(
    path: Path, outlines: Sequence[shapely.MultiPolygon], figures: Sequence[str]
) -> list[list[dict[str, object]]]:
    """For each outline and band, exactextract's figures under its own names."""
    features = [feature(from_shape(outline)) for outline in outlines]
    with rasterio.open(path) as file:
        bands = file.count
    answers = exactextract.exact_extract(str(path), features, list(figures))
    return [
        [
            {
                name: answer["properties"][name if bands == 1 else f"band_{n}_{name}"]
                for name in figures
            }
            for n in range(1, bands + 1)
        ]
        for answer in answers
    ]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A window of one band, and the share of each cell that an outline covers."""

    window: RasterioWindow
    values: Floats
    valid: NDArray[np.bool_]
    shares: Floats

    def figures(self) -> dict[str, float]:
        """Figures under our names, exactly rounded; at least one cell is valid."""
        used = self.valid & (self.shares > 0)
        values, shares = self.values[used], self.shares[used]
        count = math.fsum(shares)
        total = math.fsum(shares * values)
        mean = total / count
        squares = math.fsum(shares * np.square(values - mean))
        return {
            "count": count,
            "sum": total,
            "mean": mean,
            "std": math.sqrt(squares / count),
            "min": float(values.min()),
            "max": float(values.max()),
            "unique": len(np.unique(values)),
        }


def overlay_cells(path: Path, outline: shapely.MultiPolygon) -> Cells:
    """The cells around an outline, by GEOS' overlay in float64, box by box."""
    with warnings.catch_warnings(), rasterio.open(path) as file:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        shape = to_pixels(outline, file.transform)
        left, top, right, bottom = shapely.bounds(shape)
        col, row = max(math.floor(left), 0), max(math.floor(top), 0)
        width = min(math.ceil(right), file.width) - col
        height = min(math.ceil(bottom), file.height) - row
        window = RasterioWindow(col, row, width, height)
        values = file.read(1, window=window).astype(np.float64)
        valid = (file.read_masks(1, window=window) > 0) & np.isfinite(values)
    rows, cols = np.mgrid[row : row + height, col : col + width]
    boxes = shapely.box(cols, rows, cols + 1, rows + 1)
    shapely.prepare(shape)
    shares = shapely.contains(shape, boxes).astype(np.float64)
    open_cells = shares == 0
    shares[open_cells] = shapely.area(shapely.intersection(boxes[open_cells], shape))
    return Cells(window, values, valid, shares)


def exactextract_shares(
    path: Path, outline: shapely.MultiPolygon, window: RasterioWindow
) -> Floats:
    """The share of each cell of a window by exactextract's account."""
    names = ["cell_id", "coverage"]
    ((peer, *_),) = ask_exactextract(path, [outline], names)
    with rasterio.open(path) as file:
        rows, cols = np.divmod(np.asarray(peer["cell_id"]), file.width)
    # It may list cells beyond the last one that is covered.
    around = np.zeros((window.height + 2, window.width + 2))
    around[rows - window.row_off + 1, cols - window.col_off + 1] = peer["coverage"]
    return around


def to_pixels(
    outline: shapely.MultiPolygon, transform: rasterio.Affine
) -> shapely.MultiPolygon:
    """An outline in pixel coordinates (col, row)."""
    inverse = ~transform
    moved: shapely.MultiPolygon = shapely.transform(
        outline,
        lambda points: np.stack(inverse @ (points[:, 0], points[:, 1]), axis=1),
    )
    return moved
