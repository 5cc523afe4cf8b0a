"""The worker that hands out tiles with cog-tiles, with no HTTP around it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.shared.versions import package_versions
from benchmarks.tiles.workers.serving import run

if TYPE_CHECKING:
    from benchmarks.tiles.workers.serving import Handler


def load() -> Handler:
    """A function of events, as the other sides are; the file is opened once."""
    import cog_tiles  # noqa: PLC0415  its time is part of the start

    source = cog_tiles.open(os.environ["COG"])
    headers = {"content-type": source.content_type}

    def hand_out(event: dict[str, Any], _: object) -> dict[str, Any]:
        z, x, y = map(int, Path(event["rawPath"]).parts[-3:])
        return {"statusCode": 200, "headers": headers, "body": source.tile(z, x, y)}

    return hand_out


if __name__ == "__main__":
    run(load, lambda: package_versions("cog-tiles"))
