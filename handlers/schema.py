"""Validation of what comes in: every fault of a request at once."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from handlers.encoding import GZIP_MAGIC, inflate
from handlers.settings import current_settings
from raster_core.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from handlers.powertools import APIGatewayProxyEventV2


_NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class InvalidError(RequestError):
    """Parameters that do not parse, are unknown or have no such value."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        are = "parameter is" if len(faults) == 1 else "parameters are"
        super().__init__(f"{len(faults)} {are} not valid")


class BodyTooLargeError(RequestError):
    """The request's body is over ``Settings.max_body``."""


class MediaTypeError(RequestError):
    """The request's body is not declared as JSON, or is coded as nobody reads it."""


@dataclass(slots=True, eq=False)
class Query:
    """A query string that is read parameter by parameter, gathering faults."""

    pairs: tuple[tuple[str, str], ...]
    faults: list[tuple[str, str]] = field(default_factory=list)

    def values[T](
        self, name: str, parse: Callable[[str], T], rule: str
    ) -> tuple[T, ...]:
        """Every value of a repeatable parameter; ``rule`` completes "'x' is not …"."""
        parsed = [self.parse(name, text, parse, rule) for text in self._raw(name)]
        return tuple(value for value in parsed if value is not None)

    def listed[T](
        self, name: str, parse: Callable[[str], T], rule: str
    ) -> tuple[T, ...]:
        """The same of a parameter whose values have no commas, which may part them."""
        parsed = [self.parse(name, part, parse, rule) for part in self.parts(name)]
        return tuple(value for value in parsed if value is not None)

    def parts(self, name: str) -> list[str]:
        """What ``listed`` parses."""
        lists = (without_brackets(text).split(",") for text in self._raw(name))
        return [part for parts in lists for part in parts]

    def value[T](self, name: str, parse: Callable[[str], T], rule: str) -> T | None:
        """The value of a parameter that may stand once; None without it."""
        if len(self._raw(name)) > 1:
            self.faults.append((name, f"{name} is given more than once"))
            return None
        return next(iter(self.values(name, parse, rule)), None)

    def parse[T](
        self, name: str, text: str, parse: Callable[[str], T], rule: str
    ) -> T | None:
        """A value that stands elsewhere, such as in the path; None if it is a fault."""
        try:
            return parse(text)
        except ValueError:
            self.faults.append((name, f"{name} '{text[:80]}' is not {rule}"))
            return None

    def refuse(self, names: Iterable[str], why: str) -> None:
        """Take those of some parameters that are given for faults.

        What would have no effect is refused, or the answer would pass for another one.

        Args:
            names: The parameters.
            why: Completes "x has no use …".
        """
        given = {key for key, _ in self.pairs}
        self.faults.extend(
            (name, f"{name} has no use {why}") for name in names if name in given
        )

    def check(self) -> None:
        """Refuse the request if it has any fault.

        Raises:
            InvalidError: With all of them.
        """
        if self.faults:
            raise InvalidError(self.faults)

    def _raw(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]


def read_query(event: APIGatewayProxyEventV2, known: Iterable[str]) -> Query:
    """The parameters of a request; a name that is not ``known`` is a fault.

    From the raw string: the event's own dictionary joins repeated parameters with
    commas, and ``rescale`` has commas of its own.
    """
    pairs = tuple(parse_qsl(event.raw_query_string or "", keep_blank_values=True))
    query = Query(pairs)
    check_names(query, known)
    return query


def check_names(query: Query, known: Iterable[str]) -> None:
    """Take every name that is not ``known`` for a fault."""
    names = sorted(known)
    for name in dict.fromkeys(key for key, _ in query.pairs):
        if name not in names:
            rule = f"is not one of {', '.join(names)}" if names else "has no use here"
            query.faults.append((name[:80], f"parameter '{name[:80]}' {rule}"))


