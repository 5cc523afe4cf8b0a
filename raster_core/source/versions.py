"""Versions for files whose Item has none: whatever their store says."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from raster_core.source.dataset import Dataset


def fill_versions(dataset: Dataset, find: Callable[[str], str]) -> Dataset:
    """The dataset with a version for every file; itself if none is missing.

    Args:
        dataset: Of the catalogue.
        find: From a file's href to its version; called where the Item has none.
    """
    if all(asset.version for asset in dataset.assets):
        return dataset
    assets = tuple(
        replace(asset, version=asset.version or find(asset.href))
        for asset in dataset.assets
    )
    joined = " ".join(asset.version for asset in assets)
    version = hashlib.sha256(joined.encode()).hexdigest()[:16]
    return replace(dataset, assets=assets, version=version)
