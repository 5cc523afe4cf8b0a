"""From the start of a process to its first tile: what a cold Lambda's caller waits."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.shared.environment import HEAP_ENVIRONMENT, worker_environment
from benchmarks.shared.failures import WorkerError
from benchmarks.shared.rows import Row, compare
from benchmarks.tiles.sides import RASTERLET, TITILER, TITILER_APPLICATION

if TYPE_CHECKING:
    from mercantile import Tile

    from benchmarks.tiles.rasters import Raster
    from benchmarks.tiles.sides import Side

TARGET = 0.25


def measure(raster: Raster, tile: Tile, rounds: int) -> list[Row]:
    """Seconds to the first answer, median of some processes of each side in turn.

    The target is held against titiler's whole application, which is what its own
    deployment starts; the routes for tiles alone stand beside it. Bytecode is compiled
    and files are in the page cache by a first round that does not count.
    """
    sides = (TITILER_APPLICATION, TITILER, RASTERLET)
    seconds = [
        [_start(side, raster, tile) for side in sides] for _ in range(1 + rounds)
    ]
    *peers, own = (median(column) for column in zip(*seconds[1:], strict=True))
    return [
        compare(f"start to first tile, {side.name}", peer, own, unit="s", target=target)
        for side, peer, target in zip(sides, peers, (TARGET, None), strict=False)
    ]


def _start(side: Side, raster: Raster, tile: Tile) -> float:
    """Seconds from the start of a process to the end of its first answer."""
    command = (sys.executable, "-m", side.module, *side.request(raster, tile))
    environment = worker_environment({**HEAP_ENVIRONMENT, **side.environment(raster)})
    started = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        status = process.stdout.readline().strip()
        elapsed = time.perf_counter() - started
    if status != "200":
        raise WorkerError(f"The first tile of {side.name} has status {status}")
    return elapsed
