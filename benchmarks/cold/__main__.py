"""Time cold starts beside titiler's: ``make bench-cold``.

Both run on the machine of ``testing/lambda_root``: a root like Lambda's, our layers'
zips and packed code on one side, titiler's application behind Mangum on the other, each
called through ``awslambdaric``. A start is timed from the process's to the moment when
its first answer has arrived; starts of all take turns. Nothing is asserted about times;
every answer must be good.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

from benchmarks.cold.titiler import FORMS, build_titiler, titiler_events
from benchmarks.shared.environment import HEAP_ENVIRONMENT
from benchmarks.shared.paths import ROOT
from benchmarks.shared.rows import compare, table
from benchmarks.tiles.sides import TITILER_ENVIRONMENT
from handlers import routes
from testing.client import read_answer
from testing.lambda_root.bucket import write_bucket
from testing.lambda_root.events import example_event
from testing.lambda_root.function import Function
from testing.lambda_root.machine import MissingError
from testing.lambda_root.service import (
    PROBE,
    build_service,
    stack_environment,
    store_environment,
)
from testing.rangeserver import RangeServer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from benchmarks.shared.rows import Row
    from testing.lambda_root.machine import Root

# Ours over titiler's.
TARGET = 0.2
IMPORT_TARGET = 350 / 2600

# What each function is asked first, and titiler for the same.
FIRST = (
    routes.TILE,
    routes.ZONE_STATISTICS,
    routes.TILEJSON,
    routes.CAPABILITIES,
    routes.OVERLAY_TILE,
)


# titiler knows no overlays: its tile stands beside one.
_PEERS = {"overlay": "tiles"}


@dataclass(frozen=True, slots=True)
class Start:
    """A function that starts, and what it is asked first."""

    name: str
    root: Root
    handler: str
    environment: Mapping[str, str]
    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds from the start of the process, medians."""

    init: float
    """Until it asks for its first event."""
    total: float
    """Until its first answer has arrived."""
    processor: float
    """Processor time used until then; other processes disturb it less."""


class AnswerError(Exception):
    """A first answer that is not a good one."""


def main() -> int:
    """Print the tables, or say why there are none."""
    args = _parse_arguments()
    print(
        f"{args.rounds} starts of each in turn; {os.cpu_count()} processors, "
        f"Python {platform.python_version()}"
    )
    try:
        with TemporaryDirectory() as scratch, ExitStack() as stack:
            bucket = write_bucket(Path(scratch, "bucket"), ROOT / "sample")
            store = stack.enter_context(RangeServer(bucket.parent))
            starts = _starts(Path(scratch), store)
            _report(_measure(starts, args.rounds), _sizes(starts))
    except (MissingError, AnswerError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="starts of each")
    return parser.parse_args()


def _starts(scratch: Path, store: RangeServer) -> list[Start]:
    """All that is started, titiler in each of its forms."""
    where = store_environment(store.endpoint)
    ours = build_service(scratch / "rasterlet")
    own = {**stack_environment(), **where}
    probe = PROBE.removesuffix(".py") + ".handler"
    starts = [Start("runtime", ours, probe, own, {"answer": 9})]
    starts += [
        Start(
            route.function,
            ours,
            f"handlers/{route.function}.handler",
            own,
            example_event(route),
        )
        for route in FIRST
    ]
    theirs = {**TITILER_ENVIRONMENT, **HEAP_ENVIRONMENT, **where}
    for form in FORMS:
        root = build_titiler(scratch / f"titiler-{form}", form)
        starts += [
            Start(f"titiler {name}, {form}", root, "handler.handler", theirs, event)
            for name, event in titiler_events("s3://bucket/elevation.tif").items()
            if form == FORMS[0] or name == "tiles"
        ]
    return starts


def _measure(starts: Sequence[Start], rounds: int) -> dict[str, Times]:
    """What each takes.

    Each starts twice in a row, of which the second counts: its files are then in the
    page cache, however little of that others have left. The order is another one in
    each round, so that nobody always comes after the same.
    """
    taken: dict[str, list[Sequence[float]]] = {start.name: [] for start in starts}
    shuffle = Random(1)  # noqa: S311  any order will do
    for _ in range(rounds):
        for start in shuffle.sample(starts, len(starts)):
            _time(start)
            taken[start.name].append(_time(start))
    return {
        name: Times(*map(median, zip(*times, strict=True)))
        for name, times in taken.items()
    }


def _time(start: Start) -> Sequence[float]:
    function = Function(
        start.root, start.handler, start.environment, timeout=60, patience=60
    )
    with function:
        answer = function.invoke(start.event)
        good = answer.payload == "x" * 7 or read_answer(answer.payload).status == 200
    times = (answer.init, answer.total, answer.processor)
    known = [time for time in times if time is not None]
    if not good or len(known) < len(times):
        raise AnswerError(f"The first answer of {start.name} is {answer.payload}")
    return known


def _sizes(starts: Sequence[Start]) -> list[Row]:
    """What a function's machine holds beside the system: ours in all, titiler's."""
    roots = {start.name: start.root for start in starts}
    peer, own = roots[f"titiler tiles, {FORMS[0]}"], roots["tiles"]
    return [
        compare(
            f"{form}, code and layers", *map(size, (peer, own)), unit="MB", target=None
        )
        for form, size in (("unzipped", _unzipped), ("zipped", _zipped))
    ]


def _files(root: Root) -> list[Path]:
    """Those in a function's own folders, links to others left out."""
    folders = (root.folder / "opt", root.folder / "var/task")
    every = (path for folder in folders for path in folder.rglob("*"))
    return [path for path in every if path.is_file() and not path.is_symlink()]


def _unzipped(root: Root) -> float:
    return sum(path.stat().st_size for path in _files(root)) / 1e6


def _zipped(root: Root) -> float:
    """Both sides by the same zipper."""
    with TemporaryFile() as file:
        with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=9) as archive:
            for path in _files(root):
                archive.write(path, path.relative_to(root.folder))
        return file.tell() / 1e6


def _report(times: Mapping[str, Times], sizes: list[Row]) -> None:
    print("\n| milliseconds | imports | start to first answer | processor |")
    print("|---|---:|---:|---:|")
    bare = times["runtime"].init
    for name, found in times.items():
        numbers = (found.init - bare, found.total, found.processor)
        print(f"| {name} |", " | ".join(f"{ms:.0f}" for ms in numbers), "|")
    print(f"\nImports: beyond the {bare:.0f} ms of the runtime alone.")
    print("\n".join(table([*_rows(times, bare), *sizes])))


def _rows(times: Mapping[str, Times], bare: float) -> list[Row]:
    """Each function beside titiler as it ships, which is faster than as wheels are."""
    rows = []
    for route in FIRST:
        name = route.function
        own, peer = times[name], times[f"titiler {_PEERS.get(name, name)}, {FORMS[0]}"]
        imports = peer.init - bare, own.init - bare
        rows.append(
            compare(f"{name}: imports", *imports, unit="ms", target=IMPORT_TARGET)
        )
        totals = peer.total, own.total
        rows.append(compare(f"{name}: first answer", *totals, unit="ms", target=TARGET))
        used = peer.processor, own.processor
        rows.append(compare(f"{name}: processor", *used, unit="ms", target=TARGET))
    return rows


if __name__ == "__main__":
    sys.exit(main())
