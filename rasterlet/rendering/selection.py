"""What is read of a raster, as keywords say it: bands, or an expression over them."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from dataclasses import replace
from numbers import Integral, Real

from raster_core.drawing.request import MAX_BANDS, Source
from raster_core.errors import ParameterError
from raster_core.expressions.parser import parse_expressions

type Bands = int | str | Iterable[int | str]
"""Numbers from 1 or names."""


def read_source(
    default: Source,
    *,
    bands: Bands | None = None,
    expression: str | None = None,
    nodata: float | None = None,
) -> Source:
    """What is read, with ``default`` where no keyword says it.

    Raises:
        ParameterError: If a value is of the wrong kind, or two exclude each other.
    """
    if bands is not None and expression is not None:
        why = "expression and bands exclude each other; give one of them"
        raise ParameterError("expression", why)
    value = default.nodata if nodata is None else _read_nodata(nodata)
    if bands is not None:
        return Source(_read_bands(bands), nodata=value)
    if expression is not None:
        return Source((), _read_expression(expression), value)
    return replace(default, nodata=value)


def _read_bands(bands: object) -> tuple[int | str, ...]:
    several = [bands] if isinstance(bands, str | Integral) else bands
    rule = "a band's number from 1 or its name, or several of them"
    if not isinstance(several, Iterable):
        raise fault("bands", bands, rule)
    found: list[int | str] = []
    for band in several:
        if isinstance(band, str):
            found.append(band)
            continue
        number = read_whole(band)
        if number is None:
            raise fault("bands", bands, rule)
        found.append(number)
    if not found:
        raise ParameterError("bands", "bands is empty; leave it out for the default")
    if len(found) > MAX_BANDS:
        why = f"bands has {len(found)} bands, which exceeds {MAX_BANDS}"
        raise ParameterError("bands", why)
    return tuple(found)


def _read_expression(expression: object) -> str:
    if not isinstance(expression, str):
        raise fault("expression", expression, "text such as '(b2-b1)/(b2+b1)'")
    parse_expressions(expression)  # says what is wrong with it
    return expression


def _read_nodata(nodata: object) -> float:
    # Whole numbers stay exact, also beyond 2⁵³.
    value = read_number(nodata)
    if value is None or 1e308 < abs(value) < math.inf:
        raise fault("nodata", nodata, "a number, also nan or inf")
    return value


def read_number(value: object) -> float | None:
    """A number, also one of numpy, as Python has it; None if it is not a number."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    return operator.index(value) if isinstance(value, Integral) else float(value)


def read_whole(value: object) -> int | None:
    """A whole number, also one of numpy, as Python has it; None if it is not one."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        return None
    return operator.index(value)


def fault(name: str, value: object, rule: str) -> ParameterError:
    """What is wrong with a keyword: its name, its value and what it takes."""
    return ParameterError(name, f"{name} {repr(value)[:80]} is not {rule}")
