"""The versions of datasets, on which all that is made of them depends."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from raster_core.raster import digest_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from raster_core.catalogue.dataset import Asset, Dataset

# Digests of Items, by identity; each keeps its Item, so that no id comes back.
_digests: dict[int, tuple[Mapping[str, object], str]] = {}
_MAX_DIGESTS = 1000


def version_of(*datasets: Dataset) -> str:
    """What changes when the pixels of a dataset or its Item in the catalogue do.

    The Item counts because it holds the default rendering and the classes; so do the
    colormaps of the catalogue.
    """
    return " ".join(map(_version_of_one, datasets))


def is_versioned(dataset: Dataset) -> bool:
    """Whether the catalogue states a version of every file of a dataset."""
    if dataset.overlay is not None:
        return all(dataset.overlay.versions())
    return all(asset.version for asset in dataset.assets)


def fill_versions(dataset: Dataset, find: Callable[[str], str]) -> Dataset:
    """The dataset with a version for every file; itself if none is missing.

    Args:
        dataset: A dataset of the catalogue.
        find: From a file's href to its version; called where the Item has none.
    """
    if all(asset.version for asset in dataset.assets):
        return dataset
    assets = tuple(
        replace(asset, version=_carried_tag(asset) or find(asset.href))
        for asset in dataset.assets
    )
    version = digest_versions(asset.version for asset in assets)
    return replace(dataset, assets=assets, version=version)


def _carried_tag(asset: Asset) -> str:
    """The version that the Item has, or the entity tag with which it carries a header.

    Empty without either, or if the file has turned out to be another one.
    """
    if asset.version or not asset.carried:
        return asset.version
    # Imported late: few Items carry anything.
    from raster_core.sources.companion.carried import carried_tag  # noqa: PLC0415

    return carried_tag(asset.href, asset.carried)


def _version_of_one(dataset: Dataset) -> str:
    colormaps = _digest(dataset.colormaps) if dataset.colormaps else ""
    return ":".join((dataset.version, _digest(dataset.item), colormaps)).rstrip(":")


def _digest(item: Mapping[str, object]) -> str:
    known = _digests.get(id(item))
    if known:
        return known[1]
    if len(_digests) >= _MAX_DIGESTS:
        _digests.clear()
    text = json.dumps(item, sort_keys=True, default=str)
    digest = blake2b(text.encode(), digest_size=8).hexdigest()
    _digests[id(item)] = (item, digest)
    return digest
