"""A raster as ``rasterlet.open`` returns it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from raster_core.drawing.request import Source
from raster_core.drawing.sources import resolve_source
from raster_core.errors import RequestError
from raster_core.layers.kinds import open_layer
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE, MAX_LATITUDE, MAX_LONGITUDE
from rasterlet.facts import RasterInfo, describe_raster, name_raster
from rasterlet.opening.failures import explained
from rasterlet.pictures import part, preview, tile
from rasterlet.zones import zonal_stats

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np

    from raster_core.bands import BandInfo
    from raster_core.catalogue.dataset import Dataset
    from raster_core.grid import Bounds, Grid
    from raster_core.raster import Layer
    from raster_core.zonal.point import PointValue
    from rasterlet.areas import AnyCrs, AnySize, AnyWindow


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
    tile, preview, part = tile, preview, part

    @cached_property
    @explained()
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
        return describe_raster(self.dataset, self.layer.info)

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
        from rasterlet.areas import Area  # noqa: PLC0415  as it is used

        area = Area(bounds, bounds_crs, window, size, crs)
        return area.grid_on(self.layer.info.grid)

    @explained()
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
        from rasterlet.areas import Area  # noqa: PLC0415  as they are used
        from rasterlet.reading import read_area  # noqa: PLC0415

        area = Area(bounds, bounds_crs, window, size, crs)
        return read_area(layer, area, resampling=resampling, scaled=scaled)

    @explained()
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
        return name_raster(self.dataset, self.source)

    def _repr_html_(self) -> str:
        from rasterlet.summary import SIDE, summarize  # noqa: PLC0415  for notebooks

        bands = self.source.bands
        # A picture has one band or three.
        shown = bands[: 1 if len(bands) < 3 else 3] or None
        return summarize(
            repr(self),
            lambda: self.info,
            lambda: self.preview(max_size=SIDE, bands=shown),
        )
