"""The parameters of an algorithm, as a JSON object of numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from handlers.params.parsers import Rule
from raster_core.tile.algorithms.table import (
    make_algorithm,
    parameters_rule,
    read_values,
)

if TYPE_CHECKING:
    from raster_core.tile.algorithms.protocol import Algorithm


def algorithm_rule(name: str) -> Rule[Algorithm]:
    """A parser of an algorithm's parameters, which makes the algorithm."""

    def parse(text: str) -> Algorithm:
        try:
            values = json.loads(text, object_pairs_hook=read_values)
        except RecursionError as error:
            raise ValueError(text) from error
        if not isinstance(values, dict):
            raise ValueError(text)  # noqa: TRY004  as a fault of the request
        return make_algorithm(name, values)

    limits = parameters_rule(name)
    rule = f"a JSON object of {limits}" if limits else "an empty JSON object"
    return Rule(parse, rule, {"type": "string"})
