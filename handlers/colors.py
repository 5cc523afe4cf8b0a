"""What a request says about colours: ranges, colour maps, formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.params.rescale import parse_rescale
from handlers.store import load_catalogue
from raster_core.errors import RequestError
from raster_core.tile.colors.choice import RenderParams
from raster_core.tile.colors.colormap import parse_colormap
from raster_core.tile.formula import parse_formula
from raster_core.tile.ramps import COLORMAP_NAMES

if TYPE_CHECKING:
    from handlers.schema import Query
    from raster_core.tile.colors.renderings import ClassColors, Intervals, Range
    from raster_core.tile.formula import Formula

COLOR_PARAMS = ("rescale", "colormap_name", "colormap", "color_formula")
"""Those that only pixels with colours have a use for."""

# There are too many to name.
_NAME_RULE = "one of those that /colormaps lists"


def read_colors(query: Query, bands: tuple[int | str, ...]) -> RenderParams:
    """The parameters ``COLOR_PARAMS``.

    Args:
        query: Gathers what is wrong with them.
        bands: That the request names.
    """
    return RenderParams(
        bands=bands,
        rescale=_read_rescale(query),
        colormap_name=query.value("colormap_name", _colormap_name, _NAME_RULE),
        colormap=_read_colormap(query),
        formula=_read_formula(query),
    )


def _read_rescale(query: Query) -> tuple[Range | None, ...]:
    """The ranges; each parameter may hold one, or those of all bands."""
    given = query.values(
        "rescale", parse_rescale, "of the form min,max with min < max, or auto"
    )
    return tuple(ends for every in given for ends in every)


def _read_formula(query: Query) -> Formula | None:
    text = query.value("color_formula", str, "a colour formula")
    if text is None:
        return None
    try:
        return parse_formula(text)
    except RequestError as error:
        query.faults.append(("color_formula", str(error)))
        return None


def _colormap_name(text: str) -> str:
    """A name that some dataset knows, if not all do."""
    if text not in COLORMAP_NAMES and not load_catalogue().names_colormap(text):
        raise ValueError(text)
    return text


def _read_colormap(query: Query) -> ClassColors | Intervals | None:
    text = query.value("colormap", str, "JSON")
    if text is None:
        return None
    try:
        return parse_colormap(text)
    except RequestError as error:
        query.faults.append(("colormap", str(error)))
        return None
