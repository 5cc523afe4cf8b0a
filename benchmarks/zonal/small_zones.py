"""Zones of few cells: buildings and fields, as closed rings in metres."""

from __future__ import annotations

import numpy as np

from benchmarks.zonal.rasters import RESOLUTION

SEED = 20_262

# Buildings: rectangles, turned anyhow, in any order all over a county.
_BUILDINGS = 20_000
_LENGTH, _WIDTH = 1.5 * RESOLUTION, 1.0 * RESOLUTION
_COUNTY = 2_048 * RESOLUTION

# Fields: rough rings, side by side in rows, in any order.
_FIELDS = 10_000
_VERTICES = 10
_ROUGH = 0.8, 1.2

# From field to field, in widths of a square field: their outlines hardly touch.
_PITCH = 1.35


def buildings(centre: np.ndarray) -> list[np.ndarray]:
    """Rings (5, 2) of 1.5 cells."""
    random = np.random.default_rng(SEED)
    angle = random.uniform(0, np.pi, (_BUILDINGS, 1))
    corner = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) / 2
    along, across = (corner * (_LENGTH, _WIDTH)).T
    x = along * np.cos(angle) - across * np.sin(angle)
    y = along * np.sin(angle) + across * np.cos(angle)
    place = centre + random.uniform(-_COUNTY / 2, _COUNTY / 2, (_BUILDINGS, 2))
    return list(np.stack([x, y], axis=-1) + place[:, np.newaxis])


def fields(centre: np.ndarray, cells: int) -> list[np.ndarray]:
    """Rings (11, 2) of so many cells each, on average."""
    random = np.random.default_rng(SEED + cells)
    angle = np.arange(_VERTICES + 1) * 2 * np.pi / _VERTICES
    distance = random.uniform(*_ROUGH, (_FIELDS, _VERTICES))
    distance = np.concatenate([distance, distance[:, :1]], axis=1)
    ring = distance[..., np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], -1)
    # Of a polygon of ten corners, at a mean distance of 1.
    area = _VERTICES / 2 * np.sin(2 * np.pi / _VERTICES)
    width = np.sqrt(cells) * RESOLUTION
    number = np.arange(_FIELDS)
    side = round(np.sqrt(_FIELDS))
    place = np.stack(np.divmod(number, side), axis=1) - (side - 1) / 2
    rings = centre + _PITCH * width * place[:, np.newaxis] + ring * width / area**0.5
    return list(rings[random.permutation(_FIELDS)])
