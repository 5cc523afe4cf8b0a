"""Scores: what the values of a layer count for in a weighted overlay."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from raster_core.raster import Resampling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raster_core.bands import BandInfo, Scaling

type Scores = NDArray[np.float32]
"""From 0 to 1; NaN where a value has no score."""


@dataclass(frozen=True, slots=True)
class ClassScores:
    """A score for each of some values."""

    values: tuple[float, ...]
    scores: tuple[float, ...]
    """From 0 to 1, as many as values."""
    default: float | None
    """The score of all other values; None means that they have none."""

    def compute(self, physical: NDArray[np.floating]) -> Scores:
        """The scores of physical values, of the same shape."""
        default = np.nan if self.default is None else self.default
        known = np.isfinite(physical)
        scores = np.where(known, np.float32(default), np.float32(np.nan))
        if not self.values:
            return scores.astype(np.float32)
        order = np.argsort(self.values)
        values = np.array(self.values)[order]
        position = np.searchsorted(values, physical).clip(max=len(values) - 1)
        found = values[position] == physical
        scores[found] = np.array(self.scores, np.float32)[order][position[found]]
        return scores.astype(np.float32)

    def kernel(self, resampling: Resampling) -> Resampling:
        """The kernel that a layer is read with: a mean of classes is not a class."""
        return resampling if resampling is Resampling.MODE else Resampling.NEAREST


@dataclass(frozen=True, slots=True)
class RangeScore:
    """0 up to ``low``, 1 from ``high``, and linear between them."""

    low: float
    high: float
    invert: bool = False
    """Whether 1 and 0 change places."""

    def compute(self, physical: NDArray[np.floating]) -> Scores:
        """The scores of physical values, of the same shape."""
        with np.errstate(all="ignore"):  # pixels without data may hold anything
            fraction = (physical - self.low) / (self.high - self.low)
        fraction = np.clip(fraction, 0.0, 1.0)
        fraction = 1.0 - fraction if self.invert else fraction
        return np.asarray(fraction, np.float32)

    def kernel(self, resampling: Resampling) -> Resampling:
        """The kernel that a layer is read with: any."""
        return resampling


type Score = ClassScores | RangeScore


def score_to_json(score: Score) -> dict[str, Any]:
    """What ``score_from_json`` makes the same score of."""
    return asdict(score)


def score_from_json(document: Mapping[str, Any]) -> Score:
    """The score of ``score_to_json``, also after a way through text."""
    if "low" in document:
        return RangeScore(**document)
    values, scores = tuple(document["values"]), tuple(document["scores"])
    return ClassScores(values, scores, document["default"])


def score_values(stored: NDArray[np.generic], band: BandInfo, score: Score) -> Scores:
    """The scores of stored values, of the same shape.

    A score is of physical values: classes have neither scale nor offset.
    """
    if stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2:
        table = _score_table(stored.dtype.str, band.scaling, score)
        # Negative values wrap to the table's upper half.
        return table.take(stored.view(stored.dtype.str.replace("i", "u")))
    return score.compute(band.scaling.physical_values(stored))


@lru_cache(maxsize=64)  # 256 kB each at most
def _score_table(dtype: str, scaling: Scaling, score: Score) -> Scores:
    """The scores of all values of a small integer type, (n,), by unsigned value."""
    unsigned = np.dtype(dtype.replace("i", "u"))
    every = np.arange(2 ** (8 * unsigned.itemsize), dtype=unsigned).view(dtype)
    return score.compute(scaling.physical_values(every))
