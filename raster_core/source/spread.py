"""Places all over a raster, for samples that are bounded and always the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

type Places = NDArray[np.float64]
"""(place, 2): fractions of the raster's width and height, in [0, 1)."""

# From one place to the next: no two of them come close.
# Source: Roberts, "The unreasonable effectiveness of quasirandom sequences" (2018).
_STEPS = np.array([0.7548776662466927, 0.5698402909980532])


def spread_places(count: int, *, first: int = 0) -> Places:
    """Places of a sequence from the ``first`` on; later ones fill the gaps before.

    Args:
        count: How many; none gives an empty array.
        first: Position in the sequence, whose place 0 is the raster's middle.
    """
    places: Places = (0.5 + np.arange(first, first + count)[:, None] * _STEPS) % 1
    return places
