"""Cold starts of the command beside rasterio's: new processes, in turn.

.venv/bin/python -m benchmarks.cold.command [--rounds 15]
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.shared.paths import ROOT

FILE = ROOT / "sample" / "elevation_yosemite.tif"


class Side(NamedTuple):
    """A command line, and the milliseconds that its process may take."""

    name: str
    words: list[str]
    target: float | None = None


class Times(NamedTuple):
    """Milliseconds of one process."""

    clock: float
    processor: float


def sides() -> list[Side]:
    """What is compared; GDAL's own program only where it is installed."""
    own = [sys.executable, "-m", "rasterlet"]
    rio = [str(Path(sys.executable).parent / "rio")]
    found = [
        Side("rasterlet --help", [*own, "--help"], 150),
        Side("rio --help", [*rio, "--help"]),
        Side("rasterlet info", [*own, "info", str(FILE)], 400),
        Side("rio info", [*rio, "info", str(FILE)]),
    ]
    if gdalinfo := shutil.which("gdalinfo"):
        found.append(Side("gdalinfo", [gdalinfo, str(FILE)]))
    return found


def run(words: list[str]) -> Times:
    """Start a process and wait for its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # pip compiles what it installs, and so rasterio is; this tree is not installed.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run(words, stdout=subprocess.DEVNULL, check=True, env=environment)
    clock = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Times(1000 * clock, 1000 * used)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    known = sides()
    for side in known:  # compiles what is not compiled, and fills the disk's cache
        run(side.words)
    times: dict[str, list[Times]] = {side.name: [] for side in known}
    for _ in range(rounds):
        for side in known:
            times[side.name].append(run(side.words))
    print("| | median, ms | least, ms | processor, ms | target |")
    print("|---|---:|---:|---:|---|")
    for side in known:
        clock = [found.clock for found in times[side.name]]
        processor = statistics.median(found.processor for found in times[side.name])
        target = "" if side.target is None else f"≤ {side.target:g} ms"
        middle, least = statistics.median(clock), min(clock)
        cells = f"{middle:.0f} | {least:.0f} | {processor:.0f} | {target}"
        print(f"| `{side.name}` | {cells} |")


if __name__ == "__main__":
    main()
