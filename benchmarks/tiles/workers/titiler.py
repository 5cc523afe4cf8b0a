"""The worker that answers with titiler behind Mangum, as titiler runs on Lambda.

No middleware: titiler's own application adds four, for CORS, caching, compression and
logs, which would cost it a little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from mangum import Mangum
from titiler.core.errors import DEFAULT_STATUS_CODES, add_exception_handlers
from titiler.core.factory import TilerFactory

from benchmarks.shared.versions import package_versions
from benchmarks.tiles.workers.serving import run

if TYPE_CHECKING:
    from benchmarks.tiles.workers.serving import Handler


app = FastAPI()
"""For uvicorn too."""
app.include_router(TilerFactory().router)
add_exception_handlers(app, DEFAULT_STATUS_CODES)


def load() -> Handler:
    """The function that Lambda would call."""
    return Mangum(app, lifespan="off")


if __name__ == "__main__":
    run(
        load,
        lambda: package_versions(
            "titiler.core", "rio-tiler", "rasterio", "numpy", "fastapi", "mangum"
        ),
    )
