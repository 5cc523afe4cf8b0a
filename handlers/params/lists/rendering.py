"""How a dataset is drawn."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

from handlers.params.lists.colors import COLORS
from handlers.params.lists.source import SOURCE
from handlers.params.param import Param
from handlers.params.parsers import Choice, Deferred, Rule, anything, one_of
from raster_core.raster import Resampling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.params.parsers import Parser
    from raster_core.tile.algorithms.protocol import Algorithm

_VERSION = "[A-Za-z0-9_.-]{1,64}"


@Deferred
def _algorithm() -> Parser[str]:
    # Statistics, which draw nothing, load none of them.
    from raster_core.tile.algorithms.table import ALGORITHMS  # noqa: PLC0415

    return one_of(tuple(ALGORITHMS))


def algorithm_parser(name: str) -> Rule[Algorithm]:
    """A parser of a JSON object of an algorithm's parameters."""
    from raster_core.tile.algorithms.protocol import parameters  # noqa: PLC0415
    from raster_core.tile.algorithms.table import (  # noqa: PLC0415
        ALGORITHMS,
        ALIASES,
        make_algorithm,
    )

    def parse(text: str) -> Algorithm:
        try:
            values = json.loads(
                text, object_pairs_hook=lambda pairs: _unique(pairs, ALIASES)
            )
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


def _unique(
    pairs: list[tuple[str, object]], aliases: Mapping[str, str]
) -> dict[str, float]:
    """A JSON object of numbers, each of which stands once."""
    values: dict[str, float] = {}
    for key, value in pairs:
        known = aliases.get(key, key)
        if known in values or isinstance(value, bool):
            raise ValueError(key)
        # Beyond a float's range, float() itself would fail.
        if not isinstance(value, int | float) or abs(value) > sys.float_info.max:
            raise ValueError(key)
        values[known] = float(value)
    return values


def _parse_version(text: str) -> str:
    if not re.fullmatch(_VERSION, text):
        raise ValueError(text)
    return text


RESAMPLING = Param(
    "resampling",
    Choice({kernel.value: kernel for kernel in Resampling}),
    "How pixels are taken where grids differ.",
    default=None,
)

ALGORITHM = Param("algorithm", _algorithm, "What to draw from heights.", default=None)

ALGORITHM_PARAMS = Param(
    "algorithm_params",
    anything("a JSON object of numbers", examples=['{"azimuth": 300}']),
    "Its parameters, as a JSON object of numbers.",
    default=None,
)

VERSION = Param(
    "v",
    Rule(
        _parse_version,
        "the version that a document names",
        {"type": "string", "pattern": f"^{_VERSION}$"},
    ),
    "The version that a document names in its addresses. Images of the current one "
    "may be kept forever; what they show is always the current one.",
    default=None,
)

RENDERING = (*SOURCE, *COLORS, RESAMPLING, ALGORITHM, ALGORITHM_PARAMS)

LEGEND = (*RENDERING, VERSION)
