"""Quantiles of wide types from the values that zones keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raster_core.zonal.columnar.merging import merge_values
from raster_core.zonal.coverage.weights import WHOLE, join_weights, split_weights
from raster_core.zonal.partials.kept import Kept, find_kept_quantiles
from raster_core.zonal.partials.rows import ValueRows
from raster_core.zonal.results.sample import Samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.zonal.columnar.gathering import KeptPart
    from raster_core.zonal.partials.fractions import Fractions

# Values of a zone from which on it is sorted by itself: that knows no zones, and takes
# a third of the time.
_ALONE = 8192


def kept_quantiles(
    parts: Sequence[KeptPart],
    zones: NDArray[np.integer],
    fractions: Fractions,
) -> list[NDArray[np.generic]]:
    """Quantiles of zones that keep their values, as stored values.

    Args:
        parts: All values of the zones, at least one of each, and of no others.
        zones: (zones,), ascending.
        fractions: Of the stored values (``Fractions.along``).

    Returns:
        (zones,) for each fraction, in the values' type; interpolated ones float64.
    """
    count = np.zeros(int(zones[-1]) + 1, np.int64)
    for part in parts:
        for own in (part.rows.whole_zone, part.rows.partial_zone):
            count += np.bincount(own, minlength=len(count))
    large = count[zones] > _ALONE
    found: list[NDArray[np.generic]] = [
        np.zeros(len(zones), np.float64 if fractions.interpolated else _dtype(parts))
        for _ in range(len(fractions))
    ]
    if not large.all():
        small = count <= _ALONE
        some = _of_samples([_cut(part, small) for part in parts], fractions)
        for column, values in zip(found, some, strict=True):
            column[~large] = values
    for position in np.flatnonzero(large).tolist():
        zone = int(zones[position])
        kept = [_keep(part, zone) for part in parts]
        one = find_kept_quantiles(kept, fractions) or ()
        for column, value in zip(found, one, strict=True):
            column[position] = value
    return found


def _of_samples(
    parts: Sequence[ValueRows], fractions: Fractions
) -> Sequence[NDArray[np.generic]]:
    """Quantiles of zones, side by side."""
    rows = merge_values(
        ValueRows(
            np.concatenate([part.zone for part in parts]),
            np.concatenate([part.value for part in parts]),
            join_weights(part.weight for part in parts),
        )
    )
    first = np.flatnonzero(np.diff(rows.zone, prepend=-1))
    samples = Samples(rows, rows.value.astype(np.float64), first)
    if fractions.interpolated:
        return samples.interpolate(fractions)
    return [rows.value[row] for row in samples.quantiles(fractions)]


def _cut(part: KeptPart, which: NDArray[np.bool_]) -> ValueRows:
    """The values of some zones with their weights, not merged; -0 is 0."""
    rows = part.rows
    whole, partial = which[rows.whole_zone], which[rows.partial_zone]
    value = np.concatenate([rows.whole[whole], rows.partial[partial]])
    if value.dtype.kind == "f":
        np.add(value, 0, out=value)
    units = np.concatenate(
        [np.full(np.count_nonzero(whole), WHOLE), rows.weights[partial]]
    )
    zone = np.concatenate([rows.whole_zone[whole], rows.partial_zone[partial]])
    return ValueRows(zone, value, split_weights(units).times(part.times))


def _keep(part: KeptPart, zone: int) -> Kept:
    """The values of one zone."""
    rows = part.rows
    whole = slice(*np.searchsorted(rows.whole_zone, [zone, zone + 1]).tolist())
    partial = slice(*np.searchsorted(rows.partial_zone, [zone, zone + 1]).tolist())
    return Kept(
        rows.whole[whole], rows.partial[partial], rows.weights[partial], part.times
    )


def _dtype(parts: Sequence[KeptPart]) -> np.dtype[np.generic]:
    return parts[0].rows.whole.dtype
