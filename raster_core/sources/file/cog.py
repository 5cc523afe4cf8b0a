"""Read Cloud-Optimized GeoTIFFs: header, windows, masks.

A ``Cog`` stays open with its header, so that the next tile asks the store for blocks
alone. Any thread may read from it.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from raster_core.attention import check_attention
from raster_core.errors import ChangedError, SourceError, StoreError
from raster_core.raster import RasterArray, empty_array, pad_plane
from raster_core.sources.blocks.cache import BLOCKS
from raster_core.sources.companion.carried import drop_carried
from raster_core.sources.file.decoding import check_decoding, count_values
from raster_core.sources.file.gdal import GdalFailure, gdal_path, invalidate
from raster_core.sources.file.nodata import find_valid
from raster_core.sources.file.opening import open_carried, open_file
from raster_core.sources.warp.opacity import keep_graded, opacity

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid, Window
    from raster_core.sources.blocks.direct import Direct
    from raster_core.sources.companion.carried import Key
    from raster_core.sources.file.handles import Handles
    from raster_core.sources.file.header import Header


# Open files of one process: a Lambda may hold 1,024 descriptors.
MAX_OPEN = 32

# Headers that are kept when their files are not: some kilobytes each.
MAX_HEADERS = 1024


@dataclass(slots=True, eq=False)
class Cog:
    """An open file with its header; made by ``open_cog``."""

    key: Key
    header: Header
    handles: Handles = field(repr=False)
    direct: Direct = field(repr=False)
    assumed: bool = False
    """As ``Opened`` has it."""
    opened: float = field(default_factory=time.monotonic)
    """When, by ``time.monotonic``."""

    @property
    def href(self) -> str:
        """Where it is."""
        return self.key[0]

    @property
    def levels(self) -> tuple[Grid, ...]:
        """The native grid, then overviews from fine to coarse."""
        return self.header.levels

    @property
    def bands(self) -> tuple[BandInfo, ...]:
        """As the file describes them."""
        return self.header.bands

    def band(self, number: int) -> BandInfo:
        """A band by its number, from 1.

        Raises:
            SourceError: If the file has no such band.
        """
        if number > len(self.bands):
            count = len(self.bands)
            raise SourceError(f"Band {number} does not exist; the raster has {count}")
        return self.bands[number - 1]

    def read(
        self, level: int, window: Window, bands: Sequence[BandInfo]
    ) -> RasterArray:
        """Stored values of a window, which may reach beyond the level.

        (band, row, col) in the file's type; what lies beyond the level, or in an empty
        window, has no data.

        Args:
            level: Index into ``levels``.
            window: On that level's grid.
            bands: Which bands, in which order, and what nodata value they have.

        Raises:
            BudgetError: If its blocks hold more than ``MAX_DECODED_VALUES``.
            SourceError: If the blocks cannot be fetched or decoded.
        """
        check_attention()
        grid = self.levels[level]
        part = window.intersection(grid.window)
        if part.pixels == 0:
            return empty_array(grid.crop(window), len(bands), bands[0].dtype)
        check_decoding(self.header.blocks[level], part, len(bands))

        try:
            array = self._read_inside(level, part, bands)
        except StoreError:
            forget(self.href)
            if not self.assumed:
                raise
            return self._ask_again().read(level, window, bands)
        if part == window:
            return array
        return RasterArray(
            pad_plane(array.data, part, window),
            pad_plane(array.mask, part, window),
            grid.crop(window),
            None if array.alpha is None else pad_plane(array.alpha, part, window),
        )

    def _ask_again(self) -> Cog:
        """The file as it is now; a ``ChangedError`` if its header is another one."""
        drop_carried(self.key, "does not hold for the file; describe it again")
        changed = ChangedError("The raster is not the one of its Item; try again")
        try:
            cog = open_cog(*self.key)
        except StoreError as error:
            raise changed from error
        if cog.header != self.header:
            raise changed
        return cog

    def _read_inside(
        self, level: int, window: Window, bands: Sequence[BandInfo]
    ) -> RasterArray:
        indexes = [band.index for band in bands]
        number = self.header.alpha if bands[0].alpha_is_mask else None
        wanted = indexes if number is None else [*indexes, number]
        shown = alpha = None
        values = self.direct.read(level, window, wanted)
        if values is None:
            values, shown = self._read_by_gdal(level, window, wanted, len(indexes))
        data = values[: len(indexes)]
        mask = find_valid(data, [self.effective(band) for band in bands])
        if number is not None:
            # GDAL lets a nodata value overrule alpha; a pixel that either one hides is
            # not data.
            alpha = opacity(values[-1])
            mask &= alpha > 0
        if shown is not None:
            mask &= shown
        grid = self.levels[level].crop(window)
        return RasterArray(data, mask, grid, keep_graded(alpha))

    def _read_by_gdal(
        self, level: int, window: Window, wanted: list[int], masked: int
    ) -> tuple[NDArray[np.generic], NDArray[np.bool_] | None]:
        """Values of bands, and where the mask band shows the first ``masked`` ones."""
        masked = masked if self.header.mask_band else 0
        try:
            values, shown = self.handles.read(level, window, wanted, masked)
        except GdalFailure as error:
            message = "The raster's pixels cannot be read"
            raise StoreError(message, self.href, opened=self.opened) from error
        decoded = count_values(self.header.blocks[level], window, len(wanted))
        BLOCKS.count_elsewhere(decoded * values.itemsize)
        return values, shown

    def close(self) -> None:
        """Give descriptors back; what is being read is read to its end."""
        self.handles.close()
        self.direct.close()

    def effective(self, band: BandInfo) -> BandInfo:
        """The band without a nodata value that the file's mask band overrules.

        For GDAL the mask band alone decides; what a request calls nodata is hidden
        nevertheless.

        Args:
            band: One of the file's, with the nodata value of an Item or a request.
        """
        stored = self.bands[band.index - 1].nodata
        overruled = self.header.mask_band and not band.nodata_is_asked
        if overruled and band.nodata == stored:
            return replace(band, nodata=None)
        return band

    def color_table(self, index: int) -> dict[int, str]:
        """``#rrggbb`` by stored value; empty for a band without a palette."""
        with self.handles.lend() as handle:
            try:
                table = handle.level(0).colormap(index)
            except ValueError:  # rasterio's word for "there is none"
                return {}
        return {
            value: f"#{red:02x}{green:02x}{blue:02x}"
            for value, (red, green, blue, _) in table.items()
        }

    def color_names(self) -> tuple[str, ...]:
        """What the file says that each band shows: ``red``, ``gray``, ``undefined``."""
        with self.handles.lend() as handle:
            return tuple(kind.name for kind in handle.level(0).colorinterp)

    def class_names(self, index: int) -> dict[int, str]:
        """Names by stored value, from band tags of the form ``class_7``."""
        with self.handles.lend() as handle:
            tags = handle.level(0).tags(index)
        return {
            int(key.removeprefix("class_")): name
            for key, name in sorted(tags.items(), key=lambda tag: (len(tag[0]), tag))
            if key.startswith("class_") and key.removeprefix("class_").isdigit()
        }


