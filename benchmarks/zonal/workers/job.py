"""One measurement in a process of its own: what all workers of the zonal suite share.

The job is a line of JSON on standard input, the answer one on standard output. What a
computation prints goes to the null device, as metrics are printed there.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    type Figures = Mapping[str, float]
    """The statistics of a zone by name, or its fractions by class."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to compute."""

    raster: str
    """Path of the file."""
    dataset: str
    """Its id in the catalogue."""
    catalogue: str
    features: list[dict[str, Any]]
    """GeoJSON, in the CRS that the side takes."""
    fractions: bool
    """The shares of the classes, or else count, min, max, mean, sum and std."""
    way: str
    """Which of the side's ways to compute it."""
    limit: int | None
    """Bytes of address space after which the process is to fail, or None."""


def run(
    start: Callable[[Job], Callable[[], object]],
    read: Callable[[object, Job], list[Figures]],
    versions: Mapping[str, str],
) -> None:
    """Measure a computation and answer with its figures.

    Args:
        start: Prepares what a caller would have at hand; returns what is timed.
        read: Turns what that returned into the figures of each zone.
        versions: Versions of the packages at work, by name.
    """
    out = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    baseline = _peak()
    job = _read_job()
    if job.limit:
        resource.setrlimit(resource.RLIMIT_AS, (job.limit, job.limit))
    compute = start(job)
    gc.collect()

    clock, processor = time.perf_counter(), time.process_time()
    result = compute()
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    peak = _peak()

    answer = {
        "clock": clock,
        "processor": processor,
        "peak": peak,
        "baseline": baseline,
        "versions": versions,
        "figures": read(result, job),
    }
    with out:
        out.write(json.dumps(answer) + "\n")


def _read_job() -> Job:
    message = json.loads(sys.stdin.readline())
    features = json.loads(Path(message.pop("zones")).read_text())["features"]
    return Job(features=features, **message)


def _peak() -> float:
    """The most memory that the process has ever held, in MB.

    On Linux from /proc: there ``ru_maxrss`` begins with what the parent held when it
    forked, which may be more than the worker ever does.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return held / (1e6 if sys.platform == "darwin" else 1e3 / 1.024)
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6
