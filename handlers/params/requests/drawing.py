"""How a request wants a dataset to be drawn; nothing is opened to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.params.lists.colors import (
    COLOR_FORMULA,
    COLORMAP,
    COLORMAP_NAME,
    COLORS,
    RESCALE,
)
from handlers.params.lists.rendering import (
    ALGORITHM,
    ALGORITHM_PARAMS,
    RESAMPLING,
    VERSION,
)
from handlers.params.lists.tiles import EMPTY
from handlers.params.requests.source import read_source
from raster_core.drawing.request import Drawing
from raster_core.tile.colors.choice import RenderParams

if TYPE_CHECKING:
    from handlers.params.query import Query
    from raster_core.tile.algorithms.protocol import Algorithm


def read_drawing(query: Query) -> Drawing:
    """The parameters ``lists.rendering.RENDERING``."""
    # Does not change the drawing, but what follows a second "?" in it was meant to.
    query.get(VERSION)
    source = read_source(query)
    return Drawing(
        source, _read_colors(query), query.get(RESAMPLING), _read_algorithm(query)
    )


def _read_colors(query: Query) -> RenderParams:
    """The parameters ``lists.colors.COLORS``."""
    ranges = query.get(RESCALE)  # each value has one range, or those of all bands
    return RenderParams(
        rescale=tuple(ends for every in ranges for ends in every),
        colormap_name=query.get(COLORMAP_NAME),
        colormap=query.get(COLORMAP),
        formula=query.get(COLOR_FORMULA),
    )


def _read_algorithm(query: Query) -> Algorithm | None:
    """The algorithm with its parameters; refuses what contradicts it."""
    name = query.get(ALGORITHM)
    if name is None:
        if query.has(ALGORITHM_PARAMS) and not query.has(ALGORITHM):
            why = "algorithm_params needs algorithm"
            query.faults.append((ALGORITHM_PARAMS.name, why))
        return None
    # Most requests name none, and start without all of them.
    from handlers.params.requests.algorithm import algorithm_rule  # noqa: PLC0415
    from raster_core.tile.algorithms.table import ALGORITHMS  # noqa: PLC0415

    algorithm = query.get(ALGORITHM_PARAMS.parsed_by(algorithm_rule(name)))
    if ALGORITHMS[name].colors is not None:
        why = f"cannot be combined with {name}, whose colours are fixed"
        query.refuse_unused(COLORS, why)
    if ALGORITHMS[name].fills_gaps:
        why = f"cannot be combined with {name}, whose tiles are never empty"
        query.refuse_unused((EMPTY,), why)
    return algorithm or ALGORITHMS[name]
