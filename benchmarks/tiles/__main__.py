"""Time the tile handler beside titiler: ``make bench-tiles``.

Each side is a process of its own, warmed by a pass over a list of tiles, then told in
turn to run through the list again. Nothing is asserted about times; that both sides
draw the same is checked first, by processes that are not timed. Then: starts, requests
to a store, memory, and servers under load.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.shared import rows
from benchmarks.shared.failures import DisagreementError, WorkerError
from benchmarks.tiles import load, memory, start, store
from benchmarks.tiles.agreement import Picture, compare, decode
from benchmarks.tiles.figures import Pass, Result, Timing, summary, table
from benchmarks.tiles.rasters import build_all, empty_raster, pick_tiles, rasters
from benchmarks.tiles.sides import RASTERLET, TITILER, Worker, start_worker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mercantile import Tile

    from benchmarks.shared.rows import Row
    from benchmarks.tiles.rasters import Raster

# Share of the pixels that must agree, at least. All never will: a nearest neighbour is
# found by different arithmetic and, on some tiles, in another overview.
SAME = 0.95

# Milliseconds that a tile without data may take.
EMPTY_LIMIT = 1.0

SIDES = (TITILER, RASTERLET)


def main() -> int:
    """Print the tables, or say why there are none."""
    args = _parse_arguments()
    build_all()
    print(
        f"Seed {args.seed}, {args.tiles} tiles a raster, {args.rounds} rounds; "
        f"{os.cpu_count()} processors, Python {platform.python_version()}"
    )
    drawn: list[tuple[Raster, Result]] = []
    try:
        for raster in (*rasters(), empty_raster()):
            drawn.append((raster, _measure(raster, args)))
            print("\n".join(table(drawn[-1][1])), flush=True)
        print("\n".join(summary([result for _, result in drawn])), flush=True)
        lines = [row for raster, result in drawn for row in _rows(raster, result)]
        lines += _other_rows(args)
    except (DisagreementError, WorkerError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(rows.table(lines)))
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the choice of tiles")
    parser.add_argument("--tiles", type=int, default=240, help="of each raster")
    parser.add_argument("--rounds", type=int, default=5, help="over each raster")
    return parser.parse_args()


def _rows(raster: Raster, result: Result) -> list[Row]:
    """A raster's lines of the last table."""
    peer, own = result.peer, result.own
    if raster.quarter:
        least = median(own.clock)
        reached = least <= EMPTY_LIMIT
        return [
            rows.Row(
                *(raster.title, f"{median(peer.clock):.2f} ms", f"{least:.2f} ms"),
                *(f"{result.ratio:.1f} times", f"≤ {EMPTY_LIMIT:g} ms", reached),
            )
        ]
    rates = (1000 / median(side.clock) for side in (peer, own))
    speed = rows.outdo(raster.title, *rates, unit="tiles/s", target=raster.target)
    if raster.size_target is None:
        return [speed]
    title = f"bytes per tile, {raster.title.split(',')[0]}"
    sizes = peer.size, own.size
    return [speed, rows.compare(title, *sizes, unit="B", target=raster.size_target)]


def _other_rows(args: argparse.Namespace) -> list[Row]:
    """What is not measured by drawing a list of tiles again and again."""
    elevation = rasters()[0]
    tiles = pick_tiles(elevation, args.tiles, args.seed)
    middle = next(tile for tile in tiles if tile.z == 12)
    return [
        *start.measure(elevation, middle, args.rounds),
        *store.measure(elevation, middle),
        memory.measure(elevation, args.seed),
        load.measure(elevation, tiles, args.rounds),
    ]


def _measure(raster: Raster, args: argparse.Namespace) -> Result:
    """What both sides do with one raster.

    Raises:
        DisagreementError: If their images differ.
        WorkerError: If one of them has ended.
    """
    tiles = pick_tiles(raster, args.tiles, args.seed)
    with _start_workers(raster, tiles) as workers:
        pictures = [_draw(worker, tiles) for worker in workers]
    agreement = compare(*pictures)
    _check(raster, "transparency", agreement.transparency)
    _check(raster, "colour", agreement.color)

    with _start_workers(raster, tiles) as workers:
        # A B A B ...: what disturbs the machine for a while disturbs both.
        passes = [
            [Pass(**worker.ask("round")) for worker in workers]
            for _ in range(1 + args.rounds)
        ]
    peer, own = (
        Timing(
            worker.side.name,
            worker.versions,
            first,
            rounds,
            sum(picture.size for picture in drawn) / len(drawn),
        )
        for worker, (first, *rounds), drawn in zip(
            workers, zip(*passes, strict=True), pictures, strict=True
        )
    )
    return Result(raster.title, len(tiles), agreement, peer, own)


@contextmanager
def _start_workers(raster: Raster, tiles: Sequence[Tile]) -> Iterator[list[Worker]]:
    """A new worker of each side, which knows its requests."""
    with ExitStack() as stack:
        yield [stack.enter_context(start_worker(side, raster, tiles)) for side in SIDES]


def _draw(worker: Worker, tiles: Sequence[Tile]) -> list[Picture]:
    """The worker's images of its tiles."""
    return [
        decode(answer, f"{worker.side.name}, tile {tile.z}/{tile.x}/{tile.y}")
        for answer, tile in zip(worker.ask("answers"), tiles, strict=True)
    ]


def _check(raster: Raster, what: str, share: float) -> None:
    if share < SAME:
        raise DisagreementError(
            f"{raster.title}: the sides agree on {what} in {share:.1%} of the pixels, "
            f"not in {SAME:.0%}"
        )


if __name__ == "__main__":
    sys.exit(main())
