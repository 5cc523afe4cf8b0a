"""Versions of several files together, and of files whose Item has none."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from raster_core.spec import BandSpec, ExpressionSpec, OverlaySpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from raster_core.source.dataset import Dataset
    from raster_core.spec import LayerSpec


def join_versions(versions: Iterable[str]) -> str:
    """One version of several layers: each of theirs once, with spaces between."""
    return " ".join(dict.fromkeys(versions))


def digest_versions(versions: Iterable[str]) -> str:
    """One version of several files, however many: 16 hexadecimal digits."""
    return hashlib.sha256(" ".join(versions).encode()).hexdigest()[:16]


def is_versioned(dataset: Dataset) -> bool:
    """Whether the catalogue says a version of every file that a dataset is made of."""
    if dataset.overlay is not None:
        return all(_versions(dataset.overlay))
    return all(asset.version for asset in dataset.assets)


def _versions(spec: LayerSpec) -> list[str]:
    if isinstance(spec, OverlaySpec):
        return [found for part in spec.parts for found in _versions(part.source)]
    if isinstance(spec, ExpressionSpec):
        return _versions(spec.source)
    if isinstance(spec, BandSpec):
        return [spec.version]
    return [band.version for band in spec.bands]


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
    version = digest_versions(asset.version for asset in assets)
    return replace(dataset, assets=assets, version=version)
