"""A worker process: answers a list of requests, again and again, on demand.

One line of JSON in, one out. The first line in is the list of requests, ``[[path,
query], ...]``; the reply is ``{name: version}``. After that:

- ``"round"``: a pass over the list; its milliseconds a tile, by the clock and of the
  processor.
- ``["answer", n]``: the n-th request alone; status, type and body of the answer.
- ``["memory", n, ...]``: a pass; megabytes of memory that the process holds when n
  requests have been answered.
- ``"answers"``: a pass; the status, type and body of each answer. For a process that
  is not timed: megabytes of JSON make the C library's allocator give back less memory
  to the system, and what runs after them is faster for it.

The handler's own standard output goes to the null device, as metrics are printed there.
It ends when its standard input does.
"""

from __future__ import annotations

import base64
import gc
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from benchmarks.shared.events import Context, make_event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    # MapServer's worker runs in an older Python, which has no statement for it.
    Handler: TypeAlias = Callable[[dict[str, Any], object], dict[str, Any]]  # noqa: UP040


def run(load: Callable[[], Handler], versions: Callable[[], Mapping[str, str]]) -> None:
    """Serve the parent until it disconnects; a path and a query are answered alone.

    Args:
        load: Imports the handler; called once standard output is out of its reach.
        versions: Versions of the packages that the handler uses, by name.
    """
    out = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    handler = load()
    if len(sys.argv) > 1:
        _write(out, _answer(handler, [make_event(*sys.argv[1:])], 0)["status"])
        return
    # A parent that was killed in the middle of a pass no longer listens.
    with suppress(BrokenPipeError), out:
        events = [make_event(path, query) for path, query in _read() or ()]
        _write(out, versions())
        while command := _read():
            name, *numbers = [command] if isinstance(command, str) else command
            _write(out, _COMMANDS[name](handler, events, *numbers))


def _read() -> Any:
    """What the parent says next; None once it has hung up."""
    line = sys.stdin.readline()
    return json.loads(line) if line else None


def _write(out: TextIO, reply: object) -> None:
    out.write(json.dumps(reply) + "\n")
    out.flush()


def _answers(handler: Handler, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_answer(handler, events, number) for number in range(len(events))]


def _answer(
    handler: Handler, events: list[dict[str, Any]], number: int
) -> dict[str, Any]:
    result = handler(events[number], Context())
    body = result.get("body") or ""
    if isinstance(body, bytes):  # of sides that answer without HTTP
        body = base64.b64encode(body).decode()
    return {
        "status": result["statusCode"],
        "type": _media_type(result),
        "body": body,
    }


def _memory(
    handler: Handler, events: list[dict[str, Any]], *numbers: int
) -> list[float]:
    held = []
    for number, event in enumerate(events, start=1):
        handler(event, Context())
        if number in numbers:
            held.append(_resident())
    return held


def _resident() -> float:
    """Megabytes of memory that the process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _round(handler: Handler, events: list[dict[str, Any]]) -> dict[str, float]:
    gc.collect()
    context, good = Context(), 0
    clock, processor = time.perf_counter(), time.process_time()
    for event in events:
        # Not kept: as on Lambda, one answer is gone before the next is made.
        good += handler(event, context)["statusCode"] == 200
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    if good < len(events):
        raise SystemExit(f"{len(events) - good} answers of a round were not 200")
    scale = 1000 / len(events)
    return {"clock": scale * clock, "processor": scale * processor}


def _media_type(result: dict[str, Any]) -> str:
    headers = {name.lower(): value for name, value in result["headers"].items()}
    return str(headers.get("content-type", ""))


_COMMANDS = {
    "answer": _answer,
    "answers": _answers,
    "memory": _memory,
    "round": _round,
}
