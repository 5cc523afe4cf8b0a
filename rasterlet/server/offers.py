"""What is served: a catalogue as it is, or rasters whose Items are made.

Those Items reach the workers as a catalogue in a temporary folder, which is written
again when a file changes and removed in the end.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from raster_core.errors import RasterError, RequestError
from raster_core.sources.companion.siblings import siblings
from rasterlet.opening.documents import is_document, load_json, read_catalogue
from rasterlet.opening.places import EVERYWHERE, find_place
from rasterlet.plain import plain
from rasterlet.server.items import collect_items, local_hrefs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rasterlet.opening.places import Place


@dataclass(frozen=True, slots=True)
class Offer:
    """A catalogue to serve."""

    location: str
    """An absolute path, or a URL."""
    look: Callable[[], None]
    """Notice files that have changed."""
    allowed: tuple[str, ...] = ()
    """What hrefs may begin with; empty if that is for the operator to say."""


@contextlib.contextmanager
def make_offer(sources: Sequence[str]) -> Iterator[Offer]:
    """The catalogue of what a user names, as long as the context lasts.

    Args:
        sources: Paths and URLs of rasters, STAC Items, folders or catalogues. A
            catalogue that is alone is served as it is, and without any, the one that
            ``RASTERLET_CATALOG`` names.

    Raises:
        RasterError: If there is none, or it cannot be read.
    """
    places = list(map(find_place, sources or _find_named()))
    if len(places) == 1 and _is_catalogue(places[0], known=not sources):
        yield Offer(places[0].href, look=lambda: None)
        return
    with tempfile.TemporaryDirectory(prefix="rasterlet-") as folder:
        made = _Made(places, Path(folder) / "catalog.json")
        made.write()
        yield Offer(str(made.path), made.look, EVERYWHERE)


def _find_named() -> tuple[str]:
    named = os.environ.get("RASTERLET_CATALOG")
    if not named:
        raise RequestError(
            "There is nothing to serve: give rasters or a catalogue, such as "
            "rasterlet serve dem.tif, or name a catalogue in RASTERLET_CATALOG"
        )
    return (named,)


def _is_catalogue(place: Place, *, known: bool) -> bool:
    """Whether it is a catalogue, to serve as it is; refuses one that is invalid.

    Args:
        place: What the user named.
        known: Whether it was named as a catalogue. Then only the workers fetch it from
            where it is, with the rights that they have.
    """
    if place.path is None and known:
        return True
    if place.path is not None and place.path.is_dir():
        return False
    if not is_document(place) or "features" not in load_json(place):
        return False
    read_catalogue(place)
    return True


@dataclass(slots=True, eq=False)
class _Made:
    """A catalogue of rasters, and the state of their files when it was written."""

    places: Sequence[Place]
    path: Path
    states: dict[Path, object] = field(default_factory=dict)

    def write(self) -> None:
        items = collect_items(self.places)
        named = [place.path for place in self.places if place.path]
        watched = [*named, *map(Path, local_hrefs(items))]
        self.states = {file: _state(file) for file in watched}
        collection = {"type": "FeatureCollection", "features": items}
        # At once, since a worker may be reading it.
        partial = self.path.with_suffix(".new")
        partial.write_text(json.dumps(collection))
        partial.replace(self.path)

    def look(self) -> None:
        """Write it again if a file has changed, unless one cannot be read now."""
        states = {file: _state(file) for file in self.states}
        if states == self.states:
            return
        self.states = states
        try:
            self.write()
        except RasterError as error:
            print(plain(f"{error}; maps show what was there before"), file=sys.stderr)


def _state(path: Path) -> object:
    """What changes with a file, or with what stands beside it; None if it is gone."""
    beside = [Path(f"{path}{ending}") for ending in siblings(path)]
    try:
        found = [file.stat() for file in (path, *beside)]
    except OSError:
        return None
    return [(state.st_mtime_ns, state.st_size, state.st_ino) for state in found]
