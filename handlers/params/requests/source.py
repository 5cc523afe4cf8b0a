"""What a request reads: bands of a dataset, or an expression over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.params.lists.source import BIDX, EXPRESSION, NODATA

if TYPE_CHECKING:
    from handlers.params.query import Query


@dataclass(frozen=True, slots=True)
class Source:
    """What a request says about where its pixels come from."""

    bands: tuple[int | str, ...] = ()
    """Numbers from 1 or names; empty where the request is silent."""
    expression: str | None = None
    nodata: float | None = None
    """Stored value that counts as no data, in place of the dataset's."""


def read_source(query: Query) -> Source:
    """The parameters ``lists.source.SOURCE``."""
    source = Source(query.get(BIDX), query.get(EXPRESSION), query.get(NODATA))
    if query.has(EXPRESSION) and query.has(BIDX):
        why = "expression and bidx exclude each other; give one of them"
        query.faults.append((EXPRESSION.name, why))
    return source
