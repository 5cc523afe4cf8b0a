"""The worker that draws with MapServer, in the process, with no HTTP around it.

Run by the interpreter that has Debian's python3-mapscript, so nothing here or in
``serving`` takes more than Python 3.11 and its standard library.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mapscript

from benchmarks.tiles.workers.serving import run

if TYPE_CHECKING:
    from benchmarks.tiles.workers.serving import Handler

# Half of the equator, in metres: the tiles' outermost edge.
_REACH = 20037508.342789244

_SIZE = 256


def load() -> Handler:
    """A function of events, as the other sides are."""
    drawn = mapscript.mapObj(os.environ["MAPFILE"])

    def draw(event: dict[str, Any], _: object) -> dict[str, Any]:
        z, x, y = map(int, Path(event["rawPath"]).parts[-3:])
        pixel = 2 * _REACH / 2**z / _SIZE
        # An extent goes from the centres of the outer pixels; its WMS does the same.
        left, top = (
            (_SIZE * x + 0.5) * pixel - _REACH,
            _REACH - (_SIZE * y + 0.5) * pixel,
        )
        reach = pixel * (_SIZE - 1)
        drawn.setExtent(left, top - reach, left + reach, top)
        content = drawn.draw().getBytes()
        return {
            "statusCode": 200,
            "headers": {"content-type": "image/png"},
            "body": content,
        }

    return draw


if __name__ == "__main__":
    version = mapscript.msGetVersionInt()
    text = f"{version // 10_000}.{version // 100 % 100}.{version % 100}"
    run(load, lambda: {"MapServer": text})
