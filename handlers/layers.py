"""What a request reads: bands of a dataset, or an expression over them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.schema import integer, stored_value
from raster_core.errors import RequestError
from raster_core.expressions.parser import parse_expressions

if TYPE_CHECKING:
    from handlers.schema import Query

SOURCE_PARAMS = ("bidx", "expression", "nodata")

# Bands of one request: of a part of 2048 x 2048 pixels, they take a gigabyte.
MAX_BANDS = 64

BAND_RULE = "a band number from 1 or a band's name"

# What is no number, not even one that is mistyped: ``8A``, but not ``1.5``.
_NAME = re.compile(r"(?![-+]*[.\d]+([eE][-+]?\d+)?$).{1,100}")


@dataclass(frozen=True, slots=True)
class Source:
    """What a request says about where its pixels come from."""

    bands: tuple[int | str, ...] = ()
    """Numbers from 1 or names; empty where the request is silent."""
    expression: str | None = None
    nodata: float | None = None
    """Stored value that counts as no data, in place of the dataset's."""


def read_source(query: Query) -> Source:
    """The parameters that choose what is read, ``SOURCE_PARAMS``."""
    bands = query.listed("bidx", parse_band, BAND_RULE)
    if len(bands) > MAX_BANDS:
        given = f"bidx has {len(bands)} bands, which exceeds {MAX_BANDS}"
        query.faults.append(("bidx", given))
    expression = query.value("expression", str, "an expression")
    if expression is not None:
        _check_expression(query, expression)
    nodata = query.value("nodata", stored_value, "a number, nan, inf or -inf")
    if expression is not None and any(name == "bidx" for name, _ in query.pairs):
        query.faults.append(
            ("expression", "expression and bidx exclude each other; give one of them")
        )
    return Source(bands, expression, nodata)


def _check_expression(query: Query, text: str) -> None:
    """Say what is wrong with an expression beside the request's other faults."""
    try:
        parse_expressions(text)
    except RequestError as error:
        query.faults.append(("expression", str(error)))


def parse_band(text: str) -> int | str:
    """A band's number or its name."""
    return text if _NAME.fullmatch(text) else integer(1, 65535)(text)
