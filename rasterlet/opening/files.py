"""Files as a dataset: their STAC Item is made in memory."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from raster_core.catalogue.catalogue import parse_catalogue
from raster_core.errors import RasterError
from raster_core.ingest.item import AssetFile, ItemOptions, describe_files
from raster_core.sources.file.cog import open_cog
from raster_core.sources.file.gdal import GDAL_OPTIONS
from raster_core.sources.ranges.opening import tell_ranges
from raster_core.stores import gdal_settings
from rasterlet.opening.places import EVERYWHERE
from rasterlet.opening.reasons import explain_file, name_fault
from rasterlet.opening.versions import place_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raster_core.catalogue.dataset import Dataset
    from raster_core.documents import Json
    from rasterlet.opening.places import Place


def open_files(places: Mapping[str, Place], item_id: str) -> Dataset:
    """GeoTIFFs as one dataset.

    Args:
        places: By what they show; at least one.
        item_id: The dataset's id.

    Raises:
        RasterError: If one is missing or cannot be read; names it and a remedy.
    """
    item = describe_places(places, item_id)
    content = json.dumps({"features": [item]}).encode()
    return parse_catalogue(content, "/", allowed=EVERYWHERE).dataset(item_id)


def describe_places(places: Mapping[str, Place], item_id: str) -> Json:
    """The STAC Item of GeoTIFFs, made without reading them as a whole.

    Args:
        places: By what they show; at least one.
        item_id: The Item's id.

    Raises:
        RasterError: If one is missing or cannot be read; names it and a remedy.
    """
    files = [
        AssetFile(key, place.path or place.href, place.href, check_file(place))
        for key, place in places.items()
    ]
    try:
        return describe_files(files, ItemOptions(item_id, statistics=False))
    except RasterError as error:
        raise name_fault(list(places.values()), error) from error


def tell_gdal() -> None:
    """Have GDAL find the store that the environment names, as AWS's SDKs do."""
    GDAL_OPTIONS.update(gdal_settings(os.environ))
    tell_ranges(os.environ)


def check_file(place: Place) -> str:
    """The version of a file that can be read; it stays open for what comes next.

    Raises:
        RasterError: If it is missing or cannot be read; names it and a remedy.
    """
    tell_gdal()
    try:
        version = place_version(place)
        open_cog(place.href, version)
    except (RasterError, OSError) as error:
        raise explain_file(place, error) from error
    return version
