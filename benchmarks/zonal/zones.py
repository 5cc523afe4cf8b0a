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
from benchmarks.zonal.rasters import CRS, RESOLUTION, SIDE, TRANSFORM
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
    """Write the sets ``large``, ``quarter`` and ``many``."""
    large = _star(np.random.default_rng(SEED), _LARGE_VERTICES)
    sets = {
        "large": [_place(large, _CENTRE, _radius(_LARGE))],
        "quarter": [_place(large, _CENTRE, _radius(_QUARTER))],
        "many": _many(np.random.default_rng(SEED + 1)),
    }
    return {name: _write(name, rings) for name, rings in sets.items()}


def build_middling() -> ZoneSet:
    """Write the set ``middling``: a zone that touches 61 blocks of 512 pixels."""
    large = _star(np.random.default_rng(SEED), _LARGE_VERTICES)
    return _write("middling", [_place(large, _CENTRE, _radius(_MIDDLING))])


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


_CENTRE = np.array(TRANSFORM @ (SIDE / 2, SIDE / 2))


def _radius(pixels: float) -> float:
    """Metres, of a disc of so many pixels."""
    return RESOLUTION * math.sqrt(pixels / math.pi)


def _place(
    star: NDArray[np.float64], centre: NDArray[np.float64], radius: float
) -> NDArray[np.float64]:
    """The star with the area of a disc, in metres."""
    ring = centre + star * radius
    reach = SIDE * RESOLUTION / 2 - _MARGIN
    assert np.abs(ring - _CENTRE).max() < reach, "A zone leaves the raster"
    return ring


def _many(random: np.random.Generator) -> list[NDArray[np.float64]]:
    """Stars of all sizes in any order, everywhere on the raster; they overlap."""
    share = np.linspace(0, 1, _COUNT) ** _POWER
    radii = _RADII[0] * (_RADII[1] / _RADII[0]) ** share
    rings = []
    for radius in random.permutation(radii):
        star = _star(random, _SMALL_VERTICES)
        reach = SIDE * RESOLUTION / 2 - _MARGIN - radius * np.abs(star).max()
        centre = _CENTRE + random.uniform(-reach, reach, 2)
        rings.append(_place(star, centre, radius))
    return rings


def _write(name: str, rings: Sequence[NDArray[np.float64]]) -> ZoneSet:
    to_degrees = Transformer.from_crs(CRS, "OGC:CRS84", always_xy=True)
    degrees = [np.stack(to_degrees.transform(*ring.T), axis=1) for ring in rings]
    to_metres = Transformer.from_crs("OGC:CRS84", CRS, always_xy=True)
    metres = [np.stack(to_metres.transform(*ring.T), axis=1) for ring in degrees]
    return ZoneSet(
        name,
        len(rings),
        sum(len(ring) - 1 for ring in rings),
        sum(_area(ring) for ring in rings) / RESOLUTION**2,
        _write_geojson(BUILD / f"zonal_{name}_degrees.geojson", degrees),
        _write_geojson(BUILD / f"zonal_{name}_projected.geojson", metres),
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
