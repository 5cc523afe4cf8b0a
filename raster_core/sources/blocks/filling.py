"""What a block consists of that the file does not store."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from raster_core.sources.blocks.plainness import NotPlainError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# From here on GDAL's doubles do not have all whole numbers.
_EXACT = 2**53


def filler(nodata: bytes, dtype: np.dtype[Any]) -> NDArray[Any]:
    """The value that GDAL gives all pixels: nodata, or 0 where there is none.

    Args:
        nodata: The text of the tag.
        dtype: The file's.

    Raises:
        NotPlainError: If it is no number that the type has.
    """
    text = nodata.split(b"\0")[0].strip().decode("latin-1")
    if not text:
        return np.zeros((), dtype)
    try:
        value = float(text)
    except ValueError:
        raise NotPlainError(f"Nodata is {text[:40]!r}") from None
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            found = np.array(value).astype(dtype)
        if math.isinf(found) != math.isinf(value):
            raise NotPlainError(f"Nodata is {value}, beyond {dtype}")
        return found
    limits = np.iinfo(dtype)
    whole = abs(value) < _EXACT and value == int(value)
    if not (whole and limits.min <= value <= limits.max):
        raise NotPlainError(f"Nodata is {value}, which {dtype} does not have")
    return np.array(int(value), dtype)
