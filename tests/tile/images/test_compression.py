"""Whichever library compresses, what is compressed is the same."""

from __future__ import annotations

import subprocess
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from raster_core.tile.images.compression import compress_lines, compress_with_zlib

SHAPES = arrays.array_shapes(min_dims=2, max_dims=2, max_side=300)

LINES = arrays.arrays(np.uint8, SHAPES, elements=st.integers(0, 255), fill=st.just(0))

WITHOUT = """
import sys, zlib
sys.modules["isal"] = None
import numpy as np
from raster_core.tile.images.compression import compress_lines, compress_with_zlib
lines = np.arange(600, dtype=np.uint8).reshape(20, 30)
for smooth in (False, True):
    found = compress_lines(lines, smooth=smooth)
    assert found == compress_with_zlib(lines, smooth=smooth)
"""


@given(LINES, st.booleans())
def test_zlib_finds_the_lines_again(lines: np.ndarray, smooth: bool):
    for compress in (compress_lines, compress_with_zlib):
        found = compress(lines, smooth=smooth)

        assert zlib.decompress(found) == lines.tobytes()
        assert found == compress(lines.copy(), smooth=smooth)


@pytest.mark.parametrize("shape", [(1, 2), (1024, 1 + 4 * 1024)])
def test_noise_that_cannot_be_compressed_stays_as_it_is(shape: tuple[int, int]):
    lines = np.random.default_rng(7).integers(0, 256, shape).astype(np.uint8)

    found = compress_lines(lines, smooth=True)

    assert zlib.decompress(found) == lines.tobytes()
    assert len(found) < 1.01 * lines.size + 64


def test_zlib_does_without_the_other_library():
    subprocess.run((sys.executable, "-c", WITHOUT), check=True)
