"""What one block says of all of its zones, as arrays: no object per zone.

Rows are sorted by zone. Weights and sums of small integers are whole numbers, so that
rows of many blocks add up to the same in any order; moments and grounds stay one row
per zone and block, and are added up once, in the end, by an exactly rounded sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from raster_core.native.reducing.summing import LIMB_BITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from raster_core.sources.crs.crs import Floats
    from raster_core.zonal.coverage.weights import Integers, Weights

LIMBS = {"weight": slice(0, 3), "total": slice(3, 7), "squares": slice(7, 11)}
"""Which columns of ``SumRows.sums`` hold which sum."""


@dataclass(frozen=True, slots=True, eq=False)
class ValueRows:
    """Weight by zone and value; sorted by both, each pair once per block."""

    zone: Integers
    """(rows,): numbers of the zones."""
    value: NDArray[np.generic]
    """(rows,): stored values, in the type of the band."""
    weight: Weights
    """(rows,): above 0, carried."""


@dataclass(frozen=True, slots=True, eq=False)
class SumRows:
    """Exact sums of small integers by zone, of the zones that have values."""

    zone: Integers
    """(rows,): numbers of the zones."""
    sums: Integers
    """(rows, 11): the columns of ``LIMBS`` are whole numbers in limbs of ``LIMB_BITS``,
    the lowest first, all but the highest in [0, 2**LIMB_BITS): weight in units, and the
    sums of weight x value and of weight x value**2. Rows may be added up column by
    column, 2**31 of them, before ``join_limbs``."""
    minimum: NDArray[np.generic]
    """(rows,): in the type of the band."""
    maximum: NDArray[np.generic]


@dataclass(frozen=True, slots=True, eq=False)
class MomentRows:
    """Moments of wide types by zone, of the zones that have values; (rows,) each.

    Fields mean what those of ``partial.BlockMoments`` do.
    """

    zone: Integers
    """Numbers of the zones."""
    weight: Weights
    total: Floats
    squares: Floats
    minimum: NDArray[np.generic]
    """In the type of the band, as ``maximum`` and ``origin``."""
    maximum: NDArray[np.generic]
    origin: NDArray[np.generic]
    exponent: Integers


@dataclass(frozen=True, slots=True, eq=False)
class KeptRows:
    """The valid values of zones that keep them, one row per cell."""

    whole_zone: Integers
    """(n,): the zone's number, ascending."""
    whole: NDArray[np.generic]
    """(n,): values of the cells that count whole, row-major within a zone."""
    partial_zone: Integers
    """(m,)"""
    partial: NDArray[np.generic]
    """(m,): those of the others, likewise."""
    weights: Integers
    """(m,): weight of each of ``partial``, in units."""


@dataclass(frozen=True, slots=True, eq=False)
class AreaRows:
    """Ground of the valid cells of zones, in m²."""

    total: Floats
    """(zones,): as ``BandRows.zones`` has them."""
    weighted: Floats
    """(zones,): sum of ground x stored value."""
    zone: Integers
    """(rows,): number of a zone that has a class; (0,) for a band without classes."""
    value: NDArray[np.generic]
    """(rows,): the class, ascending within a zone."""
    area: Floats
    """(rows,): its ground."""


type Rows = ValueRows | SumRows | MomentRows


@dataclass(frozen=True, slots=True, eq=False)
class BandRows:
    """What one block says of its zones on one band."""

    zones: Integers
    """(zones,): numbers of all zones with cells in the block, ascending."""
    masked: Weights
    """(zones,): weight of the cells without data."""
    rows: Rows
    """``ValueRows`` or, if brief, ``SumRows`` of integers of up to 16 bits; else
    ``MomentRows``."""
    kept: KeptRows | None
    """None unless a zone of the block keeps its values."""
    areas: AreaRows | None
    """None if areas were not measured."""


def join_limbs(limbs: Integers) -> NDArray[np.object_]:
    """Whole numbers of any size, (rows,), of their limbs, (rows, limbs)."""
    found = limbs[:, -1].astype(object)
    for column in range(limbs.shape[1] - 2, -1, -1):
        found = (found << LIMB_BITS) + limbs[:, column]
    return np.asarray(found, object)
