"""The ground area of a zone's cells: in all, by class, and as a weight of the mean.

Measured block by block and added up in the end by an exactly rounded sum, so that the
order of blocks cannot show.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raster_core.zonal.partials.moments import exact_sum

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class BlockArea:
    """Ground of the valid cells of one zone in one block, in m²."""

    total: float
    weighted: float
    """Sum of ground x stored value."""
    values: tuple[int, ...] = ()
    """The classes met, ascending; empty for a band without classes."""
    areas: tuple[float, ...] = ()
    """Ground of each class."""


@dataclass(frozen=True, slots=True)
class ZoneArea:
    """Ground of the valid cells of one zone, in m²."""

    total: float
    mean: float | None
    """Mean of the stored values, weighted by ground; None without ground."""
    by_class: dict[int, float]


def merge_areas(blocks: Iterable[BlockArea]) -> ZoneArea:
    """The blocks of a zone as one; no blocks have no ground."""
    blocks = tuple(blocks)
    total = exact_sum(block.total for block in blocks)
    by_class: defaultdict[int, list[float]] = defaultdict(list)
    for block in blocks:
        for value, area in zip(block.values, block.areas, strict=True):
            by_class[value].append(area)
    mean = exact_sum(block.weighted for block in blocks) / total if total else None
    return ZoneArea(
        total, mean, {value: exact_sum(parts) for value, parts in by_class.items()}
    )
