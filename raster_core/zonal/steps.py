"""Work in steps: each finishes one zone, or nothing.

Between two steps a server can look after its clients. Zones finish in any order;
``order_steps`` brings them back into that of their positions.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Progress:
    """A step that finished no zone."""


class Finished[T](NamedTuple):
    """A step that finished a zone."""

    zone: int
    """Position of the zone, from 0."""
    found: T
    """What was computed of it."""


type Step[T] = Finished[T] | Progress

PROGRESS = Progress()


def map_steps[T, U](
    steps: Iterable[Step[T]], change: Callable[[int, T], U]
) -> Iterator[Step[U]]:
    """The same steps; what was found is replaced by ``change(zone, found)``."""
    for step in steps:
        if isinstance(step, Finished):
            yield Finished(step.zone, change(step.zone, step.found))
        else:
            yield step


def finished_only[T](steps: Iterable[Step[T]]) -> Iterator[Finished[T]]:
    """The steps that finish a zone."""
    return (step for step in steps if isinstance(step, Finished))


def order_steps[T](steps: Iterable[Step[T]]) -> Iterator[tuple[T, ...]]:
    """What each step makes ready, in order of position: often nothing, or several.

    Only what comes before its turn is kept. Every position from 0 on must come once.
    """
    early: dict[int, T] = {}
    turn = 0
    for step in steps:
        ready = []
        if isinstance(step, Finished):
            early[step.zone] = step.found
            while turn in early:
                ready.append(early.pop(turn))
                turn += 1
        yield tuple(ready)


def in_order[T](steps: Iterable[Step[T]]) -> Iterator[T]:
    """What was found, in order of position, as soon as all before it is there."""
    return chain.from_iterable(order_steps(steps))
