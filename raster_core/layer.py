"""Layers: what tiles and statistics read from, and how they are opened.

A spec is data and crosses processes; ``open_layer`` turns it into something that
reads. The layer of one file is here; of several files, ``stack``; of expressions,
``computed``; of scores, ``overlay``. Law of every ``read``: a crop of the native grid,
or of an overview's, comes back as stored.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from raster_core.bands import UNSCALED
from raster_core.computed import compute_layer
from raster_core.errors import SourceError
from raster_core.expr import parse_expressions
from raster_core.overlay import ScoredLayer, overlay_layers
from raster_core.raster import (
    Layer,
    LayerInfo,
    RasterArray,
    Resampling,
    empty_array,
)
from raster_core.source.cog import Cog, open_cog
from raster_core.source.crs import column_period
from raster_core.source.ellipsoid import finest_grid
from raster_core.source.operations import pixel_transform
from raster_core.source.plan import Blend, Gather, Paste, ReadPlan, plan_read
from raster_core.source.resample import read_around, resample
from raster_core.source.scaling import check_scaling
from raster_core.spec import BandSpec, ExpressionSpec, FilesSpec, LayerSpec
from raster_core.stack import StackLayer, stack_layers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.grid import Grid, Window

# Of a tile, whose plan is kept for the next file on the same grid: 2 ms to make, and
# up to 4 MB.
SHARED_PIXELS = 512 * 512


@dataclass(frozen=True, slots=True, eq=False)
class BandLayer:
    """Bands of an open file, as a ``Layer``."""

    info: LayerInfo
    href: str
    together: bool = False
    """Whether a pixel with data in any band has data in all of them."""

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        """Stored values on ``grid``: a paste where grids agree, else resampled.

        Raises:
            BudgetError: The grid needs a larger read than ``budget.MAX_PIXELS``.
            SourceError: The file's blocks cannot be read.
        """
        cog = open_cog(self.href, self.info.version)
        plan = _share_plan(grid, cog.levels, resampling)
        if isinstance(plan, Paste):
            array = self._read_level(cog, plan.level, plan.window)
            return replace(array, grid=grid)
        if isinstance(plan, Gather | Blend):
            level = plan.level
            array = read_around(
                lambda window: self._read_level(cog, level, window),
                plan.window,
                plan.turn,
            )
            return resample(array, plan, grid)
        return empty_array(grid, len(self.info.bands), self.info.bands[0].dtype)

    def _read_level(self, cog: Cog, level: int, window: Window) -> RasterArray:
        """Stored values in the type that ``info`` names."""
        array = cog.read(level, window, self.info.bands)
        data = array.data.astype(self.info.bands[0].dtype, copy=False)
        mask = _mask_together(array) if self.together else array.mask
        return replace(array, data=data, mask=mask)


def _share_plan(
    grid: Grid, levels: tuple[Grid, ...], resampling: Resampling
) -> ReadPlan:
    """The plan, computed once for the files of a stack: most lie on one grid."""
    if grid.window.pixels > SHARED_PIXELS:
        return _plan(grid, levels, resampling)
    return _known_plan(grid, levels, resampling)


def _plan(grid: Grid, levels: tuple[Grid, ...], resampling: Resampling) -> ReadPlan:
    return plan_read(
        grid,
        levels,
        pixel_transform(levels[0], grid),
        period=column_period(levels[0]),
        resampling=resampling,
    )


_known_plan = lru_cache(maxsize=4)(_plan)


def read_as_floats(layer: Layer) -> Layer:
    """The same values, which no kernel rounds.

    Between whole metres of height, a rounded kernel makes terraces. Layers that compute
    their values have floats already.
    """
    bands = tuple(
        replace(band, dtype=np.result_type(band.dtype, np.float32).name)
        for band in layer.info.bands
    )
    info = replace(layer.info, bands=bands)
    if isinstance(layer, BandLayer):
        return replace(layer, info=info)
    if isinstance(layer, StackLayer):
        layers = tuple(map(read_as_floats, layer.layers))
        return replace(layer, info=info, layers=layers)
    return layer


def read_together(layer: Layer) -> Layer:
    """The same for a picture, whose pixels are missing only where all bands are.

    Nodata in one of three bands is a colour there: dark water has no red, and a red
    field no green. Such a stored value counts like any other, in kernels too. What is
    not finite stays missing. Bands of several files are seen together band by band.
    """
    if isinstance(layer, BandLayer):
        return replace(layer, together=True)
    if isinstance(layer, StackLayer):
        return replace(layer, layers=tuple(map(read_together, layer.layers)))
    return layer


def _mask_together(array: RasterArray) -> NDArray[np.bool_]:
    """The mask of a picture, likewise (band, row, col)."""
    if len(array.mask) == 1 or array.mask.all():
        return array.mask
    seen = np.broadcast_to(array.mask.any(axis=0), array.mask.shape)
    return seen & np.isfinite(array.data) if array.data.dtype.kind == "f" else seen


def describe_file(href: str, *bands: int, version: str | None = None) -> BandSpec:
    """What a file says of itself, for ``open_layer`` and for workers.

    Args:
        href: A path, ``s3://`` or ``https://``.
        bands: Which, from 1; none means all.
        version: Changes when the content does; an entity tag in its quotes has every
            read refused of any other content. None takes a local file's time, size and
            inode, and of a remote one the moment: each description reads it again.

    Raises:
        SourceError: It cannot be opened or lacks a band.
    """
    version = file_version(href) if version is None else version
    stored = open_cog(href, version).bands
    last = max(bands, default=0)
    if last > len(stored):
        raise SourceError(f"Band {last} is not among the raster's {len(stored)}")
    chosen = tuple(stored[band - 1] for band in bands) or stored
    return BandSpec(href, version, chosen)


def file_version(href: str) -> str:
    """A version that another content of the file does not have."""
    if "://" in href:
        return f"read at {time.time_ns()}"
    try:
        stat = Path(href).stat()
    except OSError as error:
        raise SourceError("The raster is not in its store") from error
    return f"{stat.st_mtime_ns:x}-{stat.st_size:x}-{stat.st_ino:x}"


def open_layer(spec: LayerSpec) -> Layer:
    """The layer of a spec; files stay open for the next one.

    Raises:
        SourceError: A file cannot be opened or lacks a band.
        RequestError: An expression is not valid.
    """
    if isinstance(spec, BandSpec):
        return _open_file(spec)
    if isinstance(spec, FilesSpec):
        return _open_files(spec)
    if isinstance(spec, ExpressionSpec):
        expressions = parse_expressions(spec.text)
        source = read_as_floats(open_layer(spec.source))
        return compute_layer(source, expressions, dict(spec.names))
    parts = [
        ScoredLayer(open_layer(part.source), part.score, part.weight)
        for part in spec.parts
    ]
    return overlay_layers(parts, spec.missing, spec.base)


def _open_file(spec: BandSpec) -> BandLayer:
    cog = open_cog(spec.href, spec.version)
    last = max(band.index for band in spec.bands)
    if last > len(cog.bands):
        raise SourceError(f"Band {last} is not among the raster's {len(cog.bands)}")
    bands = tuple(
        cog.effective(_merge(band, cog.bands[band.index - 1])) for band in spec.bands
    )
    check_scaling(bands)
    info = LayerInfo(
        cog.levels[0],
        cog.header.block_shape,
        bands,
        spec.version,
        cog.levels[1:],
        cog.header.blocks[0].interleaved,
    )
    return BandLayer(info, spec.href)


def _open_files(spec: FilesSpec) -> StackLayer:
    """Each file is opened once, for all bands that come from it."""
    by_file: dict[tuple[str, str], list[BandInfo]] = {}
    for part in spec.bands:
        band = replace(part.band, index=part.stored)
        by_file.setdefault((part.href, part.version), []).append(band)
    layers = [
        _open_file(BandSpec(href, version, tuple(bands)))
        for (href, version), bands in by_file.items()
    ]
    files, places = list(by_file), []
    taken = [0] * len(files)
    for part in spec.bands:
        file = files.index((part.href, part.version))
        places.append((file, taken[file]))
        taken[file] += 1
    finest = finest_grid([layer.info.grid for layer in layers])
    bands = [part.band for part in spec.bands]
    return stack_layers(layers, places, bands=bands, finest=finest)


def _merge(band: BandInfo, stored: BandInfo) -> BandInfo:
    """The catalogue's word on a band, the file's where the catalogue is silent.

    Scale and offset go together: one of each is neither's.
    """
    own = band if band.scaling != UNSCALED else stored
    return replace(
        band,
        dtype=stored.dtype,
        nodata=stored.nodata if band.nodata is None else band.nodata,
        unit=band.unit or stored.unit,
        scale=own.scale,
        offset=own.offset,
    )
