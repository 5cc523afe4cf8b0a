"""The order of whole numbers, by whichever way is the fastest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def sort_numbers(numbers: NDArray[np.integer]) -> NDArray[np.intp]:
    """The order of numbers, (n,), ascending; equal ones keep theirs."""
    if not numbers.size:
        return np.zeros(0, np.intp)
    above = numbers - numbers.min()
    if above.max() < 2**16:  # numpy has a radix sort for these, ten times as fast
        return np.argsort(above.astype(np.uint16), kind="stable")
    return np.argsort(above, kind="stable")
