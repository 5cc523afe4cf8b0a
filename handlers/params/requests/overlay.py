"""The overlay that a request defines, and whose pixels it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.params.lists.overlay import GRID, OVERLAY
from handlers.params.parsers import Choice

if TYPE_CHECKING:
    from handlers.params.query import Query
    from raster_core.catalogue.recipe import Recipe


def read_recipe(query: Query) -> Recipe | None:
    """The parameter ``overlay``; None if it is missing or faulty."""
    return query.get(OVERLAY)


def read_base(query: Query, recipe: Recipe | None) -> int:
    """The index of the layer whose pixels are counted; the parameter ``grid``."""
    if recipe is None:
        return 0
    positions: dict[str, int] = {}
    for position, layer in enumerate(recipe.layers):
        positions.setdefault(layer.dataset, position)
    return query.get(GRID.parsed_by(Choice(positions))) or 0
