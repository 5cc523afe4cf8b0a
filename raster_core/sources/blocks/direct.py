"""The direct way to one open file, for as long as it lasts."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from raster_core.errors import SourceError
from raster_core.sources.blocks.cache import BLOCKS
from raster_core.sources.blocks.plain import open_plain
from raster_core.sources.blocks.plainness import NotPlainError
from raster_core.sources.ranges.protocol import UnansweredError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from raster_core.grid import Window
    from raster_core.sources.blocks.plain import Expected, PlainFile
    from raster_core.sources.ranges.protocol import Ranges


class Direct:
    """Reads what it can; whatever else there is, and nearly any error, is GDAL's."""

    def __init__(
        self,
        ranges: Ranges | None,
        *,
        levels: Sequence[Expected],
        dtypes: Sequence[str],
    ) -> None:
        """Nothing is read yet.

        Args:
            ranges: The file's bytes, which this closes; None to leave all to GDAL.
            levels: As GDAL found them, the native one first; none to leave all to it.
            dtypes: Of its bands, in numpy's names.
        """
        self._levels, self._dtypes = levels, dtypes
        self._lock = threading.Lock()
        self._file: PlainFile | None = None
        self._ranges = ranges if levels else None
        if ranges and not levels:
            ranges.close()

    def read(
        self, level: int, window: Window, bands: Sequence[int]
    ) -> NDArray[np.generic] | None:
        """Stored values of a window, (band, row, col); None if GDAL is to read it.

        Args:
            level: Its number.
            window: Within the level; at least one pixel.
            bands: From 1, in the order wanted.

        Raises:
            UnansweredError: If the store fails; GDAL would only ask as often again.
        """
        file = self._open()
        if file is None or level not in file.levels:
            return None
        try:
            return file.read(level, window, bands)
        except UnansweredError:
            raise
        except (NotPlainError, SourceError):
            return None

    def plain_levels(self) -> frozenset[int]:
        """The numbers of the levels that are read directly.

        Raises:
            UnansweredError: As ``read``.
        """
        file = self._open()
        return frozenset(file.levels if file else ())

    def close(self) -> None:
        """Give everything back; what is read from now on, GDAL reads."""
        with self._lock:
            ranges, self._ranges = self._ranges, None
            file, self._file = self._file, None
        if file:
            file.close()
        elif ranges:
            ranges.close()

    def _open(self) -> PlainFile | None:
        """The file, whose directories are read when it is first asked for."""
        if self._file or self._ranges is None:
            return self._file
        with self._lock:
            ranges = self._ranges
            if self._file or ranges is None:
                return self._file
            try:
                self._file = open_plain(
                    ranges, BLOCKS, levels=self._levels, dtypes=self._dtypes
                )
            except UnansweredError:
                raise
            except (NotPlainError, SourceError):
                ranges.close()
                self._ranges = None
            return self._file
