"""Time the tile handler beside titiler: ``make bench-tiles``.

Each side is a process of its own, warmed by a pass over a list of tiles, then told in
turn to run through the list again. Nothing is asserted about times; that both sides
draw the same is checked first, by processes that are not timed.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from agreement import DisagreementError, Picture, compare, decode
from figures import Pass, Result, Timing, summary, table
from rasters import build_projected, pick_tiles, rasters
from sides import RASTERLET, TITILER, Worker, WorkerError, start_worker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mercantile import Tile
    from rasters import Raster

# Share of the pixels that must agree, at least. All never will: a nearest neighbour is
# found by different arithmetic and, on some tiles, in another overview.
SAME = 0.95

SIDES = (TITILER, RASTERLET)


def main() -> int:
    """Print the tables, or say why there are none."""
    args = _parse_arguments()
    every = rasters()
    build_projected(every[-1])
    print(
        f"Seed {args.seed}, {args.tiles} tiles a raster, {args.rounds} rounds; "
        f"{os.cpu_count()} processors, Python {platform.python_version()}"
    )
    results = []
    try:
        for raster in every:
            results.append(_measure(raster, args))
            print("\n".join(table(results[-1])), flush=True)
    except (DisagreementError, WorkerError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(summary(results)))
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the choice of tiles")
    parser.add_argument("--tiles", type=int, default=120, help="of each raster")
    parser.add_argument("--rounds", type=int, default=7, help="over each raster")
    return parser.parse_args()


def _measure(raster: Raster, args: argparse.Namespace) -> Result:
    """What both sides do with one raster.

    Raises:
        DisagreementError: They do not draw the same.
        WorkerError: One of them has ended.
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
    """The worker's pictures of its tiles."""
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
