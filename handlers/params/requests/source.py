"""What a request reads: bands of a dataset, or an expression over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.params.lists.source import BIDX, EXPRESSION, NODATA
from raster_core.drawing.request import Source

if TYPE_CHECKING:
    from handlers.params.query import Query


def read_source(query: Query) -> Source:
    """The parameters ``lists.source.SOURCE``."""
    source = Source(query.get(BIDX), query.get(EXPRESSION), query.get(NODATA))
    if query.has(EXPRESSION) and query.has(BIDX):
        why = "expression and bidx exclude each other; give one of them"
        query.faults.append((EXPRESSION.name, why))
    return source
