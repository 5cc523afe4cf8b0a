"""A function that does as its event says: what ours never do, or what none can see."""

from __future__ import annotations

import os
import resource
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def handler(event: Mapping[str, Any], context: object) -> object:
    """The result of the one thing that the event names."""
    ((name, argument),) = event.items()
    return _DEEDS[name](argument, context)


def _fail(message: str, _context: object) -> None:
    raise RuntimeError(message)


def _sleep(seconds: float, _context: object) -> None:
    time.sleep(seconds)


def _exit(status: int, _context: object) -> None:
    os._exit(status)


def _answer(size: int, _context: object) -> str:
    return "x" * (size - 2)  # JSON has quotes around it


def _time_left(_: object, context: Any) -> int:
    left: int = context.get_remaining_time_in_millis()
    return left


def _look(path: str, _context: object) -> dict[str, object]:
    """What there is, and whether one may write there."""
    folder = Path(path)
    listed = sorted(os.listdir(folder)) if folder.is_dir() else None  # noqa: PTH208
    try:
        Path(folder, "written").write_text("x")
    except OSError as error:
        return {"listed": listed, "error": error.strerror}
    return {"listed": listed, "error": None}


def _limits(_: object, _context: object) -> dict[str, object]:
    return {
        "descriptors": resource.getrlimit(resource.RLIMIT_NOFILE),
        "user": os.getuid(),
        "folder": str(Path.cwd()),
        "path": sys.path,
    }


def _observe(request: Mapping[str, Any], context: object) -> dict[str, object]:
    """The answer of one of our functions, and what that took."""
    module = import_module(f"handlers.{request['function']}")
    answer = module.handler(request["event"], context)
    maps = Path("/proc/self/maps").read_text().splitlines()
    files = {line.split(maxsplit=5)[5] for line in maps if "/" in line}
    return {"answer": answer, "modules": sorted(sys.modules), "mapped": sorted(files)}


_DEEDS: Mapping[str, Callable[[Any, Any], object]] = {
    "fail": _fail,
    "sleep": _sleep,
    "exit": _exit,
    "answer": _answer,
    "time left": _time_left,
    "look": _look,
    "limits": _limits,
    "observe": _observe,
}
