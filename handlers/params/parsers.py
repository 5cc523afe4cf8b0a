"""Parsers of one value, each with its rule in words and as a JSON schema.

A parser raises ``ValueError`` for a text that breaks its rule, which is then quoted
with the rule, or ``RequestError`` where it can say more than that.

Source of the schemas: JSON Schema 2020-12.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from raster_core.documents import Json

NUMBER = r"-?[0-9]*\.?[0-9]+([eE][+-]?[0-9]+)?"
"""Pattern of a number in schemas."""

_NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class Parser[T](Protocol):
    """Makes a value of a text."""

    def __call__(self, text: str) -> T:
        """The value.

        Raises:
            ValueError: If the text breaks the rule.
            RequestError: If it is not valid; the message is the parser's own.
        """

    @property
    def rule(self) -> str:
        """Completes "'x' is not …"."""

    @property
    def schema(self) -> Json:
        """What the values are in OpenAPI."""

    def write(self, value: object) -> object:
        """A value as the schema has it."""


@dataclass(frozen=True, slots=True)
class Rule[T]:
    """A parser whose parts are given."""

    parse: Callable[[str], T]
    rule: str
    schema: Json

    def __call__(self, text: str) -> T:
        """The value of a text; see ``Parser``."""
        return self.parse(text)

    def write(self, value: object) -> object:
        """The value itself."""
        return value


@dataclass(frozen=True, slots=True)
class Choice[T]:
    """A parser of some words, each of which stands for a value."""

    values: Mapping[str, T]

    def __call__(self, text: str) -> T:
        """The value that a word stands for; see ``Parser``."""
        if text not in self.values:
            raise ValueError(text)
        return self.values[text]

    @property
    def rule(self) -> str:
        """The words."""
        return rule_of(tuple(self.values))

    @property
    def schema(self) -> Json:
        """The words."""
        return {"type": "string", "enum": list(self.values)}

    def write(self, value: object) -> object:
        """The first word that stands for the value."""
        return next(word for word, known in self.values.items() if known == value)


@dataclass(frozen=True)
class Deferred[T]:
    """A parser that is made when it is needed, with the modules that it takes."""

    make: Callable[[], Parser[T]]

    @cached_property
    def parser(self) -> Parser[T]:
        """The parser itself."""
        return self.make()

    def __call__(self, text: str) -> T:
        """As the parser; see ``Parser``."""
        return self.parser(text)

    @property
    def rule(self) -> str:
        """The parser's."""
        return self.parser.rule

    @property
    def schema(self) -> Json:
        """The parser's."""
        return self.parser.schema

    def write(self, value: object) -> object:
        """As the parser."""
        return self.parser.write(value)


def integer(low: int, high: int) -> Rule[int]:
    """Whole numbers from ``low`` to ``high``."""

    def parse(text: str) -> int:
        if not re.fullmatch("-?[0-9]+", text):  # int() takes " 1_0" and "\u0661" too
            raise ValueError(text)
        number = int(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    schema = {"type": "integer", "minimum": low, "maximum": high}
    return Rule(parse, f"a whole number from {low} to {high}", schema)


def number(low: float, high: float) -> Rule[float]:
    """Finite numbers from ``low`` to ``high``."""

    def parse(text: str) -> float:
        value = float(_plain(text))
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError(text)
        return value

    ends = (int(end) if end == int(end) else end for end in (low, high))
    limits = dict(zip(("minimum", "maximum"), ends, strict=True))
    rule = f"a number from {low:g} to {high:g}"
    return Rule(parse, rule, {"type": "number", **limits})


def one_of(words: Sequence[str]) -> Choice[str]:
    """Some words, taken letter by letter."""
    return Choice({word: word for word in words})


def rule_of(words: Sequence[str]) -> str:
    """How a message names some words."""
    return words[0] if len(words) == 1 else f"one of {', '.join(words)}"


def anything(rule: str, **schema: object) -> Rule[str]:
    """Any text.

    Args:
        rule: What the text is meant to be.
        schema: What else is known of it.
    """
    return Rule(str, rule, {"type": "string", **schema})


def _flag(text: str) -> bool:
    if text.lower() not in {"true", "false", "1", "0"}:
        raise ValueError(text)
    return text.lower() in {"true", "1"}


flag = Rule(_flag, "true or false", {"type": "boolean"})
"""``true`` or ``false``, as Python's users write them too, or ``1`` or ``0``."""


def _interval(text: str) -> tuple[float, float]:
    low, high = map(float, _plain(without_brackets(text)).split(","))
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(text)
    return low, high


interval = Rule(
    _interval,
    "of the form min,max with min < max",
    {"type": "string", "pattern": f"^{NUMBER},{NUMBER}$"},
)
"""``min,max`` with min < max, both finite."""


def _stored_value(text: str) -> float:
    if text.lower() in _NOT_FINITE:
        return _NOT_FINITE[text.lower()]
    value = number(-1e308, 1e308)(text)
    try:
        return int(text)
    except ValueError:
        return value


stored_value = Rule(
    _stored_value,
    "a number, nan, inf or -inf",
    {"anyOf": [{"type": "number"}, {"type": "string", "enum": [*_NOT_FINITE]}]},
)
"""A number as pixels have it, or nan or inf; whole ones exact, also beyond 2⁵³."""


def without_brackets(text: str) -> str:
    """A list as it is, or as Python and JSON write it, without its brackets."""
    return text[1:-1] if text.startswith("[") and text.endswith("]") else text


def _plain(text: str) -> str:
    """Text as it is, if Python's numbers are what anybody would take for one."""
    if not text.isascii() or "_" in text or any(map(str.isspace, text)):
        raise ValueError(text)
    return text
