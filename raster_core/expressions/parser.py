"""From a user's text to the tree of an expression: ``(b4 - b3) / (b4 + b3)``."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from raster_core.errors import RequestError
from raster_core.expressions.calls import (
    BINARY,
    CALLS,
    COMPARISONS,
    FUNCTIONS,
    NEGATIVE,
    UNARY,
)
from raster_core.expressions.tokens import read_tokens, syntax_error
from raster_core.expressions.tree import Band, Call, Expression, Number, is_condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.expressions.tokens import Token
    from raster_core.expressions.tree import Tree

MAX_LENGTH = 1000
"""Characters of all expressions together."""
MAX_NODES = 200
"""Numbers, bands and calls in all expressions together."""
MAX_DEPTH = 50
"""Nested calls and parentheses."""
MAX_EXPRESSIONS = 16


@lru_cache(maxsize=256)
def parse_expressions(text: str) -> tuple[Expression, ...]:
    """Parse a text of expressions separated by ``;``, one per band.

    Raises:
        RequestError: If the text is not valid or too long; the message names the fault
            and its position.
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
        parser = _Parser(tuple(read_tokens(text, start, start + len(part))), nodes)
        tree = parser.parse()
        found.append(Expression(part.strip(), tree, tuple(parser.bands)))
        start, nodes = start + len(part) + 1, parser.nodes
    return tuple(found)


class _Parser:
    """Builds the tree of some tokens, by the precedence of operators."""

    def __init__(self, tokens: Sequence[Token], nodes: int) -> None:
        self.tokens = tokens
        self.position = 0
        self.depth = 0
        self.nodes = nodes
        self.bands: dict[str, None] = {}

    def parse(self) -> Tree:
        """Build the tree of all tokens."""
        tree = self._expression(0)
        self._expect("")
        if not self.bands:
            raise syntax_error("there is no band", self.tokens[0].position)
        return tree

    def _peek(self) -> Token:
        return self.tokens[self.position]

    def _next(self) -> Token:
        token = self.tokens[self.position]
        self.position += token.kind != "end"
        return token

    def _expression(self, level: int) -> Tree:
        """Parse operators that bind at least as tightly as ``level``."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise syntax_error(
                f"more than {MAX_DEPTH} levels begin", self._peek().position
            )
        left, middle = self._operand(level), None
        while BINARY.get(self._peek().text, -1) >= level:
            sign = self._next()
            # Only ** is right-associative: 2**3**2 is 2**9.
            right = self._expression(BINARY[sign.text] + (sign.text != "**"))
            chains = sign.text in COMPARISONS
            if chains and middle is not None:  # 1 < b1 < 5
                other = self._call(sign.text, (middle, right), sign.position)
                left = self._call("and", (left, other), sign.position)
            else:
                left = self._call(sign.text, (left, right), sign.position)
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
            raise syntax_error(
                f"{what} where a band or a number should", token.position
            )
        if self._peek().text == "(":
            return self._function(token)
        self._count(token.position)
        self.bands[token.text] = None
        return Band(token.text)

    def _prefixed(self, token: Token, level: int) -> Tree:
        if token.text == "not" and level > UNARY["not"]:
            raise syntax_error("'not' needs parentheses", token.position)
        tree = self._expression(UNARY[token.text])
        if token.text == "+":
            return tree
        name = NEGATIVE if token.text == "-" else "not"
        return self._call(name, (tree,), token.position)

    def _number(self, token: Token) -> Number:
        self._count(token.position)
        value = float(token.text)
        if not math.isfinite(value):
            raise syntax_error("a number is too large", token.position)
        return Number(value)

    def _function(self, token: Token) -> Tree:
        if token.text not in FUNCTIONS:
            names = ", ".join(FUNCTIONS)
            what = f"'{token.text[:40]}' is not a function"
            raise syntax_error(what, token.position, f"; there are {names}")
        self._expect("(")
        arguments = [self._expression(0)]
        while self._peek().text == ",":
            self._next()
            arguments.append(self._expression(0))
        self._expect(")")
        return self._call(token.text, tuple(arguments), token.position)

    def _call(self, name: str, arguments: tuple[Tree, ...], position: int) -> Call:
        self._count(position)
        operation = CALLS[name]
        given, wanted = len(arguments), len(operation.arguments)
        if given < wanted or (given > wanted and not operation.more):
            least = "at least " if operation.more else ""
            raise syntax_error(
                f"{name} has {given} arguments, not {least}{wanted},", position
            )
        for number, argument in enumerate(arguments):
            kind = operation.kind(number)
            if kind is not None and kind != is_condition(argument):
                wish = "a condition, such as b1 > 0," if kind else "a number"
                shown = "-" if name == NEGATIVE else name
                raise syntax_error(f"'{shown}' takes {wish}", position)
        return Call(name, arguments)

    def _expect(self, text: str) -> None:
        """Take the next token, which must have this text; an empty one is the end."""
        token = self._next()
        if token.text != text:
            found = f"'{token.text}'" if token.text else "the end"
            what = f"stands where '{text}' should" if text else "is not expected"
            # Most often a + in a URL became a space.
            spaced = token.kind in {"name", "number"} or token.text == "("
            remedy = "; in a URL, write + as %2B" if spaced else ""
            raise syntax_error(f"{found} {what}", token.position, remedy)

    def _count(self, position: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise syntax_error(
                f"more than {MAX_NODES} operations and operands", position
            )
