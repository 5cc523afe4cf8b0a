"""Expressions over bands, from a user's text to values: ``(b4 - b3) / (b4 + b3)``.

Nothing of the text is ever run. It is cut into the tokens of ``_TOKEN`` and parsed into
a tree of numbers, bands and calls; what is not in the tables of ``calls`` cannot be
expressed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.calls import (
    BINARY,
    CALLS,
    COMPARISONS,
    CONDITION,
    FUNCTIONS,
    NEGATIVE,
    UNARY,
)
from raster_core.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from raster_core.calls import Values

MAX_LENGTH = 1000
"""Characters, of all expressions together."""
MAX_NODES = 200
"""Numbers, bands and calls, of all expressions together."""
MAX_DEPTH = 50
"""Calls within calls. A sum of as many bands is as deep as it has terms."""
MAX_EXPRESSIONS = 16

_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?(?![\w.]))"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>\*\*|[<>=!]=|[-+*/%<>()&|~,])"
)
_BY_NUMBER = "; a band whose name is no identifier is called by its number, as b1"


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the text."""

    value: float


@dataclass(frozen=True, slots=True)
class Band:
    """A band by the name that the text has for it."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operation of ``CALLS`` on what is below it."""

    name: str
    arguments: tuple[Tree, ...]


type Tree = Number | Band | Call


@dataclass(frozen=True, slots=True)
class Expression:
    """One band to compute."""

    text: str
    """Without space around it."""
    tree: Tree
    bands: tuple[str, ...]
    """Names used, in order of their first use; at least one."""

    @property
    def condition(self) -> bool:
        """Whether it is true or false, and not a number."""
        return _is_condition(self.tree)


@lru_cache(maxsize=256)
def parse_expressions(text: str) -> tuple[Expression, ...]:
    """The expressions of a text, one a band, ``;`` between them.

    Raises:
        RequestError: It is no such text, or too long; says what is wrong and where.
    """
    if len(text) > MAX_LENGTH:
        raise RequestError(
            f"The expression has {len(text)} characters, which exceeds {MAX_LENGTH}"
        )
    parts = text.split(";")
    if len(parts) > MAX_EXPRESSIONS:
        raise RequestError(f"{len(parts)} expressions exceed {MAX_EXPRESSIONS}")
    found, start, nodes = [], 0, 0
    for part in parts:
        parser = _Parser(tuple(_tokens(text, start, start + len(part))), nodes)
        tree = parser.parse()
        found.append(Expression(part.strip(), tree, tuple(parser.bands)))
        start, nodes = start + len(part) + 1, parser.nodes
    return tuple(found)


def evaluate(
    tree: Tree, bands: Mapping[str, Values], dtype: np.dtype[np.floating]
) -> Values:
    """The values of a tree; not finite where they are not defined. Never warns.

    Args:
        tree: Of an ``Expression``.
        bands: Physical values in ``dtype``, by name; all of one shape.
        dtype: What is computed in.
    """
    with np.errstate(all="ignore"):
        return _evaluate(tree, bands, dtype)


def _evaluate(
    tree: Tree, bands: Mapping[str, Values], dtype: np.dtype[np.floating]
) -> Values:
    if isinstance(tree, Number):
        return np.asarray(tree.value, np.float64).astype(dtype)
    if isinstance(tree, Band):
        return bands[tree.name]
    operation = CALLS[tree.name]
    values = [_evaluate(argument, bands, dtype) for argument in tree.arguments]
    return operation.compute(
        *(
            value
            if operation.kind(place) == CONDITION
            else value.astype(dtype, copy=False)
            for place, value in enumerate(values)
        )
    )


def _is_condition(tree: Tree) -> bool:
    return isinstance(tree, Call) and CALLS[tree.name].result == CONDITION


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: int
    """Of its first character, from 1."""


def _tokens(text: str, start: int, stop: int) -> Iterator[_Token]:
    place = start
    while place < stop:
        match = _TOKEN.match(text, place, stop)
        if match is None:
            raise _fault(f"'{text[place]}' is not understood", place + 1, _BY_NUMBER)
        kind = match.lastgroup or ""
        if kind != "space":
            yield _Token(kind, match.group(), place + 1)
        place = match.end()
    yield _Token("end", "", stop + 1)


def _fault(what: str, place: int, remedy: str = "") -> RequestError:
    return RequestError(f"In the expression, {what} at character {place}{remedy}")


