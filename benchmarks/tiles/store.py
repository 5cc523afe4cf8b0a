"""What a tile asks of the store: requests, and how many of them one after another.

The store is a server in this process that speaks S3's protocol, answers each request
after a delay, and counts. Rounds are what the answer took, in delays.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from os import link
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import mercantile

from benchmarks.shared.paths import BUILD
from benchmarks.shared.rows import Row
from benchmarks.tiles.sides import RASTERLET, TITILER, start_worker
from testing.rangeserver import Fault, RangeServer, etag_of

if TYPE_CHECKING:
    from mercantile import Tile

    from benchmarks.tiles.rasters import Raster
    from benchmarks.tiles.sides import Side, Worker

# Seconds: far longer than anything else that a tile takes.
DELAY = 0.25


@dataclass(frozen=True, slots=True)
class Visit:
    """What one tile took."""

    heads: int
    gets: int
    rounds: float


def measure(raster: Raster, tile: Tile) -> list[Row]:
    """Requests for a tile, for its neighbour, and for the first one again."""
    peer, own = (_visit(side, raster, tile) for side in (TITILER, RASTERLET))
    limits = (
        ("first tile", "≤ 2 rounds, ≤ 3 requests", (2, 3)),
        ("neighbour", "≤ 1 round", (1, 2)),
        ("the same tile again", "0", (0, 0)),
    )
    return [
        Row(
            f"requests to the store, {name}",
            _words(theirs),
            _words(ours),
            "",
            target,
            round(ours.rounds) <= limit[0] and ours.heads + ours.gets <= limit[1],
        )
        for (name, target, limit), theirs, ours in zip(limits, peer, own, strict=True)
    ]


def _words(visit: Visit) -> str:
    parts = [f"{visit.heads} HEAD"] if visit.heads else []
    parts += [f"{visit.gets} GET"] if visit.gets or not parts else []
    return f"{' + '.join(parts)}, {visit.rounds:.0f} rounds"


def _visit(side: Side, raster: Raster, tile: Tile) -> list[Visit]:
    beside = mercantile.Tile(tile.x + 1, tile.y, tile.z)
    with TemporaryDirectory(dir=BUILD) as folder:
        name = raster.path.name
        (Path(folder) / "bucket").mkdir()
        link(raster.path, Path(folder) / "bucket" / name)
        with RangeServer(Path(folder)) as store:
            etag_of(store.content(f"bucket/{name}"))  # read once, before it counts
            store.faults[f"bucket/{name}"] = Fault(delay=DELAY)
            remote, environment = _remote(raster, Path(folder), store.endpoint)
            own = side.environment(remote)
            away = replace(side, environment=lambda _: {**own, **environment})
            with start_worker(away, remote, [tile, beside]) as worker:
                return [_ask(worker, store, number) for number in (0, 1, 0)]


def _ask(worker: Worker, store: RangeServer, number: int) -> Visit:
    store.take_requests()
    started = time.perf_counter()
    answer = worker.ask(["answer", number])
    elapsed = time.perf_counter() - started
    if answer["status"] != 200:
        raise SystemExit(f"A tile from the store: {answer}")
    requests = store.take_requests()
    heads = sum(request.method == "HEAD" for request in requests)
    return Visit(heads, len(requests) - heads, elapsed // DELAY)


def _remote(
    raster: Raster, folder: Path, endpoint: str
) -> tuple[Raster, dict[str, str]]:
    """The raster as an object of the store, and what leads there."""
    href = f"s3://bucket/{raster.path.name}"
    catalogue = json.loads(raster.catalogue.read_text())
    for item in catalogue["features"]:
        for asset in item["assets"].values():
            asset["href"] = f"s3://bucket/{Path(asset['href']).name}"
    written = folder / "catalog.json"
    written.write_text(json.dumps(catalogue))
    environment = {
        "AWS_S3_ENDPOINT": endpoint,
        "AWS_HTTPS": "NO",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{endpoint}",
        "AWS_VIRTUAL_HOSTING": "FALSE",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
        "RASTERLET_ALLOWED": "s3://bucket",
    }
    return replace(raster, href=href, catalogue=written), environment
