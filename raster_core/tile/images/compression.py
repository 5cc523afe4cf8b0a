"""Compress the filtered lines of a PNG: with ISA-L where it is installed, else zlib.

Processor milliseconds and bytes of a tile's IDAT, means of 60 tiles of each raster of
the tile benchmark on a busy machine:

=====================  =============  =============  ==================
lines                  zlib           ISA-L level 1  libdeflate level 1
=====================  =============  =============  ==================
elevation              0.67  28,454   0.19  29,182   0.44  28,834
elevation in Mercator  0.62  26,813   0.17  27,063   0.41  26,752
red, green, blue       2.12  94,943   0.60  89,703   1.41  85,625
classes                0.31   3,769   0.05   3,939   0.15   3,790
=====================  =============  =============  ==================

ISA-L's levels 2 and 3 take longer and gain nothing on most.
"""

from __future__ import annotations

import zlib
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    type Lines = NDArray[np.uint8]
    """(row, byte), contiguous: lines of a PNG, each with its filter byte first."""

_ISAL_LEVEL = 1

# zlib's level for classes. Milliseconds and bytes of a tile of the sample's land cover
# with 4 bits per pixel: level 1 0.10 and 3,540; 3 0.15 and 3,294; 4 0.16 and 3,091;
# 6 0.38 and 2,892. (GDAL's RGBA PNG of the same: 3.7 and 6,638.) Z_RLE ignores it.
_ZLIB_LEVEL = 4


def compress_lines(lines: Lines, *, smooth: bool) -> bytes:
    """Compress lines to a zlib stream, the content of an IDAT chunk.

    The same lines give the same bytes in one installation; another one may have another
    library.

    Args:
        lines: uint8 (row, byte), contiguous; not empty.
        smooth: Whether the lines are differences of similar neighbours: noise with runs
            of zeros, in which searching for longer matches takes time and gains little.
    """
    fast = _fast_compress()
    return fast(lines) if fast else compress_with_zlib(lines, smooth=smooth)


def compress_with_zlib(lines: Lines, *, smooth: bool) -> bytes:
    """``compress_lines`` without another library."""
    strategy = zlib.Z_RLE if smooth else zlib.Z_DEFAULT_STRATEGY
    stream = zlib.compressobj(_ZLIB_LEVEL, zlib.DEFLATED, strategy=strategy)
    return stream.compress(lines) + stream.flush()


@cache
def _fast_compress() -> Callable[[Lines], bytes] | None:
    """ISA-L's compression; None where it is not installed."""
    try:
        from isal import isal_zlib  # noqa: PLC0415  documents go without
    except ImportError:
        return None
    return lambda lines: isal_zlib.compress(lines, _ISAL_LEVEL)
