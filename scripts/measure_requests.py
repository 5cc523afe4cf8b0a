"""Measures what costs money: ``python scripts/measure_requests.py elevation.tif``.

Tiles and statistics of one raster go through the handlers of a warm process, as on
Lambda. The store answers every request after 25 ms, which is what S3 takes to the first
byte. Writes ``deploy/measured.json``, from which ``scripts/costs.py`` computes costs.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import math
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, cast

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mercantile

from raster_core.ingest.item import ItemOptions, describe_raster
from testing.client import LambdaContext, event
from testing.geojson import collection, polygon
from testing.rangeserver import Fault, RangeServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TARGET = Path(__file__).resolve().parent.parent / "deploy" / "measured.json"

# Seconds to S3's first byte, typical for a function in the same region.
DELAY = 0.025

# Bytes that Lambda itself logs for each request: START, END, REPORT.
PLATFORM_LOG = 450

# Bytes of a line of the gateway's access log, in the format of serverless.yml.
GATEWAY_LOG = 250

SEED = 1


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request."""

    name: str
    function: str
    words: str
    events: list[dict[str, Any]]


def measure(kind: Kind, store: RangeServer) -> dict[str, object]:
    """Means over the events: time, requests to the store, size of answer and log."""
    import importlib  # noqa: PLC0415  after the environment is set

    handler = importlib.import_module(f"handlers.{kind.function}").handler
    _ask(handler, kind.events[0])
    store.take_requests()
    asked = [_ask(handler, one) for one in kind.events[1:]]
    count = len(asked)
    seconds, answered, logged = (
        sum(column) / count for column in zip(*asked, strict=True)
    )
    return {
        "function": kind.function,
        "words": kind.words,
        "start_ms": start_time(kind.function),
        "requests": count,
        "ms": round(1000 * seconds, 1),
        "gets": round(len(store.take_requests()) / count, 2),
        "bytes": round(answered),
        "log_bytes": round(logged) + PLATFORM_LOG + GATEWAY_LOG,
    }


def _ask(handler: Callable[..., Any], asked: dict[str, Any]) -> tuple[float, int, int]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        started = time.perf_counter()
        answer = handler(asked, LambdaContext())
        elapsed = time.perf_counter() - started
    if answer["statusCode"] != 200:
        raise SystemExit(f"A request fails: {answer['body'][:500]}")
    size = len(answer["body"])
    return (
        elapsed,
        size * 3 // 4 if answer["isBase64Encoded"] else size,
        len(printed.getvalue()),
    )


def start_time(function: str) -> int:
    """Milliseconds that the imports of a function take: the median of five."""
    code = (
        "import time; started = time.perf_counter(); "
        f"import handlers.{function}; print(time.perf_counter() - started)"
    )
    command = [sys.executable, "-c", code]
    seconds = [
        float(subprocess.check_output(command, cwd=TARGET.parent.parent))  # noqa: S603
        for _ in range(5)
    ]
    return round(1000 * median(seconds))


def tile_events(bounds: list[float], count: int) -> list[dict[str, Any]]:
    """Tiles anywhere on the raster, of all the zooms that show it and its pixels."""
    chance = random.Random(SEED)  # noqa: S311  no secret
    west, south, east, north = bounds
    made = []
    for _ in range(count):
        lon, lat = chance.uniform(west, east), chance.uniform(south, north)
        tile = mercantile.tile(lon, lat, chance.randint(6, 12))
        path = f"/datasets/measured/tiles/{tile.z}/{tile.x}/{tile.y}.png"
        made.append(event("GET", path, "colormap_name=viridis&rescale=0,4000"))
    return made


def zone_events(bounds: list[float], count: int, km: float) -> list[dict[str, Any]]:
    """Statistics of a polygon of 100 corners, some kilometres across."""
    chance = random.Random(SEED)  # noqa: S311
    west, south, east, north = bounds
    made = []
    for _ in range(count):
        # Within the middle, since a raster's bounds are not all raster.
        lon = chance.uniform(0.7 * west + 0.3 * east, 0.3 * west + 0.7 * east)
        lat = chance.uniform(0.7 * south + 0.3 * north, 0.3 * south + 0.7 * north)
        ring = list(_ring(lon, lat, km / 2 * chance.uniform(0.7, 1.3)))
        body = json.dumps(polygon(ring))
        headers = {"content-type": "application/json"}
        path = "/datasets/measured/statistics"
        made.append(event("POST", path, "", body, headers))
    return made


def _ring(lon: float, lat: float, radius: float) -> Iterator[tuple[float, float]]:
    for step in (*range(100), 0):
        angle = 2 * math.pi * step / 100
        reach = radius * (1 + 0.2 * math.sin(7 * angle)) / 111.3
        yield (
            lon + reach * math.cos(angle) / math.cos(math.radians(lat)),
            lat + reach * math.sin(angle),
        )


def run(raster: Path, delay: float) -> dict[str, object]:
    """All that is measured of a raster."""
    raster = raster.resolve()
    href = f"s3://{raster.parent.name}/{raster.name}"
    item = describe_raster(raster, ItemOptions(id="measured", href=href))
    with (
        tempfile.NamedTemporaryFile("w", suffix=".json") as catalogue,
        RangeServer(raster.parent.parent) as store,
    ):
        document = collection(item)
        json.dump(document, catalogue, allow_nan=False)
        catalogue.flush()
        store.faults[f"{raster.parent.name}/{raster.name}"] = Fault(delay=delay)
        _configure(catalogue.name, store.endpoint)
        kinds = _kinds(cast("list[float]", item["bbox"]))
        measured = {kind.name: measure(kind, store) for kind in kinds}
    (asset,) = cast("Mapping[str, Any]", item["assets"]).values()
    height, width = asset["proj:shape"]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} processors, {platform.machine()}, "
        f"Python {platform.python_version()}",
        "raster": f"{width} x {height} pixels, {raster.stat().st_size / 1e6:.0f} MB",
        "store": f"{1000 * delay:.0f} ms to the first byte",
        "measured": measured,
    }


def _kinds(box: list[float]) -> list[Kind]:
    zone, region = (
        f"all statistics of a zone {across} km across" for across in (10, 100)
    )
    return [
        Kind("tile", "tiles", "a tile", tile_events(box, 201)),
        Kind("zone", "statistics", zone, zone_events(box, 101, 10)),
        Kind("region", "statistics", region, zone_events(box, 21, 100)),
    ]


def _configure(catalogue: str, endpoint: str) -> None:
    """As on Lambda, but for the endpoint."""
    os.environ |= {
        "RASTERLET_CATALOG": catalogue,
        "RASTERLET_ALLOWED": "s3://",
        "AWS_S3_ENDPOINT": endpoint,
        "AWS_HTTPS": "NO",
        "AWS_VIRTUAL_HOSTING": "FALSE",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
    }


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("raster", type=Path)
    parser.add_argument("--delay", type=float, default=DELAY, help="seconds")
    parser.add_argument("--output", type=Path, default=TARGET)
    asked = parser.parse_args()
    found = run(asked.raster, asked.delay)
    asked.output.write_text(json.dumps(found, indent=2, allow_nan=False) + "\n")
    print(asked.output.read_text())


if __name__ == "__main__":
    main()