# Open files by href and version, the one used last at the end.
_open_files: OrderedDict[Key, Cog] = OrderedDict()

# Headers of files that need not be open: to open one of the same version again takes
# neither a look at its overviews nor a request for the header.
_headers: dict[Key, Header] = {}

# Held while either is changed, never while a store is asked.
_lock = threading.Lock()


@atexit.register
def close_all() -> None:
    """Close every file before rasterio shuts down, which warns of open ones."""
    with _lock:
        opened = list(_open_files.values())
        _open_files.clear()
    for cog in opened:
        cog.close()


def open_cog(href: str, version: str, carried: str = "") -> Cog:
    """The open file of an href; opened once, then kept.

    Args:
        href: A path, ``s3://`` or ``https://``.
        version: Changes when the content may have; a new one opens the file again. One
            in double quotes is the store's entity tag: reads of any other content fail.
        carried: What its Item carries of it, as ``decode_companion`` takes it; ignored,
            with a note, if it is not usable.

    Raises:
        SourceError: If it is missing, not a GeoTIFF, not georeferenced, or complex; a
            ``StoreError`` if that may be the store's fault.
        BudgetError: If one block of it is larger than a read may be.
    """
    key = href, version
    with _lock:
        if key in _open_files:
            _open_files.move_to_end(key)
            return _open_files[key]
    opened = _open(key, carried)
    with _lock:
        # Another thread may have been faster.
        cog = _open_files.setdefault(key, opened)
        full = len(_open_files) > MAX_OPEN
        oldest = _open_files.popitem(last=False)[1] if full else None
    for unused in (oldest, opened if cog is not opened else None):
        if unused:
            unused.close()
    return cog


def forget(href: str) -> None:
    """Close a file and drop what is cached of it, its absence included."""
    with _lock:
        keys = [key for key in _open_files if key[0] == href]
        opened = [_open_files.pop(key) for key in keys]
        for key in [key for key in _headers if key[0] == href]:
            del _headers[key]
    for cog in opened:
        cog.close()
    invalidate(gdal_path(href))


def _open(key: Key, carried: str) -> Cog:
    """Open a file that is not open yet."""
    known = _headers.get(key)
    if known is None:
        forget(key[0])
    opened = (None if known else open_carried(key, carried)) or open_file(key, known)
    if not opened.assumed:
        with _lock:
            if len(_headers) >= MAX_HEADERS:
                _headers.clear()
            _headers[key] = opened.header
    direct = opened.direct()
    return Cog(key, opened.header, opened.handles, direct, assumed=opened.assumed)
