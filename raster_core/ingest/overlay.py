"""The STAC Item of a weighted overlay: no file of its own, but other datasets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from raster_core.catalogue.catalogue import OVERLAY
from raster_core.catalogue.definition import parse_definition
from raster_core.catalogue.overlays import overlay_dataset
from raster_core.ingest.item import EXTENSIONS, bounds_geometry

if TYPE_CHECKING:
    from collections.abc import Callable

    from raster_core.catalogue.dataset import Dataset
    from raster_core.documents import Json
    from raster_core.ingest.item import ItemOptions


def describe_overlay(
    document: object, find: Callable[[str], Dataset], options: ItemOptions
) -> Json:
    """The STAC Item of an overlay; its box is that of its first layer.

    Args:
        document: The overlay as users write it.
        find: From an id to its dataset.
        options: What the overlay does not say; its time defaults to now.

    Raises:
        DefinitionError: If it is not valid, or names what does not exist.
        SourceError: If a dataset is not usable.
    """
    found = overlay_dataset(parse_definition(document), find)
    shown = (options.datetime or datetime.now(UTC)).astimezone(UTC)
    render: dict[str, object] = {
        "assets": [],
        "rescale": [[0.0, 1.0]],
        "colormap_name": options.colormap_name or "viridis",
    }
    properties: dict[str, object] = {
        "datetime": shown.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "title": options.title or options.id,
        "renders": {"default": render},
        OVERLAY: document,
    }
    if options.description:
        properties["description"] = options.description
    provider = options.provider or found.attribution
    if provider:
        properties["providers"] = [{"name": provider}]
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [url for url in EXTENSIONS if "/render/" in url],
        "id": options.id,
        "geometry": bounds_geometry(found.bounds),
        "bbox": list(found.bounds),
        "properties": properties,
        "links": [],
        "assets": {},
    }
