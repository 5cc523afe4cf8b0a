"""Stop reading if the client disconnects.

A process that computes for one client at a time, and can tell when that client is gone,
checks before every read; other processes check nothing.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_checks: list[Callable[[], None]] = []


@contextmanager
def attended(check: Callable[[], None]) -> Iterator[None]:
    """While this context lasts, ``check`` is called before every read of the process.

    Args:
        check: Called by any thread that reads; what it raises ends the read, and with
            it what the read was for. A ``BaseException`` that is no ``Exception``
            passes through whatever answers errors.
    """
    _checks.append(check)
    try:
        yield
    finally:
        _checks.remove(check)


def check_attention() -> None:
    """Raise what a check raises, if there is one."""
    for check in tuple(_checks):
        check()
