"""The zones of the zonal suite: stars, in longitude and latitude and projected.

Both forms are made from the same vertices, by pyproj. An edge is straight in longitude
and latitude for Rasterlet and straight in metres for the others, which differ by less
than 0.01 pixels, as no edge is longer than 3 km; Rasterlet bends edges from 0.1 pixels
on, so that all sides have the same vertices.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

from benchmarks.shared.paths import BUILD
from benchmarks.zonal.rasters import CRS, HALF, RESOLUTION, SIDE, TRANSFORM
from benchmarks.zonal.small_zones import buildings, fields
from testing.geojson import collection, feature, polygon

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

SEED = 20_191

# Pixels of the large zone, and of one of half its width.
_LARGE = 77_000_000
_QUARTER = _LARGE / 4
_MIDDLING = 11_500_000

# The many: radii in metres, from hamlet to county. Of each size about as many on a
# logarithmic scale; the power makes a few more large ones, for 92 million pixels.
_COUNT = 500
_RADII = 300.0, 20_000.0
_POWER = 0.89

_LARGE_VERTICES, _SMALL_VERTICES = 2_000, 100

# How far a zone stays from the raster's edge, in metres.
_MARGIN = 3_000.0


@dataclass(frozen=True, slots=True)
class ZoneSet:
    """Files that hold the same zones."""

    name: str
    count: int
    vertices: int
    """Vertices of all zones, without the closing ones."""
    pixels: float
    """Sum of the areas."""
    degrees: Path
    """GeoJSON in longitude and latitude."""
    projected: Path
    """GeoJSON in the raster's CRS."""


def build_zones() -> dict[str, ZoneSet]:
    """Write the sets: by name, those of the smaller rasters with their side."""
    large = _star(np.random.default_rng(SEED), _LARGE_VERTICES)
    sets = {
        "large": [_place(large, _centre(SIDE), _radius(_LARGE), SIDE)],
        "quarter": [_place(large, _centre(SIDE), _radius(_QUARTER), SIDE)],
        "many": _many(np.random.default_rng(SEED + 1), SIDE),
        f"large, {HALF}": [_place(large, _centre(HALF), _radius(_QUARTER), HALF)],
        f"many, {HALF}": _many(np.random.default_rng(SEED + 1), HALF),
        "buildings": buildings(_centre(SIDE)),
        "fields, 150": fields(_centre(SIDE), 150),
        "fields, 2400": fields(_centre(SIDE), 2400),
    }
    return {name: _write(name, rings) for name, rings in sets.items()}


def build_middling() -> ZoneSet:
    """Write the set ``middling``: a zone that touches 61 blocks of 512 pixels."""
    large = _star(np.random.default_rng(SEED), _LARGE_VERTICES)
    return _write("middling", [_place(large, _centre(SIDE), _radius(_MIDDLING), SIDE)])


def _star(random: np.random.Generator, vertices: int) -> NDArray[np.float64]:
    """A closed ring (n + 1, 2) about the origin, of area pi: rough like a coast.

    The distance from the centre is a sum of waves, the shorter the lower, so that the
    ring cannot cross itself.
    """
    angle = np.arange(vertices) * (2 * math.pi / vertices)
    wave = np.arange(2, vertices // 4)[:, np.newaxis]
    phase = random.uniform(0, 2 * math.pi, wave.shape)
    relief = np.sum(np.cos(wave * angle + phase) / wave**1.5, axis=0)
    distance = np.exp(0.35 * relief)
    ring = distance[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ring = np.concatenate([ring, ring[:1]])
    return ring * math.sqrt(math.pi / _area(ring))


def _area(ring: NDArray[np.float64]) -> float:
    x, y = ring.T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


def _centre(side: int) -> NDArray[np.float64]:
    return np.array(TRANSFORM @ (side / 2, side / 2))


def _radius(pixels: float) -> float:
    """Metres, of a disc of so many pixels."""
    return RESOLUTION * math.sqrt(pixels / math.pi)


def _place(
    star: NDArray[np.float64], centre: NDArray[np.float64], radius: float, side: int
) -> NDArray[np.float64]:
    """The star with the area of a disc, in metres."""
    ring = centre + star * radius
    reach = side * RESOLUTION / 2 - _MARGIN
    assert np.abs(ring - _centre(side)).max() < reach, "A zone leaves the raster"
    return ring


def _many(random: np.random.Generator, side: int) -> list[NDArray[np.float64]]:
    """Stars of all sizes in any order, everywhere on the raster; they overlap.

    On a smaller raster they are smaller.
    """
    share = np.linspace(0, 1, _COUNT) ** _POWER
    radii = _RADII[0] * (_RADII[1] / _RADII[0]) ** share * (side / SIDE)
    rings = []
    for radius in random.permutation(radii):
        star = _star(random, _SMALL_VERTICES)
        reach = side * RESOLUTION / 2 - _MARGIN - radius * np.abs(star).max()
        centre = _centre(side) + random.uniform(-reach, reach, 2)
        rings.append(_place(star, centre, radius, side))
    return rings


def _write(name: str, rings: Sequence[NDArray[np.float64]]) -> ZoneSet:
    to_degrees = Transformer.from_crs(CRS, "OGC:CRS84", always_xy=True)
    degrees = [np.stack(to_degrees.transform(*ring.T), axis=1) for ring in rings]
    to_metres = Transformer.from_crs("OGC:CRS84", CRS, always_xy=True)
    metres = [np.stack(to_metres.transform(*ring.T), axis=1) for ring in degrees]
    stem = name.replace(", ", "_")
    return ZoneSet(
        name,
        len(rings),
        sum(len(ring) - 1 for ring in rings),
        sum(_area(ring) for ring in rings) / RESOLUTION**2,
        _write_geojson(BUILD / f"zonal_{stem}_degrees.geojson", degrees),
        _write_geojson(BUILD / f"zonal_{stem}_projected.geojson", metres),
    )


def _write_geojson(path: Path, rings: Sequence[NDArray[np.float64]]) -> Path:
    features = [
        feature(polygon(ring.tolist()), id=number, properties={})
        for number, ring in enumerate(rings)
    ]
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    unfinished.write_text(json.dumps(collection(*features)))
    unfinished.rename(path)
    return path
