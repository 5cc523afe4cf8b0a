"""The tree of a parsed expression, and its values.

No part of a user's text is ever executed: a tree consists of numbers, bands and calls
of the operations in ``calls``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.expressions.calls import CALLS, CONDITION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raster_core.expressions.calls import Values


@dataclass(frozen=True, slots=True)
class Number:
    """A number in the text."""

    value: float


@dataclass(frozen=True, slots=True)
class Band:
    """A band, by its name in the text."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operation of ``CALLS`` on its arguments."""

    name: str
    arguments: tuple[Tree, ...]


type Tree = Number | Band | Call


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression, which computes one band."""

    text: str
    """The text without surrounding space."""
    tree: Tree
    bands: tuple[str, ...]
    """The names in the text, in order of their first use; at least one."""

    @property
    def condition(self) -> bool:
        """Whether its values are true or false instead of numbers."""
        return is_condition(self.tree)


def is_condition(tree: Tree) -> bool:
    """Whether the values of a tree are true or false instead of numbers."""
    return isinstance(tree, Call) and CALLS[tree.name].result == CONDITION


def evaluate(
    tree: Tree, bands: Mapping[str, Values], dtype: np.dtype[np.floating]
) -> Values:
    """Compute the values of a tree; never warns.

    Args:
        tree: The tree of an ``Expression``.
        bands: Physical values by name, all of ``dtype`` and of one shape, which may be
            empty.
        dtype: The type to compute in.

    Returns:
        Values of ``dtype``, or bool for a condition, of the bands' shape; not finite
        where they are undefined, as for a division by zero.
    """
    with np.errstate(all="ignore"):
        return _evaluate(tree, bands, dtype)


def _evaluate(
    tree: Tree, bands: Mapping[str, Values], dtype: np.dtype[np.floating]
) -> Values:
    """``evaluate`` with numpy's warnings; a number has the shape ()."""
    if isinstance(tree, Number):
        return np.asarray(tree.value, np.float64).astype(dtype)
    if isinstance(tree, Band):
        return bands[tree.name]
    operation = CALLS[tree.name]
    values = [_evaluate(argument, bands, dtype) for argument in tree.arguments]
    return operation.compute(
        *(
            value
            if operation.kind(index) == CONDITION
            else value.astype(dtype, copy=False)
            for index, value in enumerate(values)
        )
    )
