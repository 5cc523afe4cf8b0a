"""The text of an expression, cut into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?(?![\w.]))"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>\*\*|[<>=!]=|[-+*/%<>()&|~,])"
)
_BY_NUMBER = "; a band whose name is not an identifier goes by its number, such as b1"


@dataclass(frozen=True, slots=True)
class Token:
    """A number, a name, a sign, or the end of the text."""

    kind: str
    text: str
    position: int
    """The position of its first character, from 1."""


def read_tokens(text: str, start: int, stop: int) -> Iterator[Token]:
    """Cut a part of a text into tokens; the last one stands for its end.

    Raises:
        RequestError: If a character cannot begin a token.
    """
    position = start
    while position < stop:
        match = _TOKEN.match(text, position, stop)
        if match is None:
            raise syntax_error(
                f"'{text[position]}' is not understood", position + 1, _BY_NUMBER
            )
        kind = match.lastgroup or ""
        if kind != "space":
            yield Token(kind, match.group(), position + 1)
        position = match.end()
    yield Token("end", "", stop + 1)


def syntax_error(what: str, position: int, remedy: str = "") -> RequestError:
    """The error to raise for a fault at a character, counted from 1."""
    return RequestError(f"In the expression, {what} at character {position}{remedy}")
