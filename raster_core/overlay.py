"""The weighted overlay: several layers' scores, weighted and summed, as a ``Layer``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from raster_core.raster import LayerInfo, RasterArray, Resampling
from raster_core.sampling import read_beside
from raster_core.source.versions import join_versions
from raster_core.spec import SCORE, ClassScores, RangeScore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from raster_core.bands import BandInfo, Scaling
    from raster_core.grid import Grid
    from raster_core.raster import Layer
    from raster_core.spec import Missing

type Scores = NDArray[np.float32]
"""From 0 to 1; NaN where a value has no score."""


@dataclass(frozen=True, slots=True, eq=False)
class ScoredLayer:
    """One layer of an overlay, open."""

    layer: Layer
    """Only its first band counts."""
    score: ClassScores | RangeScore
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

        Raises:
            BudgetError: As the layers' ``read``, likewise ``SourceError``.
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

        Raises:
            BudgetError: As the layers' ``read``, likewise ``SourceError``.
        """
        for number, part in enumerate(self.parts):
            kernel = _kernel(part.score, resampling)
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


def score_values(
    stored: NDArray[np.generic], band: BandInfo, score: ClassScores | RangeScore
) -> Scores:
    """The scores of stored values, of the same shape.

    A score is of physical values: classes have neither scale nor offset.
    """
    if stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2:
        table = _score_table(stored.dtype.str, band.scaling, score)
        # Negative values wrap to the table's upper half.
        return table.take(stored.view(stored.dtype.str.replace("i", "u")))
    return _compute_scores(stored, band.scaling, score)


@lru_cache(maxsize=64)  # 256 kB each at most
def _score_table(
    dtype: str, scaling: Scaling, score: ClassScores | RangeScore
) -> Scores:
    """The score of every value that a small integer type has, by unsigned value."""
    unsigned = np.dtype(dtype.replace("i", "u"))
    every = np.arange(2 ** (8 * unsigned.itemsize), dtype=unsigned).view(dtype)
    return _compute_scores(every, scaling, score)


def _compute_scores(
    stored: NDArray[np.generic], scaling: Scaling, score: ClassScores | RangeScore
) -> Scores:
    physical = scaling.physical_values(stored)
    with np.errstate(all="ignore"):  # of pixels that are not data
        if isinstance(score, ClassScores):
            return _score_classes(physical, score)
        share = (physical - score.low) / (score.high - score.low)
    share = np.clip(share, 0.0, 1.0)
    scores: Scores = (1.0 - share if score.invert else share).astype(np.float32)
    return scores


def _score_classes(physical: NDArray[np.floating], score: ClassScores) -> Scores:
    default = np.nan if score.default is None else score.default
    scores = np.where(np.isfinite(physical), np.float32(default), np.float32(np.nan))
    if not score.values:
        return scores.astype(np.float32)
    order = np.argsort(score.values)
    values = np.array(score.values)[order]
    place = np.searchsorted(values, physical).clip(max=len(values) - 1)
    found = values[place] == physical
    scores[found] = np.array(score.scores, np.float32)[order][place[found]]
    return scores.astype(np.float32)


def _kernel(score: ClassScores | RangeScore, resampling: Resampling) -> Resampling:
    """The kernel that a layer is read with: a mean of classes is none of them."""
    if isinstance(score, RangeScore) or resampling is Resampling.MODE:
        return resampling
    return Resampling.NEAREST
