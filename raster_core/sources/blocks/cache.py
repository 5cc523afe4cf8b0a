"""Decoded blocks that are kept for the next window, within a number of bytes.

GDAL keeps the blocks that it decodes itself. Both share one budget: what GDAL may have
by now is taken off, as far as a quarter that always remains.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    type Key = tuple[int, int, int]
    """A file's number in this process, level, block."""

# Bytes of decoded blocks. Statistics read a block once and gain nothing; a process that
# draws tiles sets more by ``gdal.keep_blocks``. GDAL's default, 5 % of the machine, is
# the host's memory and not the function's.
BUDGET = 32 * 2**20

# What remains of the budget, however much GDAL has decoded.
_LEAST = 4

# A block of more than this part of the budget would drive out too many others.
_LARGE = 4

_thread = threading.local()


@contextmanager
def reading_once() -> Iterator[None]:
    """What this thread reads in here, it does not read again: nothing is kept.

    Statistics read each block once for all zones.
    """
    before = getattr(_thread, "once", False)
    _thread.once = True
    try:
        yield
    finally:
        _thread.once = before


def keeps_blocks() -> bool:
    """Whether what this thread reads is kept."""
    return not getattr(_thread, "once", False)


class BlockCache:
    """Blocks by file, level and number, the one used last at the end."""

    def __init__(self, budget: int) -> None:
        self._blocks: OrderedDict[Key, NDArray[Any]] = OrderedDict()
        self._lock = threading.Lock()
        self._size = self._elsewhere = 0
        self._budget = budget

    @property
    def size(self) -> int:
        """Bytes of all blocks."""
        return self._size

    @property
    def budget(self) -> int:
        """Bytes that blocks may have here now."""
        return max(self._budget // _LEAST, self._budget - self._elsewhere)

    def grow(self, budget: int) -> None:
        """Have so many bytes together with GDAL."""
        with self._lock:
            self._budget = budget
            self._shrink()

    def count_elsewhere(self, size: int) -> None:
        """Note that GDAL has decoded ``size`` bytes, which it may have kept."""
        with self._lock:
            self._elsewhere = min(self._budget, self._elsewhere + size)
            self._shrink()

    def find(self, key: Key) -> NDArray[Any] | None:
        """A block (sample, row, col), not to be written; None if it is not kept."""
        with self._lock:
            block = self._blocks.get(key)
            if block is not None:
                self._blocks.move_to_end(key)
            return block

    def keep(self, key: Key, block: NDArray[Any]) -> None:
        """Keep a block that nobody writes any more."""
        if block.nbytes > self.budget // _LARGE:
            return
        with self._lock:
            self._forget(key)
            self._blocks[key] = block
            self._size += block.nbytes
            self._shrink()

    def forget_file(self, number: int) -> None:
        """Drop all blocks of a file that is closed."""
        with self._lock:
            for key in [key for key in self._blocks if key[0] == number]:
                self._forget(key)

    def _forget(self, key: Key) -> None:
        block = self._blocks.pop(key, None)
        if block is not None:
            self._size -= block.nbytes

    def _shrink(self) -> None:
        while self._size > self.budget:
            self._forget(next(iter(self._blocks)))


BLOCKS = BlockCache(BUDGET)
"""Those of this process."""
