"""The key of a dataset's version, which URLs of images carry."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING

from raster_core.catalogue.versions import is_versioned, version_of
from raster_core.version import __version__

if TYPE_CHECKING:
    from raster_core.catalogue.dataset import Dataset


def version_key(version: str) -> str:
    """Value of the parameter ``v`` for answers that depend on ``version`` and code."""
    text = json.dumps((__version__, version))
    return blake2b(text.encode(), digest_size=6).hexdigest()


def dataset_key(dataset: Dataset) -> str | None:
    """``version_key`` of a dataset's images; None if its pixels have no version."""
    return version_key(version_of(dataset)) if is_versioned(dataset) else None
