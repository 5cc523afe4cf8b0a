"""The colours of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.params.param import ListParam, Param
from handlers.params.parsers import NUMBER, Deferred, Rule, anything, one_of
from handlers.params.rescale import parse_rescale
from raster_core.catalogue.colormaps import NAME_PATTERN
from raster_core.tile.colors.entries import MAX_ENTRIES

if TYPE_CHECKING:
    from handlers.params.parsers import Parser
    from raster_core.documents import Json
    from raster_core.tile.colors.formula import Formula
    from raster_core.tile.colors.renderings import ClassColors, Intervals

NAME_RULE = "one of those that /colormaps lists"
"""Completes "'x' is not …": there are too many to name."""


def colormap_schema() -> Json:
    """Schema of the built-in names, and of any that a catalogue may add."""
    from raster_core.tile.colors.ramps import COLORMAP_NAMES  # noqa: PLC0415  decodes them

    own = anything(NAME_RULE, pattern=f"^{NAME_PATTERN.pattern}$")
    return {"anyOf": [one_of(COLORMAP_NAMES).schema, own.schema]}


@Deferred
def _colormap_name() -> Parser[str]:
    from handlers.catalogue.store import load_catalogue  # noqa: PLC0415  needs much
    from raster_core.tile.colors.ramps import COLORMAP_NAMES  # noqa: PLC0415

    def parse(text: str) -> str:
        """A name that some dataset knows, if not all do."""
        if text not in COLORMAP_NAMES and not load_catalogue().names_colormap(text):
            raise ValueError(text)
        return text

    return Rule(parse, NAME_RULE, colormap_schema())


@Deferred
def _colormap() -> Parser[ClassColors | Intervals]:
    from raster_core.tile.colors.colormap import parse_colormap  # noqa: PLC0415

    schema = {"type": "string", "examples": ['{"1": "#ff0000"}']}
    return Rule(parse_colormap, "JSON", schema)


@Deferred
def _formula() -> Parser[Formula]:
    from raster_core.tile.colors.formula import parse_formula  # noqa: PLC0415

    return Rule(parse_formula, "a colour formula", {"type": "string"})


RESCALE = ListParam(
    "rescale",
    Rule(
        parse_rescale,
        "of the form min,max with min < max, or auto",
        {"type": "string", "pattern": f"^(auto|{NUMBER},{NUMBER})$"},
    ),
    "`min,max`: the physical values of the first and the last colour, once for all "
    "bands or once for each. `auto` is the 2nd to the 98th percentile of the dataset's "
    "own values. Neither it nor a colormap can be combined with `npy` or `tif`.",
    commas=False,
    example=["900,3900"],
)

COLORMAP_NAME = Param(
    "colormap_name",
    _colormap_name,
    "A colormap by name; `/colormaps` lists them, including the catalogue's own.",
    default=None,
    example="viridis",
)

COLORMAP = Param(
    "colormap",
    _colormap,
    "A colormap as JSON: an object of colours by value, or an array of "
    f"`[[min, max], colour]`, with up to {MAX_ENTRIES} entries.",
    default=None,
)

COLOR_FORMULA = Param(
    "color_formula",
    _formula,
    "Adjusts brightness and colours after `rescale`: `gamma` and `sigmoidal` "
    "(contrast, bias) of any of R, G and B, `saturation` of all: "
    "`gamma RGB 1.8, saturation 1.2, sigmoidal RGB 5 0.35`.",
    default=None,
    example="gamma RGB 1.2",
)

COLORS = (RESCALE, COLORMAP_NAME, COLORMAP, COLOR_FORMULA)
"""Parameters that apply only where values are drawn in colours."""
