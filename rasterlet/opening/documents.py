"""STAC Items and catalogues that users name, as datasets."""

from __future__ import annotations

import difflib
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from raster_core.catalogue.catalogue import parse_catalogue
from raster_core.catalogue.versions import fill_versions
from raster_core.errors import NotFoundError, RequestError, SourceError
from rasterlet.opening.places import (
    EVERYWHERE,
    REMOTE,
    Place,
    find_place,
    is_remote,
)
from rasterlet.opening.reasons import explain_file
from rasterlet.opening.versions import place_version
from rasterlet.opening.web import read_document, starts_as_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from raster_core.catalogue.catalogue import Catalogue
    from raster_core.catalogue.dataset import Dataset
    from raster_core.documents import Json

_DOCUMENTS = frozenset({".json", ".geojson"})

_RASTERS = frozenset({".tif", ".tiff"})

# Ids that an error lists.
_LISTED = 5

_LINKS = frozenset({"Catalog", "Collection"})


def is_document(place: Place) -> bool:
    """Whether a place is that of JSON: by its ending, else by how it begins."""
    if place.suffix in _DOCUMENTS | _RASTERS:
        return place.suffix in _DOCUMENTS
    path = place.path
    if path is None:
        return starts_as_json(place.href)
    if not path.is_file() or not os.access(path, os.R_OK):
        return False
    with path.open("rb") as file:
        return file.read(64).lstrip()[:1] == b"{"


def open_document(place: Place, item_id: str | None) -> Dataset:
    """The dataset of a file with a STAC Item, or of one of a catalogue.

    Raises:
        RequestError: If it is missing, or no such document.
        SourceError: If the Item is not usable.
    """
    catalogue = read_catalogue(place)
    return _with_versions(_choose(catalogue, item_id, f"'{place.name}'"))


def open_item(item: Mapping[str, object], item_id: str | None) -> Dataset:
    """The dataset of an Item, or a collection of Items, as a dictionary.

    Relative hrefs start where its link ``self`` says that it is.

    Raises:
        RequestError: If it is none, or its hrefs are relative and it has no such link.
        SourceError: If it is not usable.
    """
    try:
        document = cast("Json", json.loads(json.dumps(item)))
    except (TypeError, ValueError) as error:
        raise RequestError(
            f"The STAC Item has a value that JSON does not have: {error}"
        ) from error
    location = _find_self(document)
    if location is None and (key := _find_relative(_features(document, "The Item"))):
        raise RequestError(
            f"The STAC Item's asset '{key}' has a relative href, and the Item no link "
            "'self' to start from; give the path or URL of the Item instead"
        )
    catalogue = _parse(document, location or "/item.json", "The Item")
    return _with_versions(_choose(catalogue, item_id, "The STAC Item"))


def read_catalogue(place: Place) -> Catalogue:
    """The Items of a document, each with hrefs from its place on.

    Raises:
        RequestError: If it is missing, or no such document.
        SourceError: If it cannot be read, or two Items have one id.
    """
    return _parse(load_json(place), place.href, f"'{place.name}'")


def load_json(place: Place) -> Json:
    """The JSON object in a file.

    Raises:
        RequestError: If it is missing, or not a JSON object.
        SourceError: If it cannot be read.
    """
    try:
        content = place.path.read_bytes() if place.path else read_document(place.href)
    except OSError as error:
        raise explain_file(place, error) from error
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"'{place.name}' is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise RequestError(
            f"'{place.name}' is not a STAC Item or FeatureCollection of Items"
        )
    return document


def _parse(document: Json, location: str, name: str) -> Catalogue:
    features = list(map(_spell_hrefs, _features(document, name)))
    content = json.dumps({**document, "features": features}).encode()
    # What is on the web names no files of this machine.
    allowed = REMOTE if is_remote(location) else EVERYWHERE
    return parse_catalogue(content, location, allowed=allowed)


