"""The STAC Items of the rasters that a user names, to be served together."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

from raster_core.errors import RasterError, RequestError
from rasterlet.opening.documents import is_document, read_catalogue
from rasterlet.opening.items import absolute_item
from rasterlet.opening.places import Place, is_remote, unique_names
from rasterlet.opening.source import open_dataset
from rasterlet.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raster_core.catalogue.dataset import Dataset
    from raster_core.documents import Json

_ENDINGS = (".tif", ".tiff")


def collect_items(places: Sequence[Place]) -> list[Json]:
    """An Item for each raster, with absolute hrefs and an id of its own.

    A folder stands for the GeoTIFFs in it and in its folders; those that cannot be read
    are named on standard error.

    Raises:
        RasterError: If a raster that the user named cannot be read, or a folder has
            none.
    """
    datasets = [dataset for place in places for dataset in _open_all(place)]
    ids = unique_names(dataset.id for dataset in datasets)
    return [
        absolute_item(dataset, item_id)
        for dataset, item_id in zip(datasets, ids, strict=True)
    ]


def _open_all(place: Place) -> Iterator[Dataset]:
    if place.path is not None and place.path.is_dir():
        yield from _open_folder(place)
    elif is_document(place):
        catalogue = read_catalogue(place)
        for item_id in (*catalogue.datasets, *catalogue.faults):
            yield catalogue.dataset(item_id)
    else:
        yield open_dataset(place.name)


def _open_folder(place: Place) -> Iterator[Dataset]:
    assert place.path is not None  # noqa: S101  a folder is local
    found = False
    for path in sorted(place.path.rglob("*")):
        if path.suffix.lower() not in _ENDINGS or not path.is_file():
            continue
        try:
            dataset = open_dataset(path)
        except RasterError as error:
            print(plain(f"Left out: {error}"), file=sys.stderr)
            continue
        found = True
        yield dataset
    if not found:
        raise RequestError(
            f"'{place.name}' is a folder without a GeoTIFF that can be served"
        )


def local_hrefs(items: Sequence[Json]) -> Iterator[str]:
    """Paths of the files of this machine that some Items have."""
    for item in items:
        for asset in cast("Json", item["assets"]).values():
            href = str(cast("Json", asset).get("href", ""))
            if not is_remote(href):
                yield href
