"""The worker that starts titiler's whole application behind Mangum, as it ships.

``titiler.application`` with its middleware and all its routes: what titiler's own
deployment puts on Lambda, so what a cold start of it loads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.shared.versions import package_versions
from benchmarks.tiles.workers.serving import run

if TYPE_CHECKING:
    from benchmarks.tiles.workers.serving import Handler


def load() -> Handler:
    """The function that Lambda would call."""
    from mangum import Mangum  # noqa: PLC0415  its time is part of the start
    from titiler.application.main import app  # noqa: PLC0415

    return Mangum(app, lifespan="off")


if __name__ == "__main__":
    run(load, lambda: package_versions("titiler.application", "mangum"))
