"""The worker that answers with Rasterlet's own tile handler."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from benchmarks.shared.versions import package_versions
from benchmarks.tiles.workers.serving import run

if TYPE_CHECKING:
    from benchmarks.tiles.workers.serving import Handler


def load() -> Handler:
    """The function that Lambda would call, with its logger and its metrics."""
    handler: Handler = importlib.import_module("handlers.tiles").handler
    return handler


if __name__ == "__main__":
    run(
        load,
        lambda: {
            "rasterlet": importlib.import_module("raster_core.version").__version__,
            **package_versions("aws-lambda-powertools", "rasterio", "numpy"),
        },
    )
