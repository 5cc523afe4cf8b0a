"""A raster as ``rasterlet.open`` returns it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from raster_core.bands import UNSCALED
from raster_core.drawing.request import Source
from raster_core.drawing.sources import resolve_source
from raster_core.errors import BudgetError, RequestError
from raster_core.layers.kinds import open_layer
from raster_core.layers.stored import read_as_floats
from raster_core.raster import Resampling
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE, MAX_LATITUDE, MAX_LONGITUDE
from raster_core.sources.file.decoding import MAX_DECODED_VALUES
from raster_core.sources.warp.budget import MAX_PIXELS
from rasterlet.areas import Area
from rasterlet.facts import RasterInfo, overview_factors
from rasterlet.zones import zonal_stats

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.catalogue.dataset import Dataset
    from raster_core.grid import Bounds, Grid
    from raster_core.raster import Layer
    from raster_core.zonal.point import PointValue
    from rasterlet.areas import AnyCrs, AnySize, AnyWindow

# Kernels that take a stored value and compute none.
_PICKING = (Resampling.NEAREST, Resampling.MODE)


@dataclass(frozen=True, eq=False, repr=False)  # no slots: the layer is kept
class Raster:
    """Bands of one or several files, or what is computed of them.

    Nothing of a pixel is read until it is asked for; any thread may ask.
    """

    dataset: Dataset
    """What the catalogue, or the files themselves, say of it."""
    source: Source = field(default_factory=Source)
    """Which bands, or which expression over them; all bands if it does not say."""

    zonal_stats = zonal_stats

    @cached_property
    def layer(self) -> Layer:
        """What tiles and statistics read, opened when first needed.

        Raises:
            RequestError: If the dataset lacks a band, or an expression is not valid.
            SourceError: If a file cannot be opened.
        """
        every = [band.index for band in self.dataset.bands]
        return open_layer(resolve_source(self.dataset, self.source, every))

    @property
    def bands(self) -> tuple[BandInfo, ...]:
        """Names, types, nodata, units, scales and classes, in the order of reading."""
        return self.layer.info.bands

    @property
    def crs(self) -> str:
        """A code such as ``EPSG:32633``, or WKT if the CRS has no code."""
        return self.dataset.grid.crs

    @property
    def bounds(self) -> Bounds:
        """Its box in longitude and latitude, in degrees.

        left > right over the antimeridian.
        """
        return self.dataset.bounds

    @property
    def native_bounds(self) -> Bounds:
        """Its box in its own CRS."""
        return self.dataset.grid.bounds

    @property
    def info(self) -> RasterInfo:
        """All that is known of it without its pixels; prints well."""
        known = self.layer.info
        return RasterInfo(
            id=self.dataset.id,
            files=tuple(asset.href for asset in self.dataset.assets),
            width=known.grid.width,
            height=known.grid.height,
            crs=known.grid.crs,
            transform=known.grid.transform,
            bounds=self.bounds,
            native_bounds=known.grid.bounds,
            bands=known.bands,
            block_shape=known.block_shape,
            overviews=overview_factors(known.grid, known.overviews),
            version=known.version,
        )

    def select(self, *bands: int | str) -> Raster:
        """The same raster with some of its dataset's bands, by number or name.

        Raises:
            RequestError: If it is an expression, which has no bands to choose.
        """
        if self.source.expression is not None:
            raise RequestError(
                f"The raster is the expression '{self.source.expression[:80]}'; "
                "its bands cannot be chosen"
            )
        return replace(self, source=replace(self.source, bands=bands))

    def grid(
        self,
        bounds: Iterable[float] | None = None,
        *,
        window: AnyWindow | None = None,
        size: AnySize | None = None,
        crs: AnyCrs | None = None,
        bounds_crs: AnyCrs = LONGITUDE_LATITUDE,
    ) -> Grid:
        """The CRS, transform and size of what ``read`` returns for the same arguments.

        Raises:
            RequestError: As ``read``.
        """
        area = Area(bounds, bounds_crs, window, size, crs)
        return area.grid_on(self.layer.info.grid)

    def read(  # noqa: PLR0913  what a call may say; each has its default
        self,
        bounds: Iterable[float] | None = None,
        *,
        window: AnyWindow | None = None,
        size: AnySize | None = None,
        crs: AnyCrs | None = None,
        bounds_crs: AnyCrs = LONGITUDE_LATITUDE,
        bands: int | str | Sequence[int | str] | None = None,
        resampling: str = "nearest",
        scaled: bool = True,
    ) -> np.ma.MaskedArray:
        """Values with those that are no data masked, (band, row, col).

        Without ``size`` and ``crs`` they are the raster's own pixels, none resampled;
        with ``size``, the overview that is fine enough is read. ``grid`` has their
        position. What lies beyond the raster is masked.

        Args:
            bounds: left, bottom, right, top; all of the raster if neither these nor
                ``window`` is given. Over the antimeridian, left > right.
            window: Pixels: (col, row, width, height), or a window of rasterio.
            size: Pixels of the longer side, or (height, width).
            crs: CRS of the result; None means the raster's.
            bounds_crs: CRS of ``bounds``; longitude and latitude by default.
            bands: Numbers from 1 or names; None means all.
            resampling: ``nearest``, ``bilinear``, ``cubic``, ``average`` or ``mode``.
            scaled: Whether a band's scale and offset are applied: float64 then, else
                and for bands that have none, the stored type. Kernels that compute
                values return floats.

        Raises:
            RequestError: If an argument is not valid; a ``BudgetError`` if this is more
                than one read may have.
            SourceError: If the pixels cannot be read.
        """
        if bands is not None:
            chosen = (bands,) if isinstance(bands, int | str) else tuple(bands)
            layer = self.select(*chosen).layer
        else:
            layer = self.layer
        area = Area(bounds, bounds_crs, window, size, crs)
        grid = area.grid_on(layer.info.grid)
        _check_size(grid, len(layer.info.bands))
        kernel = _read_resampling(resampling)
        if kernel not in _PICKING:
            layer = read_as_floats(layer)
        array = layer.read(grid, kernel)
        data = _scale(array.data, layer.info.bands) if scaled else array.data
        return np.ma.MaskedArray(data, mask=~array.mask)

    def point(self, longitude: float, latitude: float) -> list[PointValue]:
        """The value of each band at a position, in physical units.

        The pixel that holds it is read; ``reason`` says why a value is missing.

        Raises:
            RequestError: If it is not a longitude and a latitude.
            SourceError: If the pixel cannot be read.
        """
        from raster_core.zonal.point import read_point  # noqa: PLC0415  as it is used

        if not (abs(longitude) <= MAX_LONGITUDE and abs(latitude) <= MAX_LATITUDE):
            raise RequestError(
                f"({longitude:g}, {latitude:g}) is not a longitude within "
                f"{MAX_LONGITUDE:g} and a latitude within {MAX_LATITUDE:g} degrees"
            )
        return read_point(self.layer, longitude, latitude)

    def __repr__(self) -> str:
        grid, source = self.dataset.grid, self.source
        if source.expression is not None:
            what = source.expression[:60]
        else:
            count = len(source.bands or self.dataset.bands)
            what = f"{count} band{'s' if count > 1 else ''}"
        crs = grid.crs if len(grid.crs) < 40 else grid.crs.split('"')[1]
        return (
            f"<Raster {self.dataset.id}: {grid.width} x {grid.height}, {what}, {crs}>"
        )


def _read_resampling(name: str) -> Resampling:
    try:
        return Resampling(name)
    except ValueError as error:
        names = ", ".join(Resampling)
        raise RequestError(f"resampling '{name}' is not one of {names}") from error


def _check_size(grid: Grid, bands: int) -> None:
    pixels = grid.window.pixels
    if pixels > MAX_PIXELS or pixels * bands > MAX_DECODED_VALUES:
        raise BudgetError(
            f"Reading {grid.width}x{grid.height} pixels of {bands} bands exceeds "
            f"{MAX_PIXELS} pixels or {MAX_DECODED_VALUES} values; give size, or a "
            "smaller window or bounds, or fewer bands"
        )


def _scale(data: NDArray[np.generic], bands: Sequence[BandInfo]) -> NDArray[np.generic]:
    """Physical values, (band, row, col); the data themselves if no band is scaled."""
    if all(band.scaling == UNSCALED for band in bands):
        return data
    found = np.empty(data.shape)
    for position, band in enumerate(bands):
        found[position] = band.scaling.physical_values(data[position])
    return found
