"""Prints what the service costs: ``python scripts/costs.py [--architecture x86_64]``.

From the prices in ``deploy/prices.json``, the measurements in ``deploy/measured.json``
(``scripts/measure_requests.py``) and the memory in ``serverless.yml``. A test compares
the tables with those in ``docs/operations.md``.
"""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"

# Fraction of tile requests that CloudFront answers from its cache, for a map in use.
# The metric CacheHitRate gives the figure of a deployment.
CACHED = 0.9

# Fraction of the requests that find no warm function.
COLD = 0.01

# Fraction of requests that X-Ray traces by default, beside one per second.
TRACED = 0.05

MONTH = 30 * 86_400

type Bill = Mapping[str, float]
"""Dollars by purpose."""


@dataclass(frozen=True, slots=True)
class Request:
    """What one request takes, on average."""

    words: str
    seconds: float
    start_seconds: float
    """Duration of a cold start, before the request is handled."""
    gigabytes: float
    """Memory."""
    gets: float
    """Requests to S3."""
    answer_bytes: float
    log_bytes: float


@dataclass(frozen=True, slots=True)
class Prices:
    """Dollars; names as in ``prices.json``."""

    table: Mapping[str, Any]
    architecture: str

    def __getitem__(self, name: str) -> float:
        price = self.table[name]
        return float(price[self.architecture] if isinstance(price, dict) else price)


def price_request(request: Request, prices: Prices) -> Bill:
    """The bill of one request that a function answers."""
    billed = request.seconds + COLD * request.start_seconds
    return {
        "function, time": billed * request.gigabytes * prices["lambda_gb_second"],
        "function, calls": prices["lambda_request"],
        "gateway": prices["http_api_request"],
        "requests to S3": request.gets * prices["s3_get"],
        "logs": request.log_bytes / 1e9 * prices["log_gb"],
        "traces": TRACED * prices["trace"],
    }


def price_delivery(request: Request, prices: Prices) -> Bill:
    """The bill of handing one answer over by CloudFront, from its cache or not."""
    return {
        "CloudFront, requests": prices["cloudfront_request"]
        + prices["cloudfront_function"],
        "CloudFront, transfer": request.answer_bytes / 1e9 * prices["cloudfront_gb"],
    }


def times(bill: Bill, number: float) -> Bill:
    """The bill of a number of them."""
    return {name: number * dollars for name, dollars in bill.items()}


def total(bill: Bill) -> float:
    """All of it."""
    return sum(bill.values())


def price_month(prices: Prices, gigabytes: float, metrics: int) -> Bill:
    """What there is to pay without any request."""
    return {
        "100 GB of rasters": 100 * prices["s3_gb_month"],
        f"alarms, {metrics} metrics": metrics * prices["alarm_metric_month"],
        "the origin's secret": prices["secret_month"],
        "snapshots of `tiles` (`snapshots`), 1,000 starts": gigabytes
        * (
            MONTH * prices["snapshot_gb_second"] + 1000 * prices["snapshot_gb_restored"]
        ),
        "firewall (`firewall`)": prices["firewall_month"],
    }


def read_memory(text: str) -> dict[str, float]:
    """GB of each function of a ``serverless.yml``."""
    functions = text[text.index("\nfunctions:") :]
    found = re.findall(
        r"^  (\w+):\n    handler:.*?^    memorySize: (\d+)$",
        functions,
        re.DOTALL | re.MULTILINE,
    )
    return {name: int(megabytes) / 1024 for name, megabytes in found}


def read_requests(
    document: Mapping[str, Any], memory: Mapping[str, float]
) -> dict[str, Request]:
    """The measured kinds of requests by name."""
    return {
        name: Request(
            words=one["words"],
            seconds=one["ms"] / 1000,
            start_seconds=one["start_ms"] / 1000,
            gigabytes=memory[one["function"]],
            gets=one["gets"],
            answer_bytes=one["bytes"],
            log_bytes=one["log_bytes"],
        )
        for name, one in document["measured"].items()
    }


def tile_table(request: Request, prices: Prices) -> str:
    """Dollars per million tiles."""
    drawn = times(price_request(request, prices), 1e6)
    handed = times(price_delivery(request, prices), 1e6)
    every = {**drawn, **handed}
    few = {**times(drawn, 1 - CACHED), **handed}
    rows = [(name, drawn.get(name, 0.0), every[name], few[name]) for name in every]
    rows.append(("**in all**", total(drawn), total(every), total(few)))
    head = ("a million tiles", "by the gateway", "by CloudFront", f"{CACHED:.0%} kept")
    return _table(head, rows)


def statistics_table(requests: Sequence[Request], prices: Prices) -> str:
    """Dollars per thousand answers, each drawn up by a function."""
    bills = [
        times({**price_request(one, prices), **price_delivery(one, prices)}, 1000)
        for one in requests
    ]
    rows = [(name, *(bill[name] for bill in bills)) for name in bills[0]]
    rows.append(("**in all**", *map(total, bills)))
    words = (one.words.removeprefix("all statistics of ") for one in requests)
    return _table(("a thousand answers, statistics of", *words), rows, digits=4)


def month_table(bill: Bill) -> str:
    """Dollars a month."""
    return _table(("a month, whether asked or not", "dollars"), list(bill.items()))


def _table(
    head: Sequence[str], rows: Sequence[tuple[str | float, ...]], digits: int = 2
) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    lines += [
        [cell if isinstance(cell, str) else f"{cell:.{digits}f}" for cell in row]
        for row in rows
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_page(architecture: str) -> str:
    """All the tables, with what they were made of."""
    listed = json.loads((DEPLOY / "prices.json").read_text())
    document = json.loads((DEPLOY / "measured.json").read_text())
    memory = read_memory((ROOT / "serverless.yml").read_text())
    prices = Prices(listed, architecture)
    requests = read_requests(document, memory)
    metrics = (DEPLOY / "alarms.yml").read_text().count("MetricName:")
    tile, zone, region = (requests[name] for name in ("tile", "zone", "region"))
    made_of = (
        f"Dollars, at prices of {listed['date']} in {listed['region']} for "
        f"{architecture}, without free tiers. Measured on {document['date']} "
        f"({document['machine']}), through warm handlers, on a raster of "
        f"{document['raster']} in a store that takes {document['store']}: "
        + "; ".join(
            f"{one.words} {1000 * one.seconds:.0f} ms and {one.gets:.1f} requests"
            for one in (tile, zone, region)
        )
        + f". One start in {1 / COLD:.0f} is cold and takes "
        f"{tile.start_seconds:.1f} s more."
    )
    month = price_month(prices, memory["tiles"], metrics)
    tables = (
        tile_table(tile, prices),
        statistics_table((zone, region), prices),
        month_table(month),
    )
    return "\n\n".join((made_of, *tables))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--architecture", default="arm64", choices=("arm64", "x86_64"))
    print(write_page(parser.parse_args().architecture))


if __name__ == "__main__":
    main()