def _features(document: Json, name: str) -> list[object]:
    """The Items of a document, or the document itself if it is one."""
    features = document.get("features")
    if isinstance(features, list):
        if features and not any(
            isinstance(f, dict) and "assets" in f for f in features
        ):
            raise RequestError(
                f"{name} has features without assets, so they are not STAC Items; if "
                "they are zones: rasterlet.zonal_stats(zones, raster)"
            )
        return features
    kind = document.get("type")
    if kind in _LINKS:
        raise RequestError(
            f"{name} is a STAC {kind}, which links to Items; give one of its Items, or "
            "a FeatureCollection of them"
        )
    if kind != "Feature" or "assets" not in document:
        raise RequestError(f"{name} is not a STAC Item or FeatureCollection of Items")
    return [document]


def _spell_hrefs(item: object) -> object:
    """The Item with file:// and GDAL's names in its assets as paths and URLs."""
    if not isinstance(item, dict) or not isinstance(item.get("assets"), dict):
        return item
    assets = {key: _spell_href(asset) for key, asset in item["assets"].items()}
    return {**item, "assets": assets}


def _spell_href(asset: object) -> object:
    if not isinstance(asset, dict):
        return asset
    href = asset.get("href")
    if isinstance(href, str) and href.startswith(("file://", "/vsis3/", "/vsicurl/")):
        return {**asset, "href": find_place(href).href}
    return asset


def _find_self(document: Json) -> str | None:
    """Where a document says that it is."""
    links = document.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") == "self":
            href = str(link.get("href", ""))
            if is_remote(href) or href.startswith(("/", "file://")):
                return find_place(href).href
    return None


def _find_relative(features: Sequence[object]) -> str | None:
    """The key of an asset with a relative href."""
    for item in features:
        assets = item.get("assets") if isinstance(item, dict) else None
        for key, asset in assets.items() if isinstance(assets, dict) else ():
            href = asset.get("href") if isinstance(asset, dict) else None
            if isinstance(href, str) and "://" not in href and href[:1] != "/":
                return str(key)
    return None


def _choose(catalogue: Catalogue, item_id: str | None, name: str) -> Dataset:
    """The dataset of an id, or the only one."""
    ids = [*catalogue.datasets, *catalogue.faults]
    if item_id is None:
        if not ids:
            raise RequestError(f"{name} has no Items")
        if len(ids) > 1:
            raise RequestError(
                f"{name} has {len(ids)} datasets; choose one by id=: {_list(ids)}"
            )
        return catalogue.dataset(ids[0])
    if item_id not in ids:
        near = difflib.get_close_matches(item_id, ids, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"it has {_list(ids)}"
        raise NotFoundError(f"{name} has no dataset '{item_id}'; {hint}")
    return catalogue.dataset(item_id)


def _list(ids: Sequence[str]) -> str:
    more = ", …" if len(ids) > _LISTED else ""
    return ", ".join(f"'{one}'" for one in ids[:_LISTED]) + more


def _with_versions(dataset: Dataset) -> Dataset:
    """The dataset with a version for every file, if its Item states none."""
    moment = f"read at {time.time_ns()}"

    def find(href: str) -> str:
        local = not is_remote(href) and Path(href).is_file()
        return place_version(Place(href, href)) if local else moment

    _check_payer(dataset)
    return fill_versions(dataset, find)


def _check_payer(dataset: Dataset) -> None:
    """Refuse files for whose transfer S3 wants a payer, until there is one.

    Source: STAC storage extension v1 and v2.
    """
    if os.environ.get("AWS_REQUEST_PAYER"):
        return
    served = {asset.key: asset.href for asset in dataset.assets}
    for key, href in served.items():
        if href.startswith("s3://") and _is_requester_pays(dataset.item, key):
            raise SourceError(
                f"Asset '{key}' of the STAC Item is in a bucket whose readers pay for "
                "the transfer; set AWS_REQUEST_PAYER=requester to pay for it"
            )


def _is_requester_pays(item: Json, key: str) -> bool:
    properties = cast("Json", item.get("properties") or {})
    asset = cast("Json", cast("Json", item["assets"])[key])
    schemes = properties.get("storage:schemes")
    named = asset.get("storage:refs")
    found = [
        asset.get("storage:requester_pays"),
        properties.get("storage:requester_pays"),
    ]
    if isinstance(schemes, dict) and isinstance(named, list):
        found += [
            schemes[ref].get("requester_pays")
            for ref in named
            if isinstance(schemes.get(ref), dict)
        ]
    return any(flag is True for flag in found)
