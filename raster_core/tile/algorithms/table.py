"""The table of all algorithms, and how to make one from a request's parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from raster_core.tile.algorithms.hillshade import Hillshade
from raster_core.tile.algorithms.protocol import parameters
from raster_core.tile.algorithms.slope import Slope
from raster_core.tile.algorithms.terrain import TERRAIN_RGB, TERRARIUM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raster_core.tile.algorithms.protocol import Algorithm

_ROWS: tuple[Algorithm, ...] = (
    Hillshade(),
    Slope(),
    TERRAIN_RGB,
    TERRARIUM,
)

ALGORITHMS: Mapping[str, Algorithm] = {row.name: row for row in _ROWS}
"""All algorithms by name, with the defaults of their parameters."""

ENCODINGS = tuple(row.encoding for row in _ROWS if row.encoding)
"""MapLibre's names of all encodings of heights."""

ALIASES = {
    alias: name
    for algorithm in _ROWS
    for name, known in parameters(algorithm).items()
    for alias in known.aliases
}
"""Titiler's names of parameters to ours."""


def make_algorithm(name: str, values: Mapping[str, float]) -> Algorithm:
    """Make the algorithm of a name, with some of its parameters set.

    Raises:
        ValueError: If the algorithm has no such parameter, or a value is out of range.
    """
    algorithm = ALGORITHMS[name]
    known = parameters(algorithm)
    for key, value in values.items():
        if key not in known or not known[key].low <= value <= known[key].high:
            raise ValueError(f"{key}={value}")
    return replace(algorithm, **values)
