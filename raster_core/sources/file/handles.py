"""The open datasets of one file, each lent to one reader at a time.

GDAL's datasets must not be read by two threads at once, but by one after the other they
may. So as many are open as ever were in use together, whichever threads come and go.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from raster_core.sources.file.gdal import (
    gdal_environment,
    gdal_path,
    open_level,
    rasterio_window,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

    from raster_core.grid import Window

# Handles of a file that stay open when idle: each has one descriptor per level.
MAX_IDLE = 4


@dataclass(frozen=True, slots=True, eq=False)
class Handle:
    """A file as one reader has it open."""

    href: str
    etag: str | None
    """The entity tag that its content must have; None if it is not known."""
    levels: dict[int, DatasetReader]
    """The open ones by number: 0 is the native one, then overviews, fine to coarse."""

    def level(self, number: int) -> DatasetReader:
        """A level, opened when first needed, which takes a millisecond.

        Raises:
            GdalFailure: If it cannot be opened.
        """
        if number not in self.levels:
            path = gdal_path(self.href)
            self.levels[number] = open_level(path, number, self.etag)
        return self.levels[number]

    def close(self) -> None:
        """Give the descriptors back."""
        for dataset in self.levels.values():
            dataset.close()


@dataclass(slots=True, eq=False)
class Handles:
    """All idle handles of a file; any thread may borrow one."""

    href: str
    etag: str | None
    idle: list[Handle] = field(default_factory=list)
    closed: bool = False

    @contextmanager
    def lend(self) -> Iterator[Handle]:
        """A handle for one reader at a time; a new one if all are in use."""
        try:
            handle = self.idle.pop()
        except IndexError:
            handle = Handle(self.href, self.etag, {})
        try:
            yield handle
        finally:
            self.take_back(handle)

    def read(
        self, level: int, window: Window, bands: Sequence[int], masked: int
    ) -> tuple[NDArray[np.generic], NDArray[np.bool_] | None]:
        """Values of a window, and what the file's mask shows, (band, row, col) both.

        Args:
            level: Its number.
            window: Within the level.
            bands: From 1, in the order wanted.
            masked: Of how many of them the mask is read; None comes back for none.

        Raises:
            GdalFailure: If GDAL cannot read it.
        """
        area = rasterio_window(window)
        with gdal_environment(), self.lend() as handle:
            dataset = handle.level(level)
            values = dataset.read(bands, window=area)
            if not masked:
                return values, None
            return values, dataset.read_masks(bands[:masked], window=area) > 0

    def take_back(self, handle: Handle) -> None:
        """Keep a handle for the next reader, unless there are enough."""
        if len(self.idle) < MAX_IDLE:
            self.idle.append(handle)
        else:
            handle.close()
        # Checked afterwards: a thread that closes meanwhile would miss this handle.
        if self.closed:
            self.close()

    def close(self) -> None:
        """Close the idle ones now, and those in use when they are given back."""
        self.closed = True
        while self.idle:
            try:
                self.idle.pop().close()
            except IndexError:  # another thread took the last one
                return
