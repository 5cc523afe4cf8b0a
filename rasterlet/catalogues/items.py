"""Items as a catalogue has them: of one file, of several, or of an overlay."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from raster_core.bands import RasterClass
from raster_core.catalogue.catalogue import check_id, parse_catalogue
from raster_core.errors import RasterError, RequestError
from raster_core.ingest.item import AssetFile, ItemOptions, describe_files
from raster_core.ingest.overlay import describe_overlay
from rasterlet.opening.files import check_file
from rasterlet.opening.places import Place, find_place
from rasterlet.opening.reasons import name_fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raster_core.documents import Json

_COLOR = re.compile("#[0-9A-Fa-f]{6}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A dataset that a catalogue is to have."""

    catalogue: Path
    files: Mapping[str, str] = field(default_factory=dict)
    """Paths or URLs by asset; a single one is ``data``."""
    overlay: Path | None = None
    """An overlay definition in place of files."""
    href: str | None = None
    """Where the service finds the file, or with a slash at the end, its folder."""

    @property
    def name(self) -> str:
        """What it is made of, for messages."""
        return str(self.overlay or ", ".join(self.files.values()))


def describe_wanted(wanted: Wanted, options: ItemOptions) -> Json:
    """The STAC Item of a dataset.

    Args:
        wanted: What it is made of.
        options: What that does not say; without an id, the first file's name is it.

    Raises:
        RasterError: If a file or the overlay cannot be read; names it.
    """
    if wanted.overlay is not None:
        return _describe_overlay(wanted.overlay, wanted.catalogue, options)
    places = {key: find_place(name) for key, name in wanted.files.items()}
    first = next(iter(places.values()))
    own_id = first.path.stem if first.path else first.stem
    options = replace(options, id=options.id or own_id, opening=True)
    check_id(options.id)
    files = [_find_file(key, place, wanted) for key, place in places.items()]
    try:
        item = describe_files(files, options)
    except RasterError as error:
        raise name_fault(list(places.values()), error) from error
    return item if all(place.path for place in places.values()) else _unversioned(item)


def _find_file(key: str, place: Place, wanted: Wanted) -> AssetFile:
    version = check_file(place)
    path = place.path
    href = _place_href(place, wanted)
    return AssetFile(key, path or place.href, href, None if path else version)


def _place_href(place: Place, wanted: Wanted) -> str:
    """Where the service finds a file: as told, else seen from the catalogue."""
    path = place.path
    name = PurePosixPath(urlsplit(place.href).path).name if path is None else path.name
    if wanted.href is not None:
        is_folder = wanted.href.endswith("/") or len(wanted.files) > 1
        return f"{wanted.href.rstrip('/')}/{name}" if is_folder else wanted.href
    if path is None:
        return place.href
    folder = wanted.catalogue.resolve().parent
    inside = path.is_relative_to(folder)
    return path.relative_to(folder).as_posix() if inside else name


def _unversioned(item: Json) -> Json:
    """The Item of remote files without a version, for which the service asks the store.

    Only content that was read has one that may stay in a catalogue.
    """
    properties = item["properties"]
    assert isinstance(properties, dict)  # noqa: S101  as ingest makes it
    kept = {key: value for key, value in properties.items() if key != "version"}
    return {**item, "properties": kept}


def _describe_overlay(path: Path, catalogue: Path, options: ItemOptions) -> Json:
    document = read_json(path)
    try:
        content = catalogue.read_bytes()
    except FileNotFoundError as error:
        raise RequestError(
            f"'{catalogue}' does not exist; add the overlay's datasets to it first"
        ) from error
    check_id(options.id)
    known = parse_catalogue(content, os.fspath(catalogue))
    try:
        return describe_overlay(document, known.dataset, options)
    except RasterError as error:
        raise RequestError(f"'{path}': {error}") from error


def read_json(path: Path) -> object:
    """What is in a JSON file.

    Raises:
        RequestError: If it does not exist, or is not JSON.
    """
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RequestError(f"'{path}' cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise RequestError(f"'{path}' is not JSON: {error}") from error


def read_classes(path: Path) -> tuple[RasterClass, ...]:
    """Names and colours by value: ``{"1": {"name": …, "color": "#rrggbb"}}``.

    Raises:
        RequestError: If the file is not of that form; names the value.
    """
    entries = read_json(path)
    if not isinstance(entries, dict) or not entries:
        raise RequestError(
            f"'{path}' is not a JSON object of classes: "
            '{"1": {"name": "Water", "color": "#4060c0"}, …}'
        )
    return tuple(_read_class(path, value, entry) for value, entry in entries.items())


def _read_class(path: Path, value: str, entry: object) -> RasterClass:
    where = f"'{path}': class '{value[:80]}'"
    try:
        number = int(value)
    except ValueError:
        raise RequestError(f"{where} is not a whole number") from None
    members = entry if isinstance(entry, dict) else {}
    name, color = members.get("name"), members.get("color")
    if not isinstance(name, str) or not name:
        raise RequestError(f'{where} has no name: {{"name": "Water"}}')
    if color is not None and not (isinstance(color, str) and _COLOR.fullmatch(color)):
        raise RequestError(f"{where} has a color that is not of the form '#rrggbb'")
    return RasterClass(number, name, color)


def describe_notes(item: Json) -> list[str]:
    """What a user may not know of the files: what hides pixels, what is beside them."""
    notes = []
    for key, asset in _assets(item).items():
        if beside := asset.get("rasterlet:sidecars"):
            notes.append(f"asset '{key}': read {', '.join(beside)} beside it")
        if asset.get("rasterlet:alpha") == "mask":
            notes.append(
                f"asset '{key}': band {len(asset['bands']) + 1} is marked as alpha and "
                "hides pixels where it is 0; if it holds values, give --alpha-is-data"
            )
    return notes


def describe_absent(catalogue: Path, item: Json) -> list[str]:
    """Which files are not where the catalogue leads."""
    hrefs = {key: str(asset["href"]) for key, asset in _assets(item).items()}
    paths = {
        key: catalogue.parent / href for key, href in hrefs.items() if "://" not in href
    }
    return [
        f"asset '{key}': the service will look for {path}, which does not exist yet; "
        "--href says where the file is"
        for key, path in paths.items()
        if not path.exists()
    ]


def _assets(item: Json) -> dict[str, dict[str, list[str] | str]]:
    assets = item["assets"]
    assert isinstance(assets, dict)  # noqa: S101  as ingest makes it
    return assets
