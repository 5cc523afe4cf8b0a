"""The catalogue: STAC Items, from bytes to ``Dataset`` values.

Fetches nothing and opens no raster. ``item`` reads an Item with files; one with the
property ``rasterlet:overlay`` is a weighted overlay of the others.
"""

from __future__ import annotations

import json
import posixpath
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from raster_core.errors import NotFoundError, RasterError, RequestError, SourceError
from raster_core.source.fields import (
    ItemError,
    Json,
    as_object,
    read_attribution,
    read_bounds,
)
from raster_core.source.item import read_item, read_rendering
from raster_core.source.overlaid import overlay_dataset
from raster_core.source.recipe import parse_recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from raster_core.source.dataset import Dataset

OVERLAY = "rasterlet:overlay"
"""The property of an Item that is an overlay."""

_UNUSABLE = (
    RasterError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    OverflowError,
)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Datasets by id, and what is wrong with the Items that are none."""

    datasets: Mapping[str, Dataset]
    faults: Mapping[str, str]
    """Item id to what makes it unusable. One bad Item must not hide the others."""

    def dataset(self, dataset_id: str) -> Dataset:
        """The dataset of an id.

        Raises:
            NotFoundError: The catalogue has no such Item.
            SourceError: It has, but the Item is not usable.
        """
        if dataset_id in self.faults:
            raise SourceError(
                f"Dataset '{dataset_id}' is not usable: {self.faults[dataset_id]}"
            )
        if dataset_id not in self.datasets:
            raise NotFoundError(f"There is no dataset '{dataset_id}'")
        return self.datasets[dataset_id]


def parse_catalogue(
    content: bytes, location: str, *, allowed: Sequence[str] = ()
) -> Catalogue:
    """Read a FeatureCollection of Items that stands at ``location``.

    Args:
        content: JSON text.
        location: Path or URL of the catalogue; relative hrefs start there.
        allowed: Prefixes that an href may have; none means the catalogue's folder.

    Raises:
        SourceError: It is not a FeatureCollection, or two Items have one id.
    """
    try:
        # Python writes NaN where JSON has none; as text, STAC's own spelling of it.
        features = list(json.loads(content, parse_constant=str)["features"])
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise SourceError("The catalogue is not a collection of STAC Items") from error
    _check_ids(features)

    prefixes = tuple(allowed) or (posixpath.dirname(location) or ".",)

    def resolve(href: str) -> str:
        return resolve_href(href, location, prefixes)

    datasets: dict[str, Dataset] = {}
    faults: dict[str, str] = {}
    overlays: dict[str, Json] = {}
    for number, item in enumerate(features):
        item_id = f"feature {number}"
        try:
            item_id = str(as_object(item)["id"])
            if OVERLAY in as_object(item["properties"]):
                overlays[item_id] = item
            else:
                datasets[item_id] = read_item(item_id, item, resolve)
        except _UNUSABLE as error:
            faults[item_id] = _describe_fault(error)
    _add_overlays(overlays, datasets, faults)
    return Catalogue(datasets, faults)


def _check_ids(features: Iterable[object]) -> None:
    """Refuse a catalogue that does not say which raster an id stands for.

    Were only the Item refused, and not the catalogue, a dataset that is in use would go
    for one that was added by mistake.
    """
    ids = Counter(
        str(item["id"]) for item in features if isinstance(item, dict) and "id" in item
    )
    for item_id, count in ids.items():
        if count > 1:
            raise SourceError(
                f"The catalogue has {count} Items with the id '{item_id[:80]}'"
            )


def _add_overlays(
    overlays: Mapping[str, Json], datasets: dict[str, Dataset], faults: dict[str, str]
) -> None:
    """Add the datasets that are made of others, which have to be there by now."""
    files = Catalogue(dict(datasets), dict(faults))

    def find(dataset_id: str) -> Dataset:
        if dataset_id in overlays:
            raise RequestError(f"dataset '{dataset_id}' is an overlay itself")
        dataset = files.dataset(dataset_id)
        if not dataset.version:
            raise RequestError(f"dataset '{dataset_id}' has no version or checksum")
        return dataset

    for item_id, item in overlays.items():
        try:
            datasets[item_id] = _read_overlay(item_id, item, find)
        except _UNUSABLE as error:
            faults[item_id] = _describe_fault(error)


def _read_overlay(item_id: str, item: Json, find: Callable[[str], Dataset]) -> Dataset:
    """The dataset of an Item that is an overlay."""
    properties = as_object(item["properties"])
    for asset in as_object(item["assets"]).values():  # it has none that are read
        as_object(asset)
    found = overlay_dataset(parse_recipe(properties[OVERLAY]), find)
    rendered = "renders" in properties
    return replace(
        found,
        id=item_id,
        title=str(properties.get("title") or item_id),
        description=str(properties.get("description") or ""),
        attribution=read_attribution(properties) or found.attribution,
        stated=read_bounds(item),
        rendering=read_rendering(properties, (), ()) if rendered else found.rendering,
        item=item,
    )


def _describe_fault(error: Exception) -> str:
    """What is wrong with an Item, in words that name no bucket."""
    if isinstance(error, RasterError):
        return str(error)
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing"
    # Python's own words may quote the Item.
    return "a field has a value of the wrong kind"


def resolve_href(href: str, location: str, allowed: Iterable[str]) -> str:
    """``href`` as seen from the document at ``location``, if it is allowed.

    Dot segments are folded, also percent-encoded ones, before the prefixes are
    compared, and a prefix ends at a separator: ``s3://b/a`` does not allow
    ``s3://b/abc``.

    Raises:
        ItemError: It lies under none of the ``allowed`` prefixes.
    """
    absolute = "://" in href or href.startswith("/")
    full = href if absolute else posixpath.join(posixpath.dirname(location), href)
    resolved = _fold(full)
    for prefix in map(_fold, allowed):
        if resolved.startswith(prefix.rstrip("/") + "/"):
            return resolved
        local = "://" not in resolved and not resolved.startswith(("/", ".."))
        if prefix == "." and local:
            return resolved
    raise ItemError("its href is outside the allowed prefixes")


def _fold(href: str) -> str:
    """``href`` without dot segments in its path."""
    if "://" not in href:
        return posixpath.normpath(href)
    parts = urlsplit(href)
    if ".." in unquote(parts.path).split("/"):
        raise ItemError("its href has '..' segments")
    return href
