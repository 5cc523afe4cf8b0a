"""Datasets: what the catalogue knows of a raster, and which pixels can be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from raster_core.errors import RequestError, SourceError
from raster_core.expressions.parser import parse_expressions
from raster_core.layers.computed import ComputedSpec
from raster_core.layers.file import FileSpec
from raster_core.layers.stack import StackBand, StackSpec
from raster_core.sources.crs.ellipsoid import finest_grid
from raster_core.sources.extent.extent import geographic_bounds, unite_bounds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from raster_core.documents import Json
    from raster_core.grid import Bounds, Grid
    from raster_core.layers.overlay import OverlaySpec
    from raster_core.layers.spec import LayerSpec
    from raster_core.stated import StatedBand


@dataclass(frozen=True, slots=True)
class RenderDefaults:
    """How a dataset wants to be drawn when the request does not say."""

    bands: tuple[int | str, ...] = (1,)
    """Numbers from 1 or names; one, or three for red, green and blue."""
    rescale: tuple[tuple[float, float], ...] = ()
    """Physical values of the first and last colour: for all bands or for each."""
    colormap_name: str | None = None
    colormap: str | None = None
    """A colormap of its own, as JSON text."""
    expression: str | None = None
    color_formula: str | None = None
    """As ``formula.parse_formula`` takes it."""
    resampling: str | None = None
    nodata: float | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of a dataset."""

    key: str
    """Its name in the Item."""
    href: str
    """Resolved against the catalogue and inside the allow-list."""
    version: str
    """Empty if the Item has none: see ``versions.fill_versions``."""
    grid: Grid
    overviews: tuple[int, ...]
    """Decimation factors, ascending."""
    numbers: tuple[int, ...]
    """Numbers of its bands in the dataset, in the file's order."""
    carried: str = field(default="", repr=False)
    """What the Item carries of its header, for ``open_cog``."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """One raster of the catalogue: a file, several files, or an overlay of others."""

    id: str
    title: str
    description: str
    attribution: str
    version: str
    stated: Bounds
    """The Item's box, for a grid no part of which has a longitude and a latitude."""
    grid: Grid
    """The grid of the finest file."""
    overviews: tuple[int, ...]
    """Decimation factors of the finest file, ascending."""
    bands: tuple[StatedBand, ...]
    """What is said of them in the Item, of all files; numbered from 1 on."""
    rendering: RenderDefaults
    item: Json
    """The STAC Item as written in the catalogue."""
    assets: tuple[Asset, ...] = ()
    """Empty for an overlay."""
    names: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Band numbers by name; several where a name does not say which is meant."""
    overlay: OverlaySpec | None = None
    colormaps: Mapping[str, str] = field(default_factory=dict)
    """Colormaps by name, as JSON text: those of the catalogue and its own."""
    shown: tuple[Grid, ...] = ()
    """Grids whose pixels it shows; empty if that is ``grid`` alone."""

    @property
    def bounds(self) -> Bounds:
        """Longitude and latitude; left > right over the antimeridian (RFC 7946).

        Computed from the grids, as for statistics: Items state other boxes for rasters
        that are wider than the world.
        """
        try:
            return unite_bounds(list(map(geographic_bounds, self.shown or [self.grid])))
        except SourceError:
            return self.stated

    def band(self, band: int | str) -> StatedBand:
        """The band of a number from 1, or of a name; ``b2`` is band 2 as well.

        A number beyond the last may be a name too, such as a year.

        Raises:
            RequestError: If the dataset has no such band, or several of that name.
        """
        if isinstance(band, str):
            return self._named_band(band)
        if not 1 <= band <= len(self.bands):
            if str(band) in self.names:  # a year, say
                return self._named_band(str(band))
            why = f"Band {band} is not one of 1 to {len(self.bands)}"
            if band == len(self.bands) + 1 and self._has_masking_alpha():
                why += "; the file's next band is alpha, which hides pixels"
            raise RequestError(why)
        return self.bands[band - 1]

    def spec(self, bands: Sequence[StatedBand]) -> LayerSpec:
        """What to read for some bands, in their order.

        Args:
            bands: Bands of this dataset, possibly with another nodata value.
        """
        if self.overlay is not None:
            return self.overlay
        if len(self.assets) == 1:
            (asset,) = self.assets
            return FileSpec(asset.href, asset.version, tuple(bands), asset.carried)
        return StackSpec(tuple(map(self._file_band, bands)))

    def expression_spec(self, text: str, nodata: float | None = None) -> ComputedSpec:
        """What to read for an expression over the bands' names.

        Args:
            text: As ``parser.parse_expressions`` takes it.
            nodata: Stored value that counts as no data, in place of the bands' own.

        Raises:
            RequestError: If it is not valid, or names a band that does not exist.
        """
        numbers = self.expression_bands(text)
        used = list(dict.fromkeys(numbers.values()))
        bands = [self.band(number) for number in used]
        if nodata is not None:
            bands = [band.without_data(nodata) for band in bands]
        names = tuple((name, used.index(number)) for name, number in numbers.items())
        return ComputedSpec(text, self.spec(bands), names)

    def expression_bands(self, text: str) -> dict[str, int]:
        """Band numbers by the names that an expression has for them.

        Raises:
            RequestError: If it is not valid, or names a band that does not exist.
        """
        expressions = parse_expressions(text)
        names = dict.fromkeys(name for found in expressions for name in found.bands)
        return {name: self.band(name).index for name in names}

    def finest_asset(self, numbers: Sequence[int]) -> Asset:
        """The file whose grid some bands are read on."""
        used = [a for a in self.assets if not set(numbers).isdisjoint(a.numbers)]
        return used[finest_grid([asset.grid for asset in used])]

    def _has_masking_alpha(self) -> bool:
        """Whether the Item omits an alpha band at the end of its only file."""
        if len(self.assets) != 1:
            return False
        assets = cast("Json", self.item["assets"])
        asset = cast("Json", assets[self.assets[0].key])
        return asset.get("rasterlet:alpha") == "mask"

    def _named_band(self, name: str) -> StatedBand:
        number = name.removeprefix("b")
        if name != number and number.isdecimal() and number.isascii():
            return self.band(int(number[:9]))
        numbers = self.names.get(name, ())
        if len(numbers) == 1:
            return self.bands[numbers[0] - 1]
        listed = numbers or range(1, len(self.bands) + 1)
        names = ", ".join(self._call(number) for number in listed)
        raise RequestError(f"Band '{name[:80]}' is not one of {names[:200]}")

    def _call(self, number: int) -> str:
        """A band's name, and its number where an expression could not have the name."""
        name = self.bands[number - 1].name
        return name if name.isidentifier() else f"{name} (b{number})"

    def _file_band(self, band: StatedBand) -> StackBand:
        asset = next(a for a in self.assets if band.index in a.numbers)
        stored = asset.numbers.index(band.index) + 1
        return StackBand(asset.href, asset.version, stored, band, asset.carried)
