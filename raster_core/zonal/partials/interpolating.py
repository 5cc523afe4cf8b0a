"""Quantiles that lie between values, for those who choose them.

Source: exactextract, ``weighted_quantiles.cpp``: the values of a zone, each once and
with its summed weight, have scores that grow from 0 to the last one's; a quantile has
its fraction of that score, and lies between two values as its score between theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from raster_core.sources.crs.crs import Floats


def interpolate_quantiles(
    values: Floats,
    weight: Floats,
    before: Floats,
    first: NDArray[np.intp],
    fractions: Sequence[float],
) -> list[Floats]:
    """Interpolated quantiles of zones.

    Args:
        values: (rows,): each zone's together, ascending, each once; at least one.
        weight: (rows,): of each value, above 0.
        before: (rows,): of all smaller values of its zone.
        first: (zones,): where the rows of each zone begin.
        fractions: Which quantiles, from 0 to 1.

    Returns:
        (zones,) for each fraction.
    """
    count = np.diff(np.append(first, len(values)))
    last = first + count - 1
    position = np.repeat(np.arange(len(first)), count)
    number = np.arange(len(values)) - first[position]
    score = number * weight + (count[position] - 1) * before
    whole = (before[last] + weight[last]) * (count - 1)
    found = []
    for fraction in fractions:
        wanted = fraction * whole
        reached = np.add.reduceat((score <= wanted[position]).astype(np.intp), first)
        left = first + np.maximum(reached, 1) - 1
        right = np.minimum(left + 1, last)
        part = np.zeros(len(first))
        gap = score[right] - score[left]
        np.divide(wanted - score[left], gap, out=part, where=gap > 0)
        found.append(values[left] + part * (values[right] - values[left]))
    return found
