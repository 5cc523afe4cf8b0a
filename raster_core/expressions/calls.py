"""The allow-list of expressions: operators and functions, and how to compute them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

type Values = NDArray[np.generic]

CONDITION, NUMBER = True, False

# Higher binds tighter, as in Python, except that & and | mean "and" and "or".
BINARY = {
    "or": 1,
    "|": 1,
    "and": 2,
    "&": 2,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "==": 4,
    "!=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "%": 6,
    "**": 8,
}
UNARY = {"not": 3, "~": 7, "-": 7, "+": 7}

COMPARISONS = frozenset(sign for sign, level in BINARY.items() if level == BINARY["<"])
"""The operators that can be chained: 1 < b1 < 5."""


@dataclass(frozen=True, slots=True)
class Operation:
    """The arguments of an operator or function, and how to compute it."""

    compute: Callable[..., Values]
    arguments: tuple[bool | None, ...]
    """The kind of each argument: a condition, a number, or None for either."""
    result: bool = NUMBER
    more: bool = False
    """Whether more arguments of the last kind may follow."""
    nanoseconds: float = 1.0
    """Time per pixel of float64 on one core, measured on a laptop."""

    def kind(self, index: int) -> bool | None:
        """The kind that the argument at an index must have."""
        return self.arguments[min(index, len(self.arguments) - 1)]


def _least(*values: Values) -> Values:
    """The least of several values, pixel by pixel; shapes broadcast."""
    return reduce(np.minimum, values)


def _greatest(*values: Values) -> Values:
    """The greatest of several values, pixel by pixel; shapes broadcast."""
    return reduce(np.maximum, values)


def _has_bit(value: Values, position: Values) -> Values:
    """Whether the bits at the positions, counted from 0, are set; shapes broadcast."""
    return np.floor(value / np.exp2(position)) % 2 == 1  # type: ignore[no-any-return]


# The sign before an operand: no name in a text can look like this.
NEGATIVE = "0 -"

CALLS: Mapping[str, Operation] = {
    # As a number, a condition is 1 where it is true, else 0.
    "+": Operation(np.add, (None, None)),
    "-": Operation(np.subtract, (None, None)),
    "*": Operation(np.multiply, (None, None)),
    "/": Operation(np.divide, (None, None)),
    "%": Operation(np.mod, (None, None), nanoseconds=12),
    "**": Operation(np.power, (None, None), nanoseconds=25),
    "<": Operation(np.less, (None, None), CONDITION),
    "<=": Operation(np.less_equal, (None, None), CONDITION),
    ">": Operation(np.greater, (None, None), CONDITION),
    ">=": Operation(np.greater_equal, (None, None), CONDITION),
    "==": Operation(np.equal, (None, None), CONDITION),
    "!=": Operation(np.not_equal, (None, None), CONDITION),
    "and": Operation(np.logical_and, (CONDITION, CONDITION), CONDITION),
    "or": Operation(np.logical_or, (CONDITION, CONDITION), CONDITION),
    "&": Operation(np.logical_and, (CONDITION, CONDITION), CONDITION),
    "|": Operation(np.logical_or, (CONDITION, CONDITION), CONDITION),
    "not": Operation(np.logical_not, (CONDITION,), CONDITION),
    NEGATIVE: Operation(np.negative, (None,)),
    "abs": Operation(np.abs, (None,)),
    "bit": Operation(_has_bit, (NUMBER, NUMBER), CONDITION, nanoseconds=22),
    "ceil": Operation(np.ceil, (None,)),
    "clip": Operation(np.clip, (None, None, None)),
    "cos": Operation(np.cos, (None,), nanoseconds=20),
    "exp": Operation(np.exp, (None,)),
    "floor": Operation(np.floor, (None,)),
    "log": Operation(np.log, (None,)),
    "log10": Operation(np.log10, (None,)),
    "max": Operation(_greatest, (None, None), more=True),
    "min": Operation(_least, (None, None), more=True),
    "round": Operation(np.rint, (None,)),
    "sin": Operation(np.sin, (None,), nanoseconds=20),
    "sqrt": Operation(np.sqrt, (None,)),
    "tan": Operation(np.tan, (None,), nanoseconds=20),
    "where": Operation(np.where, (CONDITION, None, None), nanoseconds=12),
}

FUNCTIONS = tuple(n for n in CALLS if n.isidentifier() and n not in {*BINARY, *UNARY})
"""The names of all functions."""
