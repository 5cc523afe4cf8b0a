"""Time zonal statistics beside other libraries: ``make bench-zonal``.

Each measurement is a process of its own, the contenders in turn, round after round.
Nothing is asserted about times; that the sides compute the same is.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys

from benchmarks.shared.cogs import warm_page_cache
from benchmarks.shared.failures import DisagreementError, WorkerError
from benchmarks.shared.rows import keep
from benchmarks.zonal.cases import CASES
from benchmarks.zonal.figures import details, most_memory, rows_of, summary
from benchmarks.zonal.rasters import RASTERS, build_rasters
from benchmarks.zonal.running import Run, measure
from benchmarks.zonal.zones import SEED, build_zones


def main() -> int:
    """Print the tables, or say why there are none."""
    args = _parse_arguments()
    build_rasters()
    zones = build_zones()
    for raster in RASTERS:
        warm_page_cache(raster.path)
    rounds = 1 if args.quick else args.rounds
    print(
        f"Seed {SEED}, {rounds} rounds; {os.cpu_count()} processors, "
        f"Python {platform.python_version()}"
    )
    for each in zones.values():
        print(
            f"- zones '{each.name}': {each.count:,}, {each.vertices:,} vertices, "
            f"{each.pixels / 1e6:.2f} million pixels"
        )
    run = Run(zones, rounds, frozenset(args.peers), quick=args.quick)
    results, failures = [], []
    for case in CASES:
        if args.only and case.key not in args.only:
            continue
        try:
            if result := measure(case, run):
                results.append(result)
                print("\n".join(details(result)), flush=True)
                keep("zonal", rows_of(result))
        except (DisagreementError, WorkerError) as error:
            failures.append(error)
            print(f"\n**FAILED** {error}", flush=True)
    if results:
        if not args.only:
            keep("zonal", [most_memory(results)])
        print("\n".join(summary(results)))
    for error in failures:
        print(error, file=sys.stderr)
    return 1 if failures else 0


def _parse_arguments() -> argparse.Namespace:
    rivals = [rival.contender for case in CASES for rival in case.rivals]
    peers = sorted({peer.name for peer in rivals if not peer.is_own})
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of each case; default 3")
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="CASE",
        choices=[case.key for case in CASES],
        help=f"of {', '.join(case.key for case in CASES)}; default all",
    )
    parser.add_argument(
        "--peers", nargs="*", choices=peers, default=peers, help="default all"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="one round, one way of each, no peer that takes long",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
