"""The environment variables that the timed processes have."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from benchmarks.shared.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

# The heap's settings of serverless.yml. In the tile suite titiler has them too, so that
# they are no advantage.
HEAP_ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "8388608",
    "MALLOC_TRIM_THRESHOLD_": "33554432",
}

# All sides': the one processor that a Lambda of 1,769 MB has, and no time spent on
# warnings, which rio-tiler would write at every tile of a global raster.
_COMMON_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONWARNINGS": "ignore",
}

# Variables of the caller's environment that would change one side's GDAL or logger.
_NOT_INHERITED = (
    *("CPL_", "GDAL_", "GTIFF_", "OSR_", "PROJ_", "VSI_", "AWS_", "PYTHON"),
    *("POWERTOOLS_", "RASTERLET_", "TITILER_"),
)


def worker_environment(own: Mapping[str, str]) -> dict[str, str]:
    """The environment of a worker: the caller's, the common one, and its side's own."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_NOT_INHERITED)
    }
    return {**inherited, **_COMMON_ENVIRONMENT, "PYTHONPATH": str(ROOT), **own}
