"""The catalogue: STAC Items, from bytes to ``Dataset`` values.

Fetches nothing and opens no raster. ``item`` reads an Item with files; one with the
property ``rasterlet:overlay`` is a weighted overlay of the others.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from raster_core.catalogue.colormaps import add_colormaps, read_colormaps
from raster_core.catalogue.definition import parse_definition
from raster_core.catalogue.fields import (
    ItemError,
    as_object,
    drop_nulls,
    read_attribution,
    read_bounds,
    read_object,
    read_required,
    read_text,
    within,
)
from raster_core.catalogue.item import read_item
from raster_core.catalogue.overlays import overlay_dataset
from raster_core.catalogue.renders import read_rendering
from raster_core.errors import NotFoundError, RasterError, RequestError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from raster_core.catalogue.dataset import Dataset
    from raster_core.documents import Json

OVERLAY = "rasterlet:overlay"
"""The property that makes an Item an overlay; it holds the definition."""

# Characters that end the path of a URL, or lead out of it; gateways decode %2F.
_UNREACHABLE = re.compile(r"[/?#\\\x00-\x1f\x7f]")
_DOTS = frozenset({".", ".."})

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
    """Datasets by id, and what is wrong with unusable Items."""

    datasets: Mapping[str, Dataset]
    faults: Mapping[str, str]
    """What makes an Item unusable, by its id. One bad Item must not hide the others."""
    colormaps: Mapping[str, str] = field(default_factory=dict)
    """Colormaps of all datasets by name, as JSON text."""

    def names_colormap(self, name: str) -> bool:
        """Whether some dataset has a colormap of that name."""
        return name in self.colormaps or any(
            name in dataset.colormaps for dataset in self.datasets.values()
        )

    def dataset(self, dataset_id: str) -> Dataset:
        """The dataset of an id.

        Raises:
            NotFoundError: If the catalogue has no such Item.
            SourceError: If the Item is not usable.
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
        SourceError: If it is not a FeatureCollection, or two Items have the same id.
    """
    try:
        # Python reads NaN, which is not JSON; what it means depends on the member.
        document = json.loads(content)
        features = list(document["features"])
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise SourceError("The catalogue is not a collection of STAC Items") from error
    with within("The catalogue"):
        shared = read_colormaps(document)
    _check_ids(features)

    prefixes = tuple(allowed) or (posixpath.dirname(location) or ".",)

    def resolve(href: str) -> str:
        return resolve_href(href, location, prefixes)

    datasets: dict[str, Dataset] = {}
    faults: dict[str, str] = {}
    overlays: dict[str, Json] = {}
    for number, written in enumerate(features):
        item_id = f"feature {number}"
        try:
            item = as_object(drop_nulls(written), "the Item")
            item_id = read_text(item, "id") or item_id
            read_required(item, "id")
            check_id(item_id)
            if OVERLAY in read_object(item, "properties"):
                overlays[item_id] = written
            else:
                found = read_item(item_id, item, written, resolve)
                datasets[item_id] = add_colormaps(found, shared)
        except _UNUSABLE as error:
            faults[item_id] = _describe_fault(error)
    _add_overlays(overlays, datasets, faults)
    for item_id in overlays.keys() & datasets.keys():
        datasets[item_id] = add_colormaps(datasets[item_id], shared)
    return Catalogue(datasets, faults, shared)


def check_id(item_id: str) -> None:
    """Refuse an id that could be listed, but not requested.

    Raises:
        ItemError: If no URL can contain it.
    """
    if item_id in _DOTS or _UNREACHABLE.search(item_id):
        raise ItemError(
            f"the id '{item_id[:80]}' cannot be part of a URL: it has one of "
            "/ ? # \\ or a control character, or is made of dots"
        )


def _check_ids(features: Iterable[object]) -> None:
    """Refuse a catalogue with two Items of one id.

    If only the Item were refused, a dataset in use could vanish for one that was added
    by mistake.
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
    """Add the datasets that are made of others, which must be known by now."""
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


def _read_overlay(
    item_id: str, written: Json, find: Callable[[str], Dataset]
) -> Dataset:
    """The dataset of an Item that is an overlay."""
    item = as_object(drop_nulls(written), "the Item")
    properties = as_object(read_required(item, "properties"), "properties")
    for key, asset in read_object(item, "assets").items():  # it has none that are read
        as_object(asset, f"asset '{key[:80]}'")
    found = overlay_dataset(parse_definition(properties[OVERLAY]), find)
    rendered = "renders" in properties
    return replace(
        found,
        id=item_id,
        title=read_text(properties, "title") or item_id,
        description=read_text(properties, "description") or "",
        attribution=read_attribution(properties)
        if "providers" in properties
        else found.attribution,
        stated=read_bounds(item),
        rendering=read_rendering(properties, (), ()) if rendered else found.rendering,
        item=written,
        colormaps=read_colormaps(properties),
    )


def _describe_fault(error: Exception) -> str:
    """What is wrong with an Item, without the name of a bucket."""
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
        ItemError: If it lies under none of the ``allowed`` prefixes.
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
