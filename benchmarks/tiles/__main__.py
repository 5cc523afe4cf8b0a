"""Time the tile handler beside titiler, MapServer and cog-tiles: ``make bench-tiles``.

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
from typing import TYPE_CHECKING

from benchmarks.shared import rows
from benchmarks.shared.failures import DisagreementError, WorkerError
from benchmarks.tiles import load, memory, start, store
from benchmarks.tiles.drawing import measure
from benchmarks.tiles.figures import rows_of, table, versions
from benchmarks.tiles.rasters import build_all, empty_raster, pick_tiles, rasters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.shared.rows import Row
    from benchmarks.tiles.figures import Result

PEERS = ("titiler", "MapServer", "cog-tiles")

_OTHERS = ("start", "store", "memory", "load")


def main() -> int:
    """Print the tables, or say why there are none."""
    build_all()
    drawn = {
        "empty" if r.quarter else r.dataset: r for r in (*rasters(), empty_raster())
    }
    args = _parse_arguments((*drawn, *_OTHERS))
    if args.quick:
        args.rounds, args.tiles = 1, 48
    print(
        f"Seed {args.seed}, {args.tiles} tiles a raster, {args.rounds} rounds; "
        f"{os.cpu_count()} processors, Python {platform.python_version()}"
    )
    results: list[Result] = []
    lines: list[Row] = []
    failures = []
    for key in args.only:
        try:
            if key not in drawn:
                lines += _others(args)[key]()
                continue
            tiles = pick_tiles(drawn[key], args.tiles, args.seed)
            if found := measure(drawn[key], tiles, args.rounds, args.peers):
                results.append(found)
                lines += rows_of(found)
                print("\n".join(table(found)), flush=True)
        except (DisagreementError, WorkerError) as error:
            failures.append(error)
            print(f"\n**FAILED** {error}", flush=True)
    rows.keep("tiles", lines)
    print("\n".join((*versions(results), *rows.table(lines))))
    for error in failures:
        print(error, file=sys.stderr)
    return 1 if failures else 0


def _parse_arguments(keys: tuple[str, ...]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the choice of tiles")
    parser.add_argument("--tiles", type=int, default=240, help="of each raster")
    parser.add_argument(
        "--rounds",
        type=int,
        default=5,
        help="over each raster; titiler's are 2 at most",
    )
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="ROW",
        choices=keys,
        default=keys,
        help=f"of {', '.join(keys)}; default all",
    )
    parser.add_argument(
        "--peers", nargs="*", choices=PEERS, default=PEERS, help="default all"
    )
    parser.add_argument(
        "--quick", action="store_true", help="48 tiles a raster, one round"
    )
    return parser.parse_args()


def _others(args: argparse.Namespace) -> Mapping[str, Callable[[], list[Row]]]:
    """What is not measured by drawing a list of tiles again and again."""
    elevation = rasters()[0]
    tiles = pick_tiles(elevation, args.tiles, args.seed)
    middle = next(tile for tile in tiles if tile.z == 12)
    few = min(2, args.rounds)
    return {
        "start": lambda: start.measure(elevation, middle, args.rounds),
        "store": lambda: store.measure(elevation, middle),
        "memory": lambda: [memory.measure(elevation, args.seed)],
        "load": lambda: [load.measure(elevation, tiles, few)],
    }


if __name__ == "__main__":
    sys.exit(main())
