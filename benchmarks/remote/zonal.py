"""Statistics of a file in a store: Rasterlet beside exactextract by /vsicurl."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.remote.store import DELAY, RATE, take_requests
from benchmarks.shared.environment import HEAP_ENVIRONMENT, worker_environment
from benchmarks.shared.failures import WorkerError
from benchmarks.shared.rows import Row, outdo
from benchmarks.tiles.sides import TITILER_ENVIRONMENT
from benchmarks.zonal.rasters import ELEVATION
from benchmarks.zonal.zones import build_middling, build_zones

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.zonal.zones import ZoneSet

_OWN = "benchmarks.remote.workers.rasterlet"
_PEER = "benchmarks.zonal.workers.exactextract"

# Blocks that the one zone touches.
_BLOCKS = 61

_SAME = 1e-6

_WAYS = "feature-sequential", "raster-sequential"


@dataclass(frozen=True, slots=True)
class Run:
    """What a worker took."""

    clock: float
    peak: float
    figures: list[dict[str, float]]
    requests: int
    sent: int
    connections: int


def measure(endpoint: str, etag: str, rounds: int) -> list[Row]:
    """One zone, and 500."""
    url = f"http://{endpoint}/{ELEVATION.path.name}"
    one, many = build_middling(), build_zones()["many"]
    own, peer = _measure(url, etag, one, rounds)
    near = min(
        _run(_OWN, str(ELEVATION.path), "", one.degrees).clock for _ in range(rounds)
    )
    bound = own.sent / (own.connections * RATE) + 2 * DELAY + near / 2
    return [
        _compare(f"one polygon over {_BLOCKS} blocks", own, peer),
        Row(
            f"the same beside bytes / ({own.connections} connections x 75 MB/s) + two "
            f"round trips + half of {1000 * near:.0f} ms for a local file",
            f"{1000 * bound:.0f} ms",
            f"{1000 * own.clock:.0f} ms",
            f"{own.clock / bound:.2f} of it",
            "≤ 1.5",
            own.clock <= 1.5 * bound,
        ),
        _compare("500 polygons", *_measure(url, etag, many, rounds)),
    ]


def _measure(url: str, etag: str, zones: ZoneSet, rounds: int) -> tuple[Run, Run]:
    """The fastest runs of both sides, ours first, which agree."""
    own = [_run(_OWN, url, etag, zones.degrees) for _ in range(rounds)]
    peer = [
        _run(_PEER, f"/vsicurl/{url}", way, zones.projected)
        for way in _WAYS[: 1 if zones.count == 1 else 2]
        for _ in range(rounds if zones.count == 1 else 1)
    ]
    best = tuple(min(runs, key=lambda run: run.clock) for runs in (own, peer))
    _check(*best)
    return best[0], best[1]


def _compare(title: str, own: Run, peer: Run) -> Row:
    return outdo(
        f"{title}, elevation (requests {peer.requests}, {own.requests}; "
        f"MB {peer.sent / 1e6:.1f}, {own.sent / 1e6:.1f}; "
        f"most memory {peer.peak:.0f}, {own.peak:.0f} MB)",
        1 / peer.clock,
        1 / own.clock,
        unit="runs/s",
        target=6,
    )


def _check(own: Run, peer: Run) -> None:
    for ours, theirs in zip(own.figures, peer.figures, strict=True):
        for name, value in ours.items():
            if not np.isclose(value, theirs[name], rtol=_SAME, atol=_SAME):
                raise SystemExit(f"{name}: {value} is not {theirs[name]}")


def _run(module: str, raster: str, way: str, zones: Path) -> Run:
    job = {
        "raster": raster,
        "dataset": "",
        "catalogue": "",
        "zones": str(zones),
        "fractions": False,
        "way": way,
        "limit": None,
    }
    environment = HEAP_ENVIRONMENT if module == _OWN else TITILER_ENVIRONMENT
    endpoint = raster.split("/")[-2] if "://" in raster else ""
    take_requests(endpoint)
    done = subprocess.run(
        (sys.executable, "-m", module),
        input=json.dumps(job) + "\n",
        stdout=subprocess.PIPE,
        text=True,
        env=worker_environment(environment),
        check=False,
    )
    if done.returncode or not done.stdout:
        raise WorkerError(f"{module} has failed")
    answer = json.loads(done.stdout)
    requests = take_requests(endpoint)
    return Run(
        answer["clock"],
        answer["peak"],
        answer["figures"],
        len(requests),
        sum(request["length"] for request in requests),
        len({request["connection"] for request in requests}),
    )
