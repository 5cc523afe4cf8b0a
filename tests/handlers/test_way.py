"""A request enters each room once, in the order that docs/architecture.md draws."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from handlers.catalogue.store import find_dataset
from handlers.drawing.tile import answer_tile
from handlers.http.answers import image_answer
from handlers.http.caching import conditional
from handlers.ows.key_values import read_key_values
from handlers.params.query import read_query
from handlers.statistics import get_statistics
from handlers.statistics import handler as handle_statistics
from handlers.tiles import get_tile
from handlers.tiles import handler as handle_tiles
from handlers.wmts import get_wmts
from handlers.wmts import handler as handle_wmts
from raster_core.drawing.image import open_image
from raster_core.drawing.resolve import forget_drawings, resolve_drawing
from raster_core.drawing.sources import resolve_source
from raster_core.drawing.style import choose_style
from raster_core.drawing.tile import draw_tile
from raster_core.layers.kinds import open_layer
from raster_core.tile.images.render import render_image
from raster_core.zonal.engine import zonal_statistics
from testing.client import LambdaContext, event

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

DOCS = Path(__file__).resolve().parents[2] / "docs" / "architecture.md"

# A function of each module of a room, so that the module is found wherever it stands.
DOORS = {
    "entry": (get_tile, get_statistics, get_wmts),
    "params": (read_key_values,),
    "catalogue": (find_dataset,),
    "resolve": (resolve_drawing, resolve_source, choose_style),
    "tag": (conditional,),
    "tile": (answer_tile, draw_tile, open_image),
    "open": (open_layer,),
    "draw": (render_image,),
    "count": (zonal_statistics,),
    "answer": (image_answer,),
}
ROOMS = {door.__module__: room for room, doors in DOORS.items() for door in doors}
PARAMS = read_query.__module__.rpartition(".")[0]

# What they call is a step of the request; what others call is their own affair.
CONDUCTORS = {None, "entry", "tag", "tile"}

TILE = "/datasets/landcover/tiles/4/8/5.png"
WMTS_TILE = urlencode(
    {
        "SERVICE": "WMTS",
        "REQUEST": "GetTile",
        "VERSION": "1.0.0",
        "LAYER": "landcover",
        "STYLE": "default",
        "FORMAT": "image/png",
        "TILEMATRIXSET": "GoogleMapsCompatible",
        "TILEMATRIX": "4",
        "TILEROW": "5",
        "TILECOL": "8",
    }
)

WAYS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "A tile": (handle_tiles, event("GET", TILE)),
    "A WMTS request": (handle_wmts, event("GET", "/wmts", WMTS_TILE)),
    "A statistic": (
        handle_statistics,
        event("GET", "/datasets/landcover/statistics", "bbox=10,45,12,47&stats=mean"),
    ),
}


class Follower:
    """Notes which rooms a thread enters; for ``sys.setprofile``."""

    def __init__(self) -> None:
        self.rooms: list[str] = []
        self.calls: Counter[str] = Counter()
        self._inside: list[str | None] = [None]

    def __call__(self, frame: FrameType, kind: str, _: object) -> None:
        if kind == "return":
            if len(self._inside) > 1:
                self._inside.pop()
        elif kind == "call":
            self._enter(frame)

    def _enter(self, frame: FrameType) -> None:
        around, room = self._inside[-1], _room_of(frame)
        self._inside.append(room or around)
        if room is None:
            return
        self.calls[frame.f_code.co_name] += 1
        if around in CONDUCTORS - {room} and self.rooms[-1:] != [room]:
            self.rooms.append(room)


def _room_of(frame: FrameType) -> str | None:
    """The room of a function; None for methods, and for what is in no room."""
    if not frame.f_code.co_qualname.isidentifier():
        return None
    module = frame.f_globals.get("__name__", "")
    return "params" if module.startswith(f"{PARAMS}.") else ROOMS.get(module)


def follow(way: str, headers: dict[str, str] | None = None) -> tuple[int, Follower]:
    """The status of a request, and where it went; all modules are loaded before."""
    handler, request = WAYS[way]
    handler(request, LambdaContext())
    forget_drawings()  # the first of a map's tiles resolves it, the others find it
    asked = {**request, "headers": request["headers"] | (headers or {})}
    follower = Follower()
    before = sys.getprofile()
    sys.setprofile(follower)
    try:
        answer = handler(asked, LambdaContext())
    finally:
        sys.setprofile(before)
    return answer["statusCode"], follower


def drawn(way: str) -> list[str]:
    """The way as the docs have it: ``**A tile**: entry → params → …``."""
    (line,) = (
        line for line in DOCS.read_text().splitlines() if line.startswith(f"**{way}**:")
    )
    return line.partition(": ")[2].split(" → ")


@pytest.mark.parametrize("way", WAYS)
def test_a_request_enters_each_room_once(way: str):
    status, follower = follow(way)

    assert status == 200
    assert follower.rooms == drawn(way)
    assert len(set(follower.rooms)) == len(follower.rooms)


@pytest.mark.parametrize("way", WAYS)
def test_a_request_is_resolved_and_opened_once(way: str):
    calls = follow(way)[1].calls

    assert calls["resolve_source"] == calls["open_layer"] == calls["conditional"] == 1
    assert calls["resolve_drawing"] == calls["choose_style"] == (way != "A statistic")


@pytest.mark.parametrize("way", WAYS)
def test_what_the_client_has_is_resolved_but_not_opened(way: str):
    status, follower = follow(way, {"if-none-match": "*"})

    assert status == 304
    assert follower.rooms == drawn(way)[: drawn(way).index("tag") + 1]
