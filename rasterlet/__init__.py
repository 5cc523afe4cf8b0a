"""Zonal statistics and map tiles of any raster, from Python and the command line.

>>> import rasterlet
>>> dem = rasterlet.open("elevation.tif")
>>> table = rasterlet.zonal_stats(zones, dem, stats=["mean", "p90"])

Importing it loads nothing else: each name is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from raster_core.version import __version__

if TYPE_CHECKING:
    from raster_core.errors import RasterError as RasterError
    from rasterlet.cells import zonal_cells as zonal_cells
    from rasterlet.entrance import open as open  # noqa: A004  as rasterio's
    from rasterlet.notebook import explore as explore
    from rasterlet.raster import Raster as Raster
    from rasterlet.table import zonal_stats as zonal_stats

# Name → the module that has it.
_HOMES = {
    "Raster": "rasterlet.raster",
    "RasterError": "raster_core.errors",
    "explore": "rasterlet.notebook",
    "open": "rasterlet.entrance",
    "zonal_cells": "rasterlet.cells",
    "zonal_stats": "rasterlet.table",
}

__all__ = [
    "Raster",
    "RasterError",
    "__version__",
    "explore",
    "open",
    "zonal_cells",
    "zonal_stats",
]


def __getattr__(name: str) -> object:
    """The name from its module (PEP 562), kept for the next time."""
    if name not in _HOMES:
        raise AttributeError(f"module 'rasterlet' has no attribute '{name}'")
    found = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """All public names, imported or not."""
    return sorted({*globals(), *__all__})