class _Parser:
    """Tokens to a tree, by the precedence of operators."""

    def __init__(self, tokens: Sequence[_Token], nodes: int) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0
        self.nodes = nodes
        self.bands: dict[str, None] = {}

    def parse(self) -> Tree:
        """The tree of all tokens."""
        tree = self._expression(0)
        self._expect("")
        if not self.bands:
            raise _fault("there is no band", self.tokens[0].place)
        return tree

    def _peek(self) -> _Token:
        return self.tokens[self.place]

    def _next(self) -> _Token:
        token = self.tokens[self.place]
        self.place += token.kind != "end"
        return token

    def _expression(self, level: int) -> Tree:
        """What operators of at least ``level`` hold together."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _fault(f"more than {MAX_DEPTH} levels begin", self._peek().place)
        left, middle = self._operand(level), None
        while BINARY.get(self._peek().text, -1) >= level:
            sign = self._next()
            # ** alone holds on to what is right of it: 2**3**2 is 2**9.
            right = self._expression(BINARY[sign.text] + (sign.text != "**"))
            chains = sign.text in COMPARISONS
            if chains and middle is not None:  # 1 < b1 < 5
                other = self._call(sign.text, (middle, right), sign.place)
                left = self._call("and", (left, other), sign.place)
            else:
                left = self._call(sign.text, (left, right), sign.place)
            middle = right if chains else None
        self.depth -= 1
        return left

    def _operand(self, level: int) -> Tree:
        token = self._next()
        if token.text in UNARY:
            return self._prefixed(token, level)
        if token.kind == "number":
            return self._number(token)
        if token.text == "(":
            tree = self._expression(0)
            self._expect(")")
            return tree
        if token.kind != "name" or token.text in BINARY:
            what = f"'{token.text}' stands" if token.text else "the text ends"
            raise _fault(f"{what} where a band or a number should", token.place)
        if self._peek().text == "(":
            return self._function(token)
        self._count(token.place)
        self.bands[token.text] = None
        return Band(token.text)

    def _prefixed(self, token: _Token, level: int) -> Tree:
        if token.text == "not" and level > UNARY["not"]:
            raise _fault("'not' needs parentheses", token.place)
        tree = self._expression(UNARY[token.text])
        if token.text == "+":
            return tree
        name = NEGATIVE if token.text == "-" else "not"
        return self._call(name, (tree,), token.place)

    def _number(self, token: _Token) -> Number:
        self._count(token.place)
        value = float(token.text)
        if not math.isfinite(value):
            raise _fault("a number is too large", token.place)
        return Number(value)

    def _function(self, token: _Token) -> Tree:
        if token.text not in FUNCTIONS:
            names = ", ".join(FUNCTIONS)
            what = f"'{token.text[:40]}' is no function"
            raise _fault(what, token.place, f"; there are {names}")
        self._expect("(")
        arguments = [self._expression(0)]
        while self._peek().text == ",":
            self._next()
            arguments.append(self._expression(0))
        self._expect(")")
        return self._call(token.text, tuple(arguments), token.place)

    def _call(self, name: str, arguments: tuple[Tree, ...], place: int) -> Call:
        self._count(place)
        operation = CALLS[name]
        given, wanted = len(arguments), len(operation.arguments)
        if given < wanted or (given > wanted and not operation.more):
            least = "at least " if operation.more else ""
            raise _fault(f"{name} has {given} arguments, not {least}{wanted},", place)
        for number, argument in enumerate(arguments):
            kind = operation.kind(number)
            if kind is not None and kind != _is_condition(argument):
                wish = "a condition, such as b1 > 0," if kind else "a number"
                shown = "-" if name == NEGATIVE else name
                raise _fault(f"'{shown}' takes {wish}", place)
        return Call(name, arguments)

    def _expect(self, text: str) -> None:
        """Take this token; of the end the text is empty."""
        token = self._next()
        if token.text != text:
            found = f"'{token.text}'" if token.text else "the end"
            what = f"stands where '{text}' should" if text else "is not expected"
            # The commonest cause: an address whose + has become a space.
            spaced = token.kind in {"name", "number"} or token.text == "("
            remedy = "; in an address + is written %2B" if spaced else ""
            raise _fault(f"{found} {what}", token.place, remedy)

    def _count(self, place: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _fault(f"more than {MAX_NODES} operations and operands", place)
