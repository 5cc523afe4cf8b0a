"""The libraries of frames, which are an extra: imported when they are needed."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from raster_core.errors import RequestError

if TYPE_CHECKING:
    from types import ModuleType

REMEDY = "pip install 'rasterlet[frames]'"
"""What brings all of them."""


def load_library(name: str) -> Any:
    """A module of geopandas, pandas or pyogrio.

    Raises:
        RequestError: If it is not installed.
    """
    try:
        found: ModuleType = importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise RequestError(
            f"Tables of zones take {error.name}, which is not installed: {REMEDY}"
        ) from error
    return found
