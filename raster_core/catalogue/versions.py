"""Versions for files whose Item has none: what their store says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from raster_core.raster import digest_versions

if TYPE_CHECKING:
    from collections.abc import Callable

    from raster_core.catalogue.dataset import Dataset


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
        replace(asset, version=asset.version or find(asset.href))
        for asset in dataset.assets
    )
    version = digest_versions(asset.version for asset in assets)
    return replace(dataset, assets=assets, version=version)
