"""Versions of files: what changes when their content does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from raster_core.layers.file import file_version
from raster_core.raster import digest_versions
from raster_core.sources.companion.siblings import siblings
from rasterlet.opening.web import remote_version

if TYPE_CHECKING:
    from rasterlet.opening.places import Place


def place_version(place: Place) -> str:
    """A version that changes with the file, or with what stands beside it.

    Nothing of the file is read: of a local one it is made of time, size and inode.

    Raises:
        SourceError: If the file is missing, or its server does not give it.
    """
    path = place.path
    if path is None:
        return remote_version(place.href)
    beside = [Path(f"{path}{ending}") for ending in siblings(path)]
    return digest_versions(file_version(str(file)) for file in (path, *beside))
