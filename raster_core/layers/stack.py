"""Bands of several files, read on one grid: Sentinel-2 and Landsat come that way."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from raster_core.layers.file import FileSpec
from raster_core.layers.stored import (
    float_bands,
    read_as_floats,
    read_as_image,
)
from raster_core.raster import RasterArray, Resampling, common_type, join_versions
from raster_core.stated import StatedBand, band_from_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo
    from raster_core.documents import OwnJson
    from raster_core.grid import Grid
    from raster_core.layers.spec import ReadSpec
    from raster_core.layers.stored import Plane
    from raster_core.raster import Layer, LayerInfo


@dataclass(frozen=True, slots=True)
class StackBand:
    """One band of a file, as a dataset of several files has it."""

    href: str
    version: str
    stored: int
    """1-based, in the file."""
    band: StatedBand
    """With the dataset's number and name."""
    carried: str = field(default="", repr=False)
    """As a ``FileSpec`` has it."""


@dataclass(frozen=True, slots=True)
class StackSpec:
    """Bands of several files, on the grid of the finest."""

    kind: ClassVar[str] = "stack"

    bands: tuple[StackBand, ...]

    def open(self) -> StackLayer:
        """The layer, as ``LayerSpec.open``: each file is opened once for all bands."""
        from raster_core.sources.crs.ellipsoid import finest_grid  # noqa: PLC0415

        by_file: dict[tuple[str, str, str], list[StatedBand]] = {}
        positions = []
        for part in self.bands:
            file = part.href, part.version, part.carried
            chosen = by_file.setdefault(file, [])
            positions.append((list(by_file).index(file), len(chosen)))
            chosen.append(replace(part.band, index=part.stored))
        layers = [
            FileSpec(href, version, tuple(bands), carried).open()
            for (href, version, carried), bands in by_file.items()
        ]
        finest = finest_grid([layer.info.grid for layer in layers])
        bands = [part.band for part in self.bands]
        return stack_layers(layers, positions, bands=bands, finest=finest)

    def versions(self) -> Iterator[str]:
        """Those of the files, one per band."""
        yield from (band.version for band in self.bands)

    def to_json(self) -> OwnJson:
        """As ``LayerSpec.to_json``."""
        return {"kind": self.kind, **asdict(self)}

    @classmethod
    def from_json(cls, document: OwnJson, read: ReadSpec) -> Self:  # noqa: ARG003  no parts
        """As ``LayerSpec.from_json``."""
        return cls(
            tuple(
                StackBand(**{**part, "band": band_from_json(part["band"])})
                for part in document["bands"]
            )
        )


@dataclass(frozen=True, slots=True, eq=False)
class StackLayer:
    """Bands of several layers, on the grid of the finest."""

    info: LayerInfo
    layers: tuple[Layer, ...]
    positions: tuple[tuple[int, int], ...]
    """For each band, which layer it comes from and its position there."""

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        """Stored values in the common type: every file is brought to ``grid``.

        (band, row, col) in the order of ``info.bands``.

        Raises:
            BudgetError: As the files' ``read``.
            SourceError: As the files' ``read``.
        """
        arrays = self._read_files(grid, resampling)
        shape = (len(self.positions), *grid.shape)
        data = np.empty(shape, common_type(self.info.bands))
        mask = np.empty(shape, bool)
        for number, (layer, position) in enumerate(self.positions):
            data[number] = arrays[layer].data[position]
            mask[number] = arrays[layer].mask[position]
        return RasterArray(data, mask, grid, _least_alpha(arrays))

    def planes(self, grid: Grid) -> list[Plane]:
        """As ``stored.read_planes``."""
        arrays = self._read_files(grid, Resampling.NEAREST)
        return [
            (arrays[layer].data[position], arrays[layer].mask[position])
            for layer, position in self.positions
        ]

    def as_floats(self) -> StackLayer:
        """As ``stored.read_as_floats``."""
        info = replace(self.info, bands=float_bands(self.info.bands))
        layers = tuple(map(read_as_floats, self.layers))
        return replace(self, info=info, layers=layers)

    def as_image(self) -> StackLayer:
        """As ``stored.read_as_image``."""
        return replace(self, layers=tuple(map(read_as_image, self.layers)))

    def _read_files(self, grid: Grid, resampling: Resampling) -> list[RasterArray]:
        # With all that warps, which a process that only describes does without.
        from raster_core.layers.sampling import read_beside  # noqa: PLC0415

        return [
            layer.read(grid, resampling)
            if layer.info.grid == self.info.grid
            else read_beside(layer, self.info, grid, resampling)
            for layer in self.layers
        ]


def _least_alpha(arrays: Sequence[RasterArray]) -> NDArray[np.uint8] | None:
    """The alpha (row, col) of several files: what each of them lets be seen."""
    graded = [array.alpha for array in arrays if array.alpha is not None]
    return np.minimum.reduce(graded) if graded else None


def stack_layers(
    layers: Sequence[Layer],
    positions: Sequence[tuple[int, int]],
    *,
    bands: Sequence[StatedBand | BandInfo],
    finest: int,
) -> StackLayer:
    """One layer of bands of several.

    Args:
        layers: At least one.
        positions: For each band, which layer it comes from and its position there.
        bands: As many; their number and name count.
        finest: The layer whose grid is that of the stack.
    """
    stored = [layers[layer].info.bands[position] for layer, position in positions]
    described = tuple(
        replace(own, index=band.index, name=band.name)
        for own, band in zip(stored, bands, strict=True)
    )
    info = replace(
        layers[finest].info,
        bands=described,
        version=join_versions(layer.info.version for layer in layers),
        interleaved=sum(layer.info.planes for layer in layers),
    )
    return StackLayer(info, tuple(layers), tuple(positions))
