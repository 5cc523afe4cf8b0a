"""A bucket with the sample's rasters and their catalogue."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from raster_core.bands import RasterClass
from raster_core.ingest.item import ItemOptions, describe_raster
from raster_core.sources.file import cog
from testing.geojson import collection

if TYPE_CHECKING:
    from pathlib import Path

_FILES = {"landcover": "landcover_global_2019", "elevation": "elevation_yosemite"}


def write_bucket(folder: Path, sample: Path) -> Path:
    """Fill a new folder; returns it."""
    folder.mkdir()
    items = [_add(folder, sample, name) for name in _FILES]
    (folder / "catalog.json").write_text(json.dumps(collection(*items)))
    return folder


def _add(folder: Path, sample: Path, name: str) -> dict[str, object]:
    path = folder / f"{name}.tif"
    shutil.copyfile(sample / f"{_FILES[name]}.tif", path)
    classes = _read_classes(sample) if name == "landcover" else ()
    options = ItemOptions(id=name, title=name.title(), href=path.name, classes=classes)
    item = describe_raster(path, options)
    cog.forget(str(path))
    return item


def _read_classes(sample: Path) -> tuple[RasterClass, ...]:
    named = json.loads((sample / "landcover_classes.json").read_text())
    return tuple(
        RasterClass(int(value), entry["name"], entry["color"])
        for value, entry in named.items()
    )
