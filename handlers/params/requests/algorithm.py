"""The parameters of an algorithm, as a JSON object of numbers."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from handlers.params.parsers import Rule
from raster_core.tile.algorithms.protocol import parameters
from raster_core.tile.algorithms.table import ALGORITHMS, ALIASES, make_algorithm

if TYPE_CHECKING:
    from raster_core.tile.algorithms.protocol import Algorithm


def algorithm_rule(name: str) -> Rule[Algorithm]:
    """A parser of an algorithm's parameters, which makes the algorithm."""

    def parse(text: str) -> Algorithm:
        try:
            values = json.loads(text, object_pairs_hook=_unique)
        except RecursionError as error:
            raise ValueError(text) from error
        if not isinstance(values, dict):
            raise ValueError(text)  # noqa: TRY004  as a fault of the request
        return make_algorithm(name, values)

    limits = [
        f"{key} ({known.low:g} to {known.high:g})"
        for key, known in parameters(ALGORITHMS[name]).items()
    ]
    rule = f"a JSON object of {', '.join(limits)}" if limits else "an empty JSON object"
    return Rule(parse, rule, {"type": "string"})


def _unique(pairs: list[tuple[str, object]]) -> dict[str, float]:
    """A JSON object of numbers, each of which stands once."""
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
