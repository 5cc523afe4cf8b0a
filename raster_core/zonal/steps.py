"""Pieces of work, each of which finishes some zones or none.

Between two pieces a server can look after its clients. Zones finish in any order;
``order_pieces`` brings them back into that of their positions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

type Piece[T] = tuple[Sequence[int], Sequence[T]]
"""Positions of zones, from 0, and what was computed of each."""


def order_pieces[T](pieces: Iterable[Piece[T]]) -> Iterator[list[T]]:
    """What each piece makes ready, in order of position: often nothing, or much.

    Only what comes before its turn is kept. Every position from 0 on must come once.
    """
    early: dict[int, T] = {}
    turn = 0
    for zones, found in pieces:
        early.update(zip(zones, found, strict=True))
        ready = []
        while turn in early:
            ready.append(early.pop(turn))
            turn += 1
        yield ready
