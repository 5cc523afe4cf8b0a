"""What an expression is once it is parsed, and how it is computed.

Nothing of a user's text is ever run: a tree has numbers, bands and calls of the
operations in ``calls``.
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
        return is_condition(self.tree)


def is_condition(tree: Tree) -> bool:
    """Whether its values are true or false."""
    return isinstance(tree, Call) and CALLS[tree.name].result == CONDITION


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
