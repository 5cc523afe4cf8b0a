"""The weighted overlay: several layers' scores, weighted and summed, as a layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np

from raster_core.bands import BandInfo
from raster_core.layers.scores import score_from_json, score_to_json, score_values
from raster_core.raster import LayerInfo, RasterArray, Resampling, join_versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raster_core.documents import OwnJson
    from raster_core.grid import Grid
    from raster_core.layers.scores import Score, Scores
    from raster_core.layers.spec import LayerSpec, ReadSpec
    from raster_core.raster import Layer

type Missing = Literal["skip", "mask"]

SCORE = BandInfo(1, "score", "float32", minimum=0.0, maximum=1.0)
"""The one band of an overlay."""


@dataclass(frozen=True, slots=True)
class OverlayPart:
    """One layer of an overlay."""

    source: LayerSpec
    """Only its first band counts."""
    score: Score
    weight: float


@dataclass(frozen=True, slots=True)
class OverlaySpec:
    """The weighted mean of several layers' scores, on the grid of one of them."""

    kind: ClassVar[str] = "overlay"

    parts: tuple[OverlayPart, ...]
    missing: Missing
    """Where a layer has no score: go without its weight, or have none."""
    base: int = 0
    """The position of the part whose native pixels are the overlay's."""

    def open(self) -> OverlayLayer:
        """The layer, as ``LayerSpec.open``."""
        parts = [
            ScoredLayer(part.source.open(), part.score, part.weight)
            for part in self.parts
        ]
        return overlay_layers(parts, self.missing, self.base)

    def versions(self) -> Iterator[str]:
        """Those of all layers."""
        for part in self.parts:
            yield from part.source.versions()

    def to_json(self) -> OwnJson:
        """As ``LayerSpec.to_json``."""
        parts = [
            {
                "source": part.source.to_json(),
                "score": score_to_json(part.score),
                "weight": part.weight,
            }
            for part in self.parts
        ]
        return {
            "kind": self.kind,
            "parts": parts,
            "missing": self.missing,
            "base": self.base,
        }

    @classmethod
    def from_json(cls, document: OwnJson, read: ReadSpec) -> Self:
        """As ``LayerSpec.from_json``."""
        parts = tuple(
            OverlayPart(
                read(part["source"]), score_from_json(part["score"]), part["weight"]
            )
            for part in document["parts"]
        )
        return cls(parts, document["missing"], document["base"])


@dataclass(frozen=True, slots=True, eq=False)
class ScoredLayer:
    """One layer of an overlay, open."""

    layer: Layer
    """Only its first band counts."""
    score: Score
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class OverlayLayer:
    """The weighted mean of scores, a layer of one band from 0 to 1."""

    info: LayerInfo
    parts: tuple[ScoredLayer, ...]
    missing: Missing
    base: int
    """The position of the part that ``info`` has its grid from."""

    def read(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> RasterArray:
        """Scores on ``grid``. Classes are never blended, whatever the kernel.

        float32 (1, row, col), from 0 to 1; 0 where there is no data.

        Raises:
            BudgetError: As the layers' ``read``.
            SourceError: As the layers' ``read``.
        """
        total = np.zeros(grid.shape, np.float32)
        weights = np.zeros(grid.shape, np.float32)
        complete = np.ones(grid.shape, bool)
        for part, (_, scores) in zip(
            self.parts, self.read_parts(grid, resampling), strict=True
        ):
            valid = np.isfinite(scores)
            np.add(total, part.weight * scores, out=total, where=valid)
            np.add(weights, np.float32(part.weight), out=weights, where=valid)
            complete &= valid
        mask = weights > 0 if self.missing == "skip" else complete
        mean = np.divide(total, weights, out=total, where=mask)
        # The last bit of a sum may lie beyond that of its weights.
        np.clip(mean, 0.0, 1.0, out=mean)
        mean[~mask] = 0.0
        return RasterArray(mean[None], mask[None], grid)

    def read_parts(
        self, grid: Grid, resampling: Resampling = Resampling.NEAREST
    ) -> Iterator[tuple[RasterArray, Scores]]:
        """Each layer's pixels on ``grid`` with their scores, NaN where they have none.

        Scores are (row, col), those of the layer's first band.

        Raises:
            BudgetError: As the layers' ``read``.
            SourceError: As the layers' ``read``.
        """
        # With all that warps, which a process that only describes does without.
        from raster_core.layers.sampling import read_beside  # noqa: PLC0415

        for number, part in enumerate(self.parts):
            kernel = part.score.kernel(resampling)
            array = (
                read_beside(part.layer, self.info, grid, kernel)
                if number != self.base
                else part.layer.read(grid, kernel)
            )
            band = part.layer.info.bands[0]
            scores = score_values(array.data[0], band, part.score)
            if not array.mask[0].all():
                scores = np.where(array.mask[0], scores, np.float32(np.nan))
            yield array, scores


def overlay_layers(
    parts: Sequence[ScoredLayer], missing: Missing, base: int = 0
) -> OverlayLayer:
    """The overlay of some layers, on the native grid of one of them.

    Args:
        parts: At least one.
        missing: What a pixel is that not every layer has a score for.
        base: The position of the one.
    """
    first = parts[base].layer.info
    info = LayerInfo(
        first.grid,
        first.block_shape,
        (SCORE,),
        join_versions(part.layer.info.version for part in parts),
        first.overviews,
        sum(part.layer.info.planes for part in parts),
    )
    return OverlayLayer(info, tuple(parts), missing, base)
