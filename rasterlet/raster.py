"""A raster as ``rasterlet.open`` returns it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from raster_core.drawing.request import DEFAULT_SIZE, Source
from raster_core.drawing.sources import resolve_source
from raster_core.errors import RequestError
from raster_core.layers.kinds import open_layer
from raster_core.sources.crs.crs import LONGITUDE_LATITUDE, MAX_LATITUDE, MAX_LONGITUDE
from rasterlet.areas import Area
from rasterlet.facts import RasterInfo, describe_raster, name_raster
from rasterlet.zones import zonal_stats

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Unpack

    import numpy as np

    from raster_core.bands import BandInfo
    from raster_core.catalogue.dataset import Dataset
    from raster_core.grid import Bounds, Grid
    from raster_core.raster import Layer
    from raster_core.zonal.point import PointValue
    from rasterlet.areas import AnyCrs, AnySize, AnyWindow
    from rasterlet.image import Image
    from rasterlet.rendering.drawing import Subject
    from rasterlet.rendering.keywords import Rendering


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
        from rasterlet.reading import read_area  # noqa: PLC0415  as it is used

        area = Area(bounds, bounds_crs, window, size, crs)
        return read_area(layer, area, resampling=resampling, scaled=scaled)

    def tile(
        self,
        z: int,
        x: int,
        y: int,
        *,
        size: int = 256,
        format: str = "png",  # noqa: A002  as in the service's URLs
        **rendering: Unpack[Rendering],
    ) -> Image:
        """A tile of a web map (XYZ: rows from the north, in Web Mercator).

        It is transparent where the raster has no data, and all of it beside the raster.

        Args:
            z: Zoom.
            x: Column, from the west.
            y: Row, from the north.
            size: Pixels per side.
            format: ``png``, ``webp``, ``jpg``, or ``npy`` for stored values.
            rendering: What is drawn and how; see ``keywords.Rendering``.

        Raises:
            RequestError: If there is no such tile, or a keyword is not valid; a
                ``BudgetError`` if it would read too much.
            SourceError: If the pixels cannot be read.
        """
        from rasterlet.pictures import tile_image  # noqa: PLC0415  as it is used

        return tile_image(
            self._subject, (z, x, y), size=size, form=format, rendering=rendering
        )

    def preview(
        self,
        *,
        max_size: int = DEFAULT_SIZE,
        format: str = "png",  # noqa: A002  as in the service's URLs
        **rendering: Unpack[Rendering],
    ) -> Image:
        """The whole raster, north up, in its own CRS.

        Args:
            max_size: Pixels of the longer side, at most.
            format: As for ``tile``; also ``tif``, a GeoTIFF of stored values.
            rendering: As for ``tile``.

        Raises:
            RequestError: If a keyword is not valid; a ``BudgetError`` if it would read
                too much.
            SourceError: If the pixels cannot be read.
        """
        from rasterlet.pictures import preview_image  # noqa: PLC0415  as it is used

        return preview_image(
            self._subject, max_size=max_size, form=format, rendering=rendering
        )

    def part(  # noqa: PLR0913  what a call may say; each has its default
        self,
        bounds: Iterable[float],
        *,
        bounds_crs: AnyCrs = LONGITUDE_LATITUDE,
        crs: AnyCrs | None = None,
        max_size: int | None = None,
        width: int | None = None,
        height: int | None = None,
        format: str = "png",  # noqa: A002  as in the service's URLs
        **rendering: Unpack[Rendering],
    ) -> Image:
        """A part of the raster, given by its box.

        It is as fine as the raster and, without a size, has at most 1,024 pixels on its
        longer side; a GeoTIFF has the stored pixels.

        Args:
            bounds: left, bottom, right, top; over the antimeridian, left > right.
            bounds_crs: CRS of ``bounds``; longitude and latitude by default.
            crs: CRS of the image; None means the raster's.
            max_size: Pixels of the longer side, at most; not with the other two.
            width: Pixels; the height follows from it unless it is given.
            height: Pixels; the width follows from it unless it is given.
            format: As for ``preview``.
            rendering: As for ``tile``.

        Raises:
            RequestError: If an argument is not valid; a ``BudgetError`` if it would
                read too much.
            SourceError: If the pixels cannot be read.
        """
        from rasterlet.pictures import Crop, part_image  # noqa: PLC0415  as it is used

        crop = Crop(bounds, bounds_crs, crs, max_size, width, height)
        return part_image(self._subject, crop, form=format, rendering=rendering)

    @property
    def _subject(self) -> Subject:
        from rasterlet.rendering.drawing import Subject  # noqa: PLC0415  as it is used

        return Subject(self.dataset, self.source)

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
