"""Change a catalogue's file: all of a change, or none of it, and no other's lost."""

from __future__ import annotations

import difflib
import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, cast

from raster_core.errors import NotFoundError, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from raster_core.documents import Json

    type Write = Callable[[bytes, str], None]
    """Gives a path its content, at once."""

try:
    from fcntl import LOCK_EX, flock
except ImportError:  # Windows, where the second look alone guards
    flock = None  # type: ignore[assignment]

# How often a change starts again because something else has written meanwhile.
_TRIES = 5

_EMPTY: Json = {"type": "FeatureCollection", "features": []}


class Put(NamedTuple):
    """What became of Items that were put into a catalogue."""

    added: list[str]
    """Ids that are new."""
    replaced: list[str]
    """Ids that were there."""


def put_items(path: Path, items: Sequence[Json], write: Write) -> Put:
    """Add Items to a catalogue, at its end, in place of those of the same ids.

    Args:
        path: The catalogue, which may not exist yet.
        items: Each with another id.
        write: How the file is written.

    Raises:
        RequestError: If the file is not a catalogue, or keeps being changed.
        OSError: If it cannot be read or written.
    """
    ids = [str(item["id"]) for item in items]

    def put(document: Json) -> Json:
        return {**document, "features": [*_without(document, ids), *items]}

    old = set(_ids(_change(path, put, write)))
    return Put([i for i in ids if i not in old], [i for i in ids if i in old])


def remove_items(path: Path, ids: Collection[str], write: Write) -> None:
    """Take Items out of a catalogue: all of them, or none if one is not there.

    Raises:
        RequestError: If the file is not a catalogue, has no Item of an id, or keeps
            being changed.
        OSError: If it cannot be read or written.
    """

    def remove(document: Json) -> Json:
        known = _ids(document)
        for item_id in ids:
            if item_id not in known:
                near = difflib.get_close_matches(item_id, known, n=1)
                hint = f"; did you mean '{near[0]}'?" if near else ""
                raise NotFoundError(f"'{path}' has no dataset '{item_id}'{hint}")
        return {**document, "features": _without(document, ids)}

    _change(path, remove, write)


def read_features(content: bytes | None, name: str) -> Json:
    """The catalogue in a file's content; an empty one if there is no file.

    Raises:
        RequestError: If it is not a collection.
    """
    if content is None:
        return _EMPTY
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"'{name}' is not JSON: {error}") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise RequestError(
            f"'{name}' is not a FeatureCollection of STAC Items; name another file"
        )
    return cast("Json", document)


def _change(path: Path, change: Callable[[Json], Json], write: Write) -> Json:
    """Write a catalogue as it is after a change; the result is what it was before."""
    with _locked(path.resolve().parent):
        for _ in range(_TRIES):
            content = _read(path)
            before = read_features(content, str(path))
            text = json.dumps(change(before), indent=2, ensure_ascii=False)
            if _read(path) == content:
                write(f"{text}\n".encode(), str(path))
                return before
    raise RequestError(f"'{path}' is being changed by another program; try again")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """A context that one process is in; the folder is locked, so no file is left."""
    if flock is None or not folder.is_dir():
        yield
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        flock(number, LOCK_EX)
        yield
    finally:
        os.close(number)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _ids(document: Json) -> list[str]:
    return [str(one.get("id")) for one in _features(document) if isinstance(one, dict)]


def _without(document: Json, ids: Collection[str]) -> list[object]:
    return [
        one
        for one in _features(document)
        if not (isinstance(one, dict) and str(one.get("id")) in ids)
    ]


def _features(document: Json) -> list[object]:
    features = document["features"]
    assert isinstance(features, list)  # noqa: S101  as read_features returns it
    return features
