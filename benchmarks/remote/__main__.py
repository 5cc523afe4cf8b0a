"""Time statistics and tiles of a file in a store: ``make bench-remote``.

The store is a process on this machine that takes 30 ms to the first byte and gives
75 MB/s to a connection, as S3 does a function of its region. Files are opened within
the time; nothing is known of them but their Items.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys

from benchmarks.remote import tiles, zonal
from benchmarks.remote.store import DELAY, RATE, start_store
from benchmarks.shared.failures import WorkerError
from benchmarks.shared.paths import BUILD
from benchmarks.shared.rows import table
from benchmarks.zonal.rasters import ELEVATION, build_rasters


def main() -> int:
    """Print the table, or say why there is none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the choice of tiles")
    parser.add_argument("--rounds", type=int, default=3, help="of each row")
    parser.add_argument("--only", choices=["zonal", "tiles"], help="default both")
    args = parser.parse_args()
    build_rasters()
    print(
        f"{1000 * DELAY:.0f} ms to the first byte, {RATE / 1e6:.0f} MB/s a connection; "
        f"{os.cpu_count()} processors, Python {platform.python_version()}",
        flush=True,
    )
    rows = []
    try:
        with start_store(BUILD) as (endpoint, tags):
            if args.only != "tiles":
                etag = tags(ELEVATION.path.name)
                rows += zonal.measure(endpoint, etag, args.rounds)
            if args.only != "zonal":
                rows += tiles.measure(endpoint, args.rounds, args.seed)
    except WorkerError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(table(rows)).replace("titiler", "peer"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
