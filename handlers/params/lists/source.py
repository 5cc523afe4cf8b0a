"""What is read: bands, or an expression over them."""

from __future__ import annotations

import re

from handlers.params.param import ListParam, Param
from handlers.params.parsers import Rule, integer, stored_value
from raster_core.drawing.request import MAX_BANDS
from raster_core.expressions.parser import (
    MAX_EXPRESSIONS,
    MAX_LENGTH,
    parse_expressions,
)

_number = integer(1, 65535)

# Anything but a number, also a mistyped one: ``8A``, but not ``1.5``.
_NAME = re.compile(r"(?![-+]*[.\d]+([eE][-+]?\d+)?$).{1,100}")


def _parse_band(text: str) -> int | str:
    return text if _NAME.fullmatch(text) else _number(text)


def _parse_expression(text: str) -> str:
    parse_expressions(text)  # says what is wrong with it
    return text


band = Rule(
    _parse_band,
    "a band number from 1 or a band's name",
    {"anyOf": [_number.schema, {"type": "string"}]},
)
"""A band's number or its name."""

_expression = Rule(
    _parse_expression,
    "an expression",
    {"type": "string", "examples": ["(b1-b2)/(b1+b2)"], "maxLength": MAX_LENGTH},
)

BIDX = ListParam(
    "bidx",
    band,
    "Bands by number, from 1, or by name; commas may separate them.",
    most=MAX_BANDS,
    example=[1],
)

EXPRESSION = Param(
    "expression",
    _expression,
    f"Arithmetic on bands in place of `bidx`; up to {MAX_EXPRESSIONS} expressions, "
    "separated by `;`.",
    default=None,
)

NODATA = Param(
    "nodata",
    stored_value,
    "Stored value that counts as no data, in place of the dataset's; with `nan`, only "
    "NaN and infinities do.",
    default=None,
)

SOURCE = (BIDX, EXPRESSION, NODATA)