def read_json_body(event: APIGatewayProxyEventV2) -> object:
    """The JSON value of the body, which may have come compressed.

    Raises:
        MediaTypeError: It is not declared as JSON, or has another coding than gzip.
        BodyTooLargeError: It has more bytes than ``Settings.max_body`` allows.
        RequestError: It does not parse, or is not gzip as it says.
    """
    headers = {name.lower(): value for name, value in (event.headers or {}).items()}
    declared = headers.get("content-type", "").split(";")[0].strip().lower()
    if declared != "application/json" and not declared.endswith("+json"):
        raise MediaTypeError(
            f"Content-Type '{declared[:80]}' is not application/json or "
            "application/geo+json"
        )
    limit = current_settings().max_body
    content = _body_bytes(event)
    if len(content) <= limit:
        content = _decode(content, headers.get("content-encoding", ""), limit)
    if len(content) > limit:
        raise BodyTooLargeError(
            f"The body has {len(content)} bytes, which exceeds {limit:.0f}"
        )
    try:
        value: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"The body is not JSON: {str(error)[:120]}") from error
    return value


def _decode(content: bytes, coding: str, limit: float) -> bytes:
    """The body without its coding.

    Raises:
        BodyTooLargeError: It is larger than ``limit`` without; that is found before
            it takes much more memory.
    """
    coding = coding.strip().lower()
    if coding not in {"", "identity", "gzip", "x-gzip"}:
        raise MediaTypeError(f"Content-Encoding '{coding[:80]}' is not gzip")
    # A gateway may have inflated it and left the header, and JSON does not begin so.
    if coding in {"", "identity"} or not content.startswith(GZIP_MAGIC):
        return content
    try:
        inflated = inflate(content, limit)
    except ValueError as error:
        raise RequestError(f"The body is not gzip: {str(error)[:120]}") from error
    if len(inflated) > limit:
        raise BodyTooLargeError(
            f"The body has more than {limit:.0f} bytes when it is inflated"
        )
    return inflated


def _body_bytes(event: APIGatewayProxyEventV2) -> bytes:
    body = event.body or ""
    if not event.is_base64_encoded:
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestError("The body is not base64 as the event says") from error


def integer(low: int, high: int) -> Callable[[str], int]:
    """A parser of whole numbers from ``low`` to ``high``."""

    def parse(text: str) -> int:
        if not re.fullmatch("-?[0-9]+", text):  # int() takes " 1_0" and "\u0661" too
            raise ValueError(text)
        number = int(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return parse


def _plain(text: str) -> str:
    """Text as it is, if Python's numbers are what anybody would take for one."""
    if not text.isascii() or "_" in text or any(map(str.isspace, text)):
        raise ValueError(text)
    return text


def number(low: float, high: float) -> Callable[[str], float]:
    """A parser of finite numbers from ``low`` to ``high``."""

    def parse(text: str) -> float:
        value = float(_plain(text))
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError(text)
        return value

    return parse


def stored_value(text: str) -> float:
    """A number as pixels have it, or nan or inf; whole ones exact, also beyond 2⁵³."""
    if text.lower() in _NOT_FINITE:
        return _NOT_FINITE[text.lower()]
    value = number(-1e308, 1e308)(text)
    try:
        return int(text)
    except ValueError:
        return value


def without_brackets(text: str) -> str:
    """A list as it is, or as Python and JSON write it, without its brackets."""
    return text[1:-1] if text.startswith("[") and text.endswith("]") else text


def one_of(choices: Sequence[str]) -> Callable[[str], str]:
    """A parser of some words."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(text)
        return text

    return parse


def rule_of(choices: Sequence[str]) -> str:
    """How a message names the choices."""
    return choices[0] if len(choices) == 1 else f"one of {', '.join(choices)}"


def flag(text: str) -> bool:
    """``true`` or ``false``, as Python's users write them too, or ``1`` or ``0``."""
    return one_of(("true", "false", "1", "0"))(text.lower()) in {"true", "1"}


def interval(text: str) -> tuple[float, float]:
    """``min,max`` with min < max, both finite."""
    low, high = map(float, _plain(without_brackets(text)).split(","))
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(text)
    return low, high
