"""The two sides: what to start, in which environment, and how to ask for a tile."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from benchmarks.shared.environment import HEAP_ENVIRONMENT, worker_environment
from benchmarks.shared.failures import WorkerError
from benchmarks.tiles.mapfile import write_mapfile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mercantile import Tile

    from benchmarks.tiles.rasters import Raster

# Seconds until a worker that was told to end is killed.
PATIENCE = 5.0

# What titiler recommends for dynamic tiling, at the foot of
# https://developmentseed.org/titiler/advanced/performance_tuning/ (source:
# docs/src/advanced/performance_tuning.md). GDAL_CACHEMAX is in MB here.
TITILER_ENVIRONMENT = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".tif,.TIF,.tiff",
    "GDAL_CACHEMAX": "200",
    "CPL_VSIL_CURL_CACHE_SIZE": "200000000",  # as its text says; its list lacks a 0
    "GDAL_BAND_BLOCK_CACHE": "HASHSET",
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
    "GDAL_HTTP_MULTIPLEX": "YES",
    "GDAL_HTTP_VERSION": "2",
    "VSI_CACHE": "TRUE",
    "VSI_CACHE_SIZE": "5000000",
    # Named on that page and in titiler's deployments, though not in the list.
    "GDAL_INGESTED_BYTES_AT_OPEN": "32768",
    "PROJ_NETWORK": "OFF",
}


@dataclass(frozen=True, slots=True)
class Side:
    """A tile server to be timed."""

    name: str
    module: str
    environment: Callable[[Raster], Mapping[str, str]]
    request: Callable[[Raster, Tile], tuple[str, str]]
    """Path and query string of a tile."""
    python: str = sys.executable
    """The interpreter, of those that are not installed beside the suite."""
    slow: bool = False
    """Two rounds will do, as it takes long."""
    alike: float = 0.95
    """Share of the pixels that must agree, at least.

    All never will: a nearest neighbour is found by different arithmetic and, on some
    tiles, in another overview.
    """


def _titiler_request(raster: Raster, tile: Tile) -> tuple[str, str]:
    url = raster.href or str(raster.path)
    query = urlencode([("url", url), *raster.rendering], safe=",/")
    return f"/tiles/WebMercatorQuad/{tile.z}/{tile.x}/{tile.y}.png", query


def _below(prefix: str, request: tuple[str, str]) -> tuple[str, str]:
    return prefix + request[0], request[1]


def _rasterlet_request(raster: Raster, tile: Tile) -> tuple[str, str]:
    path = (
        f"/datasets/{raster.dataset}/tiles/{tile.z}/{tile.x}/{tile.y}.{raster.format}"
    )
    return path, urlencode(raster.rendering, safe=",")


def _rasterlet_environment(raster: Raster) -> dict[str, str]:
    return {
        "RASTERLET_CATALOG": str(raster.catalogue),
    }


TITILER = Side(
    "titiler",
    "benchmarks.tiles.workers.titiler",
    lambda _: TITILER_ENVIRONMENT,
    _titiler_request,
    slow=True,
)
TITILER_APPLICATION = Side(
    "titiler.application",
    "benchmarks.tiles.workers.titiler_application",
    lambda _: TITILER_ENVIRONMENT,
    lambda raster, tile: _below("/cog", _titiler_request(raster, tile)),
)
RASTERLET = Side(
    "rasterlet",
    "benchmarks.tiles.workers.rasterlet",
    _rasterlet_environment,
    _rasterlet_request,
)


MAPSERVER = Side(
    "MapServer",
    "benchmarks.tiles.workers.mapserver",
    # The cache of blocks that Rasterlet has.
    lambda raster: {"MAPFILE": str(write_mapfile(raster)), "GDAL_CACHEMAX": "80"},
    lambda _, tile: (f"/{tile.z}/{tile.x}/{tile.y}", ""),
    python="/usr/bin/python3",
    # It reads the window in fewer pixels first, so that each is that of a neighbour
    # where terrain is rough and zooms are coarse; most agree at the finer ones.
    alike=0.8,
)
COG_TILES = Side(
    "cog-tiles",
    "benchmarks.tiles.workers.cog_tiles",
    lambda raster: {"COG": str(raster.path)},
    lambda _, tile: (f"/{tile.z}/{tile.x}/{tile.y}", ""),
)


@dataclass(frozen=True, slots=True, eq=False)
class Worker:
    """A side's process for one raster."""

    side: Side
    process: subprocess.Popen[str]
    versions: dict[str, str] = field(default_factory=dict)
    """Versions of its packages, by name."""

    def ask(self, message: object) -> Any:
        """The worker's reply.

        Raises:
            WorkerError: If it gives none; its standard error says why.
        """
        given, taken = self.process.stdin, self.process.stdout
        assert given is not None
        assert taken is not None
        try:
            given.write(json.dumps(message) + "\n")
            given.flush()
            line = taken.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise WorkerError(f"The {self.side.name} worker has ended")
        return json.loads(line)


@contextmanager
def start_worker(side: Side, raster: Raster, tiles: Sequence[Tile]) -> Iterator[Worker]:
    """A worker that knows its requests; it ends with the block.

    Raises:
        WorkerError: If it does not start.
    """
    process = subprocess.Popen(
        (side.python, "-m", side.module),
        env=worker_environment({**HEAP_ENVIRONMENT, **side.environment(raster)}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,  # Ctrl-C is the parent's, which ends its workers itself
    )
    try:
        worker = Worker(side, process)
        worker.versions.update(
            worker.ask([side.request(raster, tile) for tile in tiles])
        )
        yield worker
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE if sys.exception() is None else 0)
        process.kill()
        process.wait()
        process.stdout.close()
