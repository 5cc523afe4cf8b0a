"""What a raster is, as a value that reads well where it is printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.sources.crs.crs import KNOWN, read_crs

if TYPE_CHECKING:
    from affine import Affine

    from raster_core.bands import BandInfo
    from raster_core.catalogue.dataset import Dataset
    from raster_core.drawing.request import Source
    from raster_core.grid import Bounds, Grid
    from raster_core.raster import LayerInfo

# Characters of a name in a list.
_NAME = 40

_NAMES = {"EPSG:3857": "WGS 84 / Pseudo-Mercator"}


@dataclass(frozen=True, slots=True, repr=False)
class RasterInfo:
    """What is known of a raster before its pixels are read."""

    id: str
    files: tuple[str, ...]
    """Paths or URLs; empty for an overlay."""
    width: int
    height: int
    crs: str
    """An authority code such as ``EPSG:4326``, or WKT if the CRS has no code."""
    transform: Affine
    """Pixel (col, row) to CRS (x, y)."""
    bounds: Bounds
    """Longitude and latitude; left > right over the antimeridian."""
    native_bounds: Bounds
    """In ``crs``."""
    bands: tuple[BandInfo, ...]
    block_shape: tuple[int, int]
    """(height, width) of the storage tiles."""
    overviews: tuple[int, ...]
    """Decimation factors, ascending."""
    version: str
    """A text that changes whenever any pixel may have changed."""

    @property
    def dtype(self) -> str:
        """The numpy type of all bands, or their types joined by commas."""
        return ", ".join(dict.fromkeys(band.dtype for band in self.bands))

    @property
    def nodata(self) -> float | None:
        """The stored value of all bands that is no data; None if they differ."""
        found = {band.nodata for band in self.bands}
        return found.pop() if len(found) == 1 else None

    @property
    def resolution(self) -> tuple[float, float]:
        """Width and height of a pixel in units of the CRS."""
        a, b, _, d, e, _ = self.transform[:6]
        return (a * a + d * d) ** 0.5, (b * b + e * e) ** 0.5

    @property
    def crs_name(self) -> str:
        """What people call the CRS: ``WGS 84 / UTM zone 33N``."""
        if self.crs in KNOWN:
            return _NAMES.get(self.crs, "WGS 84")
        return read_crs(self.crs).name

    def __repr__(self) -> str:
        width = max(len(name) for name, _ in self.rows())
        lines = [f"{name:<{width}}  {text}" for name, text in self.rows()]
        return "\n".join([*lines, *(f"  {describe_band(band)}" for band in self.bands)])

    def rows(self) -> list[tuple[str, str]]:
        """Names and texts of all but the bands, to print."""
        code = self.crs if len(self.crs) < _NAME else ""
        count = len(self.bands)
        across, upright = self.resolution
        height, width = self.block_shape
        return [
            ("raster", self.id),
            ("size", f"{self.width} x {self.height} pixels"),
            ("crs", f"{code} {self.crs_name}".strip()),
            ("pixel", f"{across:.10g} x {upright:.10g} {self._unit}"),
            ("bounds", _join(self.bounds, 6)),
            ("in its crs", _join(self.native_bounds, 3)),
            ("blocks", f"{width} x {height} pixels"),
            ("overviews", ", ".join(map(str, self.overviews)) or "none"),
            ("bands", f"{count} of {self.dtype}"),
        ]

    @property
    def _unit(self) -> str:
        if self.crs in KNOWN:
            return "metres" if self.crs in _NAMES else "degrees"
        unit: str = read_crs(self.crs).axis_info[0].unit_name
        return f"{unit[: -len('foot')]}feet" if unit.endswith("foot") else f"{unit}s"


def describe_raster(dataset: Dataset, known: LayerInfo) -> RasterInfo:
    """What is known of a dataset and of the layer that is read of it."""
    return RasterInfo(
        id=dataset.id,
        files=tuple(asset.href for asset in dataset.assets),
        width=known.grid.width,
        height=known.grid.height,
        crs=known.grid.crs,
        transform=known.grid.transform,
        bounds=dataset.bounds,
        native_bounds=known.grid.bounds,
        bands=known.bands,
        block_shape=known.block_shape,
        overviews=overview_factors(known.grid, known.overviews),
        version=known.version,
    )


def name_raster(dataset: Dataset, source: Source) -> str:
    """A raster in one line, without opening it."""
    grid = dataset.grid
    if source.expression is not None:
        what = source.expression[:60]
    else:
        count = len(source.bands or dataset.bands)
        what = f"{count} band{'s' if count > 1 else ''}"
    crs = grid.crs if len(grid.crs) < _NAME else grid.crs.split('"')[1]
    return f"<Raster {dataset.id}: {grid.width} x {grid.height}, {what}, {crs}>"


def describe_band(band: BandInfo) -> str:
    """A band in one line."""
    parts = [f"{band.index} {band.name[:_NAME]}", band.dtype]
    if band.unit:
        parts.append(band.unit)
    if band.nodata is not None:
        parts.append(f"nodata {band.nodata:.10g}")
    if (band.scale, band.offset) != (1.0, 0.0):
        parts.append(f"scale {band.scale:g} offset {band.offset:g}")
    if band.minimum is not None and band.maximum is not None:
        parts.append(f"{band.minimum:g} to {band.maximum:g}")
    if band.classes:
        parts.append(f"{len(band.classes)} classes")
    return "  ".join(parts)


def overview_factors(native: Grid, overviews: tuple[Grid, ...]) -> tuple[int, ...]:
    """By how much each overview is coarser than the native grid."""
    return tuple(max(1, round(native.width / grid.width)) for grid in overviews)


def _join(bounds: Bounds, digits: int) -> str:
    return ", ".join(f"{round(end, digits):.12g}" for end in bounds)
