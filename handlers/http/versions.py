"""The versions of datasets, on which answers depend besides their request."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING

from raster_core.catalogue.versions import is_versioned
from raster_core.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raster_core.catalogue.dataset import Dataset

# Digests of Items, by identity; each keeps its Item, so that no id comes back.
_digests: dict[int, tuple[Mapping[str, object], str]] = {}
_MAX_DIGESTS = 1000


def version_of(*datasets: Dataset) -> str:
    """What changes when the pixels of a dataset or its Item in the catalogue do.

    The Item counts because it holds the default rendering and the classes; so do the
    colormaps of the catalogue.
    """
    return " ".join(map(_version_of_one, datasets))


def version_key(version: str) -> str:
    """Value of the parameter ``v`` for answers that depend on ``version`` and code."""
    text = json.dumps((__version__, version))
    return blake2b(text.encode(), digest_size=6).hexdigest()


def dataset_key(dataset: Dataset) -> str | None:
    """``version_key`` of a dataset's images; None if its pixels have no version."""
    return version_key(version_of(dataset)) if is_versioned(dataset) else None


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
