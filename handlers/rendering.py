"""What a request says about drawing: parameters of tiles, cut-outs, TileJSON, legends.

Nothing is opened here: a request is refused, or answered from a cache, before any
raster is touched.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.colors import COLOR_PARAMS, read_colors
from handlers.layers import SOURCE_PARAMS, read_source
from handlers.schema import one_of, rule_of
from handlers.versions import VERSION_PARAM
from raster_core.raster import Resampling
from raster_core.tile.algorithms.protocol import parameters
from raster_core.tile.algorithms.table import ALGORITHMS, ALIASES, make_algorithm

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.layers import Source
    from handlers.schema import Query
    from raster_core.tile.algorithms.protocol import Algorithm
    from raster_core.tile.colors.choice import RenderParams

RENDER_PARAMS = (
    *SOURCE_PARAMS,
    "rescale",
    "colormap_name",
    "colormap",
    "color_formula",
    "resampling",
    "algorithm",
    "algorithm_params",
)

_VERSION = re.compile(r"[\w.-]{1,64}", re.ASCII)

_KERNELS = tuple(Resampling)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a request says about drawing; made by ``read_drawing``."""

    source: Source
    colors: RenderParams
    resampling: Resampling | None = None
    algorithm: Algorithm | None = None


def read_drawing(query: Query) -> Drawing:
    """The rendering parameters, ``RENDER_PARAMS``."""
    # Has no say in the drawing, but what is stuck to it by a second "?" might have.
    query.value(VERSION_PARAM, _read_version, "the version that a document names")
    source = read_source(query)
    colors = read_colors(query, source.bands)
    kernel = query.value("resampling", one_of(_KERNELS), rule_of(_KERNELS))
    return Drawing(
        source, colors, Resampling(kernel) if kernel else None, _read_algorithm(query)
    )


def _read_version(text: str) -> str:
    if not _VERSION.fullmatch(text):
        raise ValueError(text)
    return text


def _read_algorithm(query: Query) -> Algorithm | None:
    """The algorithm with its parameters; what contradicts it is a fault."""
    names = tuple(ALGORITHMS)
    given = {key for key, _ in query.pairs}
    name = query.value("algorithm", one_of(names), rule_of(names))
    if name is None:
        if "algorithm_params" in given and "algorithm" not in given:
            query.faults.append(
                ("algorithm_params", "algorithm_params needs algorithm")
            )
        return None
    algorithm = query.value(
        "algorithm_params", _algorithm_parser(name), _algorithm_rule(name)
    )
    if ALGORITHMS[name].colors is not None:
        query.refuse(COLOR_PARAMS, f"with algorithm {name}, whose colours are fixed")
    if ALGORITHMS[name].fills_gaps:
        query.refuse(("empty",), f"with algorithm {name}, whose tiles are never empty")
    return algorithm or make_algorithm(name, {})


def _algorithm_parser(name: str) -> Callable[[str], Algorithm]:
    """A parser of a JSON object of an algorithm's parameters."""

    def parse(text: str) -> Algorithm:
        try:
            values = json.loads(text, object_pairs_hook=_unique)
        except RecursionError as error:
            raise ValueError(text) from error
        if not isinstance(values, dict):
            raise ValueError(text)  # noqa: TRY004  as a fault of the request
        return make_algorithm(name, values)

    return parse


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


def _algorithm_rule(name: str) -> str:
    limits = [
        f"{key} ({known.low:g} to {known.high:g})"
        for key, known in parameters(ALGORITHMS[name]).items()
    ]
    return f"a JSON object of {', '.join(limits)}" if limits else "an empty JSON object"
