"""What users name as a raster, opened as a dataset."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from raster_core.catalogue.catalogue import check_id
from raster_core.errors import RequestError
from rasterlet.opening.documents import is_document, open_document, open_item
from rasterlet.opening.files import open_files, tell_gdal
from rasterlet.opening.places import find_place, unique_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raster_core.catalogue.dataset import Dataset
    from rasterlet.opening.places import Place


class StacItem(Protocol):
    """An Item of pystac, or of any library that writes one as JSON."""

    def to_dict(self) -> dict[str, object]:
        """The Item as JSON."""


type Path = str | os.PathLike[str]
type AnySource = (
    Path | Mapping[str, object] | Mapping[str, Path] | Sequence[Path] | StacItem
)
"""What ``open_dataset`` takes."""


def open_dataset(source: AnySource, *, id: str | None = None) -> Dataset:  # noqa: A002  as rasterlet.open
    """The dataset of what a user names; files are opened, but hardly read.

    Args:
        source: A path or URL of a GeoTIFF, or of a STAC Item or catalogue in JSON; an
            Item as a dictionary or pystac object; several files as the bands of one
            dataset, in their order or by the names of the bands.
        id: Which Item of a catalogue; of files, the dataset's id.

    Raises:
        RequestError: If the source is of a wrong kind, missing, or not in the
            catalogue.
        SourceError: If it cannot be read; names it and a remedy.
    """
    tell_gdal()
    if isinstance(source, str | os.PathLike):
        place = find_place(source)
        if is_document(place):
            return open_document(place, id)
        item_id = _choose_id(place.stem, id)
        return open_files({"data": place}, item_id)
    if callable(to_dict := getattr(source, "to_dict", None)) and hasattr(
        source, "assets"
    ):
        return open_item(to_dict(), id)
    if isinstance(source, Mapping):
        if "type" in source or "assets" in source:
            return open_item(source, id)
        named = {str(key): find_place(_as_path(one)) for key, one in source.items()}
        return _open_bands(named, id)
    if isinstance(source, Iterable):
        places = [find_place(_as_path(one)) for one in source]
        names = unique_names(place.stem for place in places)
        keys = names if len(names) > 1 else ["data"][: len(names)]
        return _open_bands(dict(zip(keys, places, strict=True)), id)
    raise RequestError(
        f"'{type(source).__name__}' is not a source; give a path, a URL, a STAC Item, "
        "or a list of paths"
    )


def _open_bands(places: Mapping[str, Place], item_id: str | None) -> Dataset:
    """Several files as one dataset, by the names of their bands."""
    if not places:
        raise RequestError("The list of files is empty; give at least one")
    first = next(iter(places.values()))
    return open_files(places, _choose_id(first.stem, item_id))


def _choose_id(stem: str, item_id: str | None) -> str:
    if item_id is not None:
        check_id(item_id)
    return stem if item_id is None else item_id


def _as_path(source: object) -> Path:
    if isinstance(source, str | os.PathLike):
        return source
    raise RequestError(
        f"'{type(source).__name__}' is not a file; the list has paths and URLs"
    )
