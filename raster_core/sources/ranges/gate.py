"""Many threads wait for stores, few decode: what they decode takes the memory.

A thread inside ``gated`` holds a place at a gate for as long as it computes, and gives
it up while it waits for bytes.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_thread = threading.local()


@dataclass(slots=True, eq=False)
class _Visitor:
    gate: threading.Semaphore
    inside: bool = False

    def enter(self) -> None:
        self.gate.acquire()
        self.inside = True

    def leave(self) -> None:
        if self.inside:
            self.inside = False
            self.gate.release()


@contextmanager
def gated(gate: threading.Semaphore) -> Iterator[None]:
    """Pass the gate whenever this thread has got bytes of a store, once it is free.

    A thread that never waits for a store never comes to the gate.
    """
    visitor = _thread.visitor = _Visitor(gate)
    try:
        yield
    finally:
        _thread.visitor = None
        visitor.leave()


@contextmanager
def away() -> Iterator[None]:
    """While this thread waits for bytes, another one may compute."""
    visitor: _Visitor | None = getattr(_thread, "visitor", None)
    if visitor is None:
        yield
        return
    visitor.leave()
    yield
    visitor.enter()
