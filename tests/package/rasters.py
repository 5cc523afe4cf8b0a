"""Rasters as ``rasterlet.open`` returns them, of files made for a test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from raster_core.catalogue.catalogue import parse_catalogue
from raster_core.drawing.request import Source
from raster_core.ingest.item import ItemOptions, describe_raster
from rasterlet.raster import Raster

if TYPE_CHECKING:
    from pathlib import Path


def raster_of(path: Path, **source: object) -> Raster:
    item = describe_raster(path, ItemOptions(path.stem, str(path)))
    content = json.dumps({"features": [item]}).encode()
    dataset = parse_catalogue(content, "/", allowed=["/"]).dataset(path.stem)
    return Raster(dataset, Source(**source))
