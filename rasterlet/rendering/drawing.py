"""What is drawn of a raster and how, as keywords say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from raster_core.drawing.request import Drawing, Source
from raster_core.drawing.resolve import fill_in
from raster_core.errors import ParameterError
from raster_core.expressions.parser import parse_expressions
from raster_core.raster import Resampling
from raster_core.tile.algorithms.table import (
    ALGORITHMS,
    make_algorithm,
    parameters_rule,
    read_values,
)
from rasterlet.rendering.colors import read_colors
from rasterlet.rendering.keywords import COLORS, Rendering, check_names
from rasterlet.rendering.selection import fault, read_number, read_source

if TYPE_CHECKING:
    from raster_core.catalogue.dataset import Dataset
    from raster_core.tile.algorithms.protocol import Algorithm


class Subject(Protocol):
    """What is drawn: a ``Raster``."""

    @property
    def dataset(self) -> Dataset:
        """What the catalogue, or the files themselves, say of it."""

    @property
    def source(self) -> Source:
        """What of it is drawn where no keyword says so."""


def read_drawing(
    subject: Subject, keywords: Rendering, values: str | None = None
) -> Drawing:
    """What is drawn and how, as keywords say it.

    Args:
        subject: What is drawn.
        keywords: Those of a method.
        values: The image's format if it holds values and no colours.

    Raises:
        TypeError: If a keyword does not exist.
        ParameterError: If a value is of the wrong kind, two exclude each other, or the
            number of bands cannot be drawn.
        RequestError: If an expression, a colormap or a formula is not valid.
    """
    check_names(keywords)
    dataset = subject.dataset
    source = read_source(
        subject.source,
        bands=keywords.get("bands"),
        expression=keywords.get("expression"),
        nodata=keywords.get("nodata"),
    )
    drawing = Drawing(
        source,
        read_colors(dataset, keywords),
        _read_resampling(keywords.get("resampling")),
        _read_algorithm(keywords),
    )
    if values:
        _refuse_colors(keywords, f"{values}, which holds values and no colours")
    if drawing.algorithm is not None and drawing.algorithm.colors is not None:
        _refuse_colors(keywords, f"{drawing.algorithm.name}, whose colours are fixed")
    _check_count(dataset, drawing, is_colored=values is None)
    return drawing


def _refuse_colors(keywords: Rendering, what: str) -> None:
    """Refuse colours that would have no effect with ``what``."""
    for name in COLORS:
        if keywords.get(name) is not None:
            raise ParameterError(name, f"{name} cannot be combined with {what}")


def _check_count(dataset: Dataset, drawing: Drawing, *, is_colored: bool) -> None:
    """Refuse numbers of bands in the words of the keywords."""
    source = fill_in(drawing, dataset).source
    keyword, count = "bands", len(source.bands)
    if source.expression is not None:
        keyword, count = "expression", len(parse_expressions(source.expression))
    algorithm, colors = drawing.algorithm, drawing.colors
    if algorithm is not None:
        if count != algorithm.inputs:
            why = f"{algorithm.name} takes {algorithm.wants}, not {count}"
            raise ParameterError(keyword, f"{why}; choose it with {keyword}")
    elif is_colored and count not in (1, 3):
        raise ParameterError(
            keyword,
            f"{count} bands cannot be drawn, only one, or three as red, green and "
            f"blue; choose them with {keyword}",
        )
    elif count == 3 and (colors.colormap or colors.colormap_name):
        why = "A colormap needs one band, not 3; choose it with"
        raise ParameterError(keyword, f"{why} {keyword}")


def _read_resampling(name: str | None) -> Resampling | None:
    kernels = [kernel.value for kernel in Resampling]
    if name is not None and name not in kernels:
        raise fault("resampling", name, f"one of {', '.join(kernels)}")
    return None if name is None else Resampling(name)


def _read_algorithm(keywords: Rendering) -> Algorithm | None:
    name, params = keywords.get("algorithm"), keywords.get("algorithm_params")
    if name is None:
        if params is not None:
            raise ParameterError("algorithm_params", "algorithm_params needs algorithm")
        return None
    if name not in tuple(ALGORITHMS):
        raise fault("algorithm", name, f"one of {', '.join(ALGORITHMS)}")
    limits = parameters_rule(name)
    rule = f"a mapping of {limits}" if limits else "an empty mapping"
    if params is None:
        return ALGORITHMS[name]
    if not isinstance(params, Mapping):
        raise fault("algorithm_params", params, rule)
    try:
        pairs = ((key, read_number(value)) for key, value in params.items())
        return make_algorithm(name, read_values(pairs))
    except ValueError as error:
        raise fault("algorithm_params", params, rule) from error
