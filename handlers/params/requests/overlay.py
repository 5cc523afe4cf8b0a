"""The overlay that a request defines, and whose pixels it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.params.lists.overlay import GRID, OVERLAY
from handlers.params.parsers import Choice

if TYPE_CHECKING:
    from handlers.params.query import Query
    from raster_core.catalogue.definition import OverlayDefinition


def read_definition(query: Query) -> OverlayDefinition | None:
    """The parameter ``overlay``; None if it is missing or faulty."""
    return query.get(OVERLAY)


def read_base(query: Query, definition: OverlayDefinition | None) -> int:
    """The index of the layer whose pixels are counted; the parameter ``grid``."""
    if definition is None:
        return 0
    positions: dict[str, int] = {}
    for position, layer in enumerate(definition.layers):
        positions.setdefault(layer.dataset, position)
    return query.get(GRID.parsed_by(Choice(positions))) or 0
