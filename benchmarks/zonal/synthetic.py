"""Rasters that nothing was tuned to: noise of classes, and rough relief."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SEED = 20_261

# Classes of the land cover, the rarer the higher: five neighbours in six differ.
_CLASSES = 17
_WEIGHTS = 1.0 / (np.arange(_CLASSES) + 3.0)

# Pixels from node to node of the coarsest waves, and how much lower the next finer
# ones are: hills of 1,000 m, roughness of some metres from pixel to pixel.
_COARSEST = 1024
_LOWER = 0.55
_HEIGHT = 1_000.0
_ROUGHNESS = 1.5


def noise(side: int, strip: int) -> Iterator[NDArray[np.uint8]]:
    """Strips of rows, each (strip, side): classes drawn pixel by pixel."""
    random = np.random.default_rng(SEED)
    edges = np.cumsum(_WEIGHTS / _WEIGHTS.sum())[:-1].astype(np.float32)
    for _ in range(0, side, strip):
        drawn = random.random((strip, side), np.float32)
        yield np.searchsorted(edges, drawn, side="right").astype(np.uint8)


def relief(side: int, strip: int, dtype: str) -> Iterator[NDArray[np.generic]]:
    """Strips of rows, each (strip, side): heights in metres, whole ones of an int16."""
    random = np.random.default_rng(SEED + 1)
    octaves = []
    step, height = _COARSEST, _HEIGHT
    while step > 1:
        nodes = side // step + 2
        grid = random.standard_normal((nodes, nodes), np.float32) * height
        octaves.append((step, grid))
        step, height = step // 2, height * _LOWER
    for row in range(0, side, strip):
        rows = np.arange(row, row + strip)
        heights = random.standard_normal((strip, side), np.float32) * _ROUGHNESS + 2_000
        for step, grid in octaves:
            heights += _between(grid, rows, step, side)
        yield np.rint(heights).astype(dtype) if dtype == "int16" else heights


def _between(
    grid: NDArray[np.float32], rows: NDArray[np.intp], step: int, side: int
) -> NDArray[np.float32]:
    """The grid, a node every ``step`` pixels, at all columns of rows: bilinearly."""
    cols = np.arange(side)
    col, right = np.divmod(cols, step)
    row, below = np.divmod(rows, step)
    share = (right / step).astype(np.float32)
    first, last = row[0], row[-1] + 2
    wide = grid[first:last, col] * (1 - share) + grid[first:last, col + 1] * share
    share = (below / step).astype(np.float32)[:, np.newaxis]
    return wide[row - first] * (1 - share) + wide[row - first + 1] * share
