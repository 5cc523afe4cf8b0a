"""The table of all algorithms, and how to make one from a request's parameters."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from raster_core.tile.algorithms.hillshade import Hillshade
from raster_core.tile.algorithms.protocol import parameters
from raster_core.tile.algorithms.slope import Slope
from raster_core.tile.algorithms.terrain import TERRAIN_RGB, TERRARIUM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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


def parameters_rule(name: str) -> str:
    """The limits of an algorithm's parameters, such as ``azimuth (0 to 360)``.

    Empty if it has none.
    """
    return ", ".join(
        f"{key} ({known.low:g} to {known.high:g})"
        for key, known in parameters(ALGORITHMS[name]).items()
    )


def read_values(pairs: Iterable[tuple[str, object]]) -> dict[str, float]:
    """Values of parameters by our names, each of which is given once.

    Raises:
        ValueError: If a name stands twice, or a value is not a number or infinite.
    """
    values: dict[str, float] = {}
    for key, value in pairs:
        known = ALIASES.get(key, key)
        if known in values or isinstance(value, bool):
            raise ValueError(key)
        # Beyond a float's range, float() itself would fail.
        if not isinstance(value, int | float) or abs(value) > sys.float_info.max:
            raise ValueError(key)
        values[known] = float(value)
    return values


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
