"""How much memory a process holds after thousands of different tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.shared.rows import Row
from benchmarks.tiles.rasters import pick_tiles
from benchmarks.tiles.sides import RASTERLET, TITILER, start_worker

if TYPE_CHECKING:
    from benchmarks.tiles.rasters import Raster
    from benchmarks.tiles.sides import Side

TILES = 5000
PEER_TILES = 500
"""Titiler's; it takes some 50 ms per tile."""

LIMIT = 250.0
GROWTH = 1.1
"""What counts as flat: the last figure over the one after a tenth of the tiles."""


def measure(raster: Raster, seed: int) -> Row:
    """Megabytes after a tenth of the tiles and after all."""
    peer = _draw(TITILER, raster, PEER_TILES, seed)
    own = _draw(RASTERLET, raster, TILES, seed)
    return Row(
        f"memory after {TILES:,} different tiles (titiler {PEER_TILES})",
        f"{peer[0]:.0f}, then {peer[1]:.0f} MB",
        f"{own[0]:.0f}, then {own[1]:.0f} MB",
        f"grows {own[1] / own[0]:.2f} times",
        f"≤ {LIMIT:.0f} MB, flat",
        own[1] <= LIMIT and own[1] <= GROWTH * own[0],
    )


def _draw(side: Side, raster: Raster, count: int, seed: int) -> list[float]:
    tiles = pick_tiles(raster, count, seed)
    with start_worker(side, raster, tiles) as worker:
        held: list[float] = worker.ask(["memory", len(tiles) // 10, len(tiles)])
    return held
