"""What a request says about drawing: parameters of tiles, cut-outs, TileJSON, legends.

Nothing is opened here: a request is refused, or answered from a cache, before any
raster is touched.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handlers.caching import VERSION_PARAM
from handlers.colors import COLOR_PARAMS, find_colormap, read_colors
from handlers.layers import SOURCE_PARAMS, check_nodata, read_source
from handlers.schema import one_of, rule_of
from raster_core.expr import parse_expressions
from raster_core.layers.computed import computed_bands
from raster_core.raster import Resampling
from raster_core.source.dataset import RenderDefaults
from raster_core.tile.algorithms.layer import check_inputs
from raster_core.tile.algorithms.protocol import parameters
from raster_core.tile.algorithms.table import ALGORITHMS, ALIASES, make_algorithm
from raster_core.tile.colors.choice import RenderParams, choose_rendering

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from handlers.layers import Source
    from handlers.schema import Query
    from raster_core.bands import BandInfo
    from raster_core.source.dataset import Dataset
    from raster_core.tile.algorithms.protocol import Algorithm
    from raster_core.tile.colors.choice import RangeOf
    from raster_core.tile.colors.renderings import Rendering

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


def fill_in(drawing: Drawing, defaults: RenderDefaults) -> Drawing:
    """The drawing with the dataset's own rendering where the request is silent.

    Heights are taken bilinearly unless the request says otherwise: where tiles are
    finer than the raster, slopes between nearest pixels are terraces.
    """
    source, drawn = drawing.source, drawing.algorithm is None
    inputs = drawing.algorithm.inputs if drawing.algorithm else None
    if not source.bands and source.expression is None:
        source = replace(
            source,
            bands=defaults.bands[:inputs],
            expression=defaults.expression if drawn else None,
            nodata=defaults.nodata if source.nodata is None else source.nodata,
        )
    own = defaults.resampling if defaults.resampling in _KERNELS else "nearest"
    kernel = Resampling(own) if drawn else Resampling.BILINEAR
    return replace(drawing, source=source, resampling=drawing.resampling or kernel)


def describe_drawing(
    dataset: Dataset, drawing: Drawing, ranges: RangeOf
) -> tuple[tuple[BandInfo, ...], Rendering]:
    """The bands that are drawn and their colours, as the catalogue has it.

    Args:
        dataset: Of the catalogue; it is not opened.
        drawing: As ``fill_in`` returns it.
        ranges: What bands range over; asked for where nothing else says it.

    Raises:
        RequestError: The dataset has no such band, or the parameters do not go
            together.
    """
    bands = describe_bands(dataset, drawing)
    colors = find_colormap(dataset, drawing.colors)
    drawing = replace(drawing, colors=colors)
    return bands, _choose_colors(bands, dataset.rendering, drawing, ranges)


def check_drawing(dataset: Dataset, drawing: Drawing) -> None:
    """Refuse what ``describe_drawing`` refuses."""
    describe_drawing(dataset, drawing, lambda _: (0.0, 1.0))


def describe_bands(dataset: Dataset, drawing: Drawing) -> tuple[BandInfo, ...]:
    """The bands that are drawn; see ``describe_drawing``."""
    source = drawing.source
    check_nodata(dataset, source)
    if source.expression is not None:
        bands = _describe_expressions(dataset, source.expression)
    else:
        bands = tuple(dataset.band(band).assumed() for band in source.bands)
    if drawing.algorithm is None:
        return bands
    check_inputs(drawing.algorithm, bands)
    return drawing.algorithm.bands


def _describe_expressions(dataset: Dataset, text: str) -> tuple[BandInfo, ...]:
    dataset.expression_bands(text)  # refuses bands that the dataset lacks
    # Never bytes, which conditions are too: three of them would be drawn to 255.
    return computed_bands(parse_expressions(text), "float32")


def _choose_colors(
    bands: Sequence[BandInfo],
    defaults: RenderDefaults,
    drawing: Drawing,
    ranges: RangeOf,
) -> Rendering:
    if drawing.algorithm is not None:
        if drawing.algorithm.colors is not None:
            return drawing.algorithm.colors
        defaults = RenderDefaults(bands=())
    elif drawing.source.expression is not None:
        own = drawing.source.expression == defaults.expression
        indexes = tuple(band.index for band in bands)
        defaults = replace(defaults, bands=indexes) if own else RenderDefaults(bands=())
    return choose_rendering(bands, defaults, drawing.colors, ranges)


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
