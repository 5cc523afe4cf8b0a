"""Tiles of a file in a store: Rasterlet beside titiler."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

import mercantile

from benchmarks.remote.store import count_rounds, take_requests
from benchmarks.shared.paths import BUILD, ROOT
from benchmarks.shared.rows import Row, outdo
from benchmarks.tiles.rasters import pick_tiles, rasters
from benchmarks.tiles.sides import RASTERLET, TITILER, start_worker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mercantile import Tile

    from benchmarks.tiles.rasters import Raster
    from benchmarks.tiles.sides import Side

# A map of nine by seven tiles, which is dragged into view tile by tile.
_WIDTH, _HEIGHT, _ZOOM = 9, 7, 11

_ALL_OVER = 60


@dataclass(frozen=True, slots=True)
class Visit:
    """What some tiles took."""

    clock: float
    """Milliseconds a tile."""
    requests: int
    rounds: int


def measure(endpoint: str, rounds: int, seed: int) -> list[Row]:
    """A map that is panned, tiles all over, and a first tile."""
    raster = _put_away(endpoint)
    panned = _pan(raster)
    spread = pick_tiles(raster, _ALL_OVER, seed)
    rows = []
    for title, tiles, target in (
        (f"a map that is panned, {len(panned)} tiles", panned, 12),
        (f"{len(spread)} tiles all over", spread, 4),
    ):
        peer, own = (
            _median([_visit(side, raster, tiles, endpoint) for _ in range(rounds)])
            for side in (TITILER, RASTERLET)
        )
        rows.append(
            outdo(
                f"{title} (requests {peer.requests} | {own.requests})",
                1000 / peer.clock,
                1000 / own.clock,
                unit="tiles/s",
                target=target,
            )
        )
    first = next(tile for tile in spread if tile.z == _ZOOM)
    peer, own = (
        _median([_visit(side, raster, [first], endpoint) for _ in range(rounds)])
        for side in (TITILER, RASTERLET)
    )
    rows.append(
        Row(
            "first tile of a file never opened",
            *(_words(peer), _words(own), f"{peer.clock / own.clock:.1f} times"),
            *("1 round", own.rounds <= 1),
        )
    )
    return rows


def _words(visit: Visit) -> str:
    return f"{visit.rounds} rounds, {visit.requests} requests, {visit.clock:.0f} ms"


def _median(visits: Sequence[Visit]) -> Visit:
    return Visit(
        median(visit.clock for visit in visits),
        max(visit.requests for visit in visits),
        max(visit.rounds for visit in visits),
    )


def _put_away(endpoint: str) -> Raster:
    """The elevations as a file of the store, and their catalogue."""
    raster = rasters()[0]
    href = f"http://{endpoint}/{raster.path.name}"
    catalogue = BUILD / "remote_catalog.json"
    catalogue.unlink(missing_ok=True)
    subprocess.run(
        (
            *(sys.executable, "-m", "rasterlet", "catalog", "add", str(catalogue)),
            *(href, "--id", raster.dataset),
        ),
        cwd=ROOT,
        check=True,
    )
    assert json.loads(catalogue.read_text())["features"]
    return replace(raster, href=href, catalogue=catalogue)


def _pan(raster: Raster) -> list[Tile]:
    """Tiles row by row, in the middle of the raster."""
    tiles = [tile for tile in pick_tiles(raster, 240, 1) if tile.z == _ZOOM]
    middle_x = round(median(tile.x for tile in tiles))
    middle_y = round(median(tile.y for tile in tiles))
    return [
        mercantile.Tile(middle_x - _WIDTH // 2 + x, middle_y - _HEIGHT // 2 + y, _ZOOM)
        for y in range(_HEIGHT)
        for x in range(_WIDTH)
    ]


def _visit(side: Side, raster: Raster, tiles: Sequence[Tile], endpoint: str) -> Visit:
    """What a process takes that has started, but opened nothing."""
    own = side.environment(raster)
    away = replace(
        side,
        environment=lambda _: {**own, "RASTERLET_ALLOWED": f"http://{endpoint}"},
    )
    with start_worker(away, raster, tiles) as worker:
        take_requests(endpoint)
        before = time.perf_counter()
        clock = worker.ask("round")["clock"]
        assert time.perf_counter() > before
        requests = take_requests(endpoint)
    return Visit(clock, len(requests), count_rounds(requests))
