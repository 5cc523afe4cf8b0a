"""Stages, mappings of custom domains and proxies: what they put before a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import meta, tiles, wmts
from handlers.http.prefixes import route_path
from handlers.routes import ROUTES
from testing.client import Answer, LambdaContext, event, read_answer

if TYPE_CHECKING:
    from collections.abc import Callable

BASE = "https://maps.example/geo/v1"

# Paths as gateways and proxies have been seen to send them for /datasets/grid at the
# address above, with the stage's name.
SEEN = [
    ("$default", "/geo/v1/datasets/grid"),
    ("$default", "/datasets/grid"),
    ("prod", "/geo/v1/datasets/grid"),
    ("prod", "/prod/datasets/grid"),
    ("prod", "/geo/v1/prod/datasets/grid"),
    ("prod", "/prod/geo/v1/datasets/grid"),
    ("prod", "/datasets/grid"),
]


def mapped(stage: str, path: str, query: str = "") -> dict[str, Any]:
    """The event of a mapping: the gateway has matched its route without the key."""
    request = event("GET", path, query, headers={"host": "maps.example"})
    request["routeKey"] = request["requestContext"]["routeKey"] = "GET /datasets/{id}"
    request["requestContext"] |= {
        "stage": stage,
        "domainName": "maps.example",
        "domainPrefix": "maps",
    }
    return request


def answer(handler: Callable[..., dict[str, Any]], request: dict[str, Any]) -> Answer:
    return read_answer(handler(request, LambdaContext()))


@pytest.fixture(params=["base", "hosts"])
def _seen(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to say where the service is seen."""
    if request.param == "base":
        monkeypatch.setenv("RASTERLET_BASE_URL", BASE)
    else:
        hosts = BASE.removeprefix("https://")
        monkeypatch.setenv("RASTERLET_ALLOWED_HOSTS", f"other.example {hosts}")


@pytest.mark.usefixtures("_seen")
@pytest.mark.parametrize(("stage", "path"), SEEN)
def test_the_base_path_of_a_custom_domain_is_in_links_and_routes(
    stage: str, path: str
) -> None:
    found = answer(meta.handler, mapped(stage, path))
    tilejson = answer(meta.handler, mapped(stage, f"{path}/tilejson.json"))
    tile = answer(tiles.handler, mapped(stage, f"{path}/tiles/7/67/45.png"))
    whole = path.replace("/datasets/grid", "/wmts")
    capabilities = answer(wmts.handler, mapped(stage, whole))

    assert found.json()["links"][0]["href"] == f"{BASE}/datasets/grid"
    (url,) = tilejson.json()["tiles"]
    assert url.startswith(f"{BASE}/datasets/grid/tiles/")
    assert tile.headers["content-type"] == "image/png"
    template = next(
        element.get("template")
        for element in ET.fromstring(capabilities.body).iter()  # noqa: S314  our own
        if element.get("template")
    )
    assert str(template).startswith(f"{BASE}/datasets/")


@pytest.mark.usefixtures("_seen")
def test_a_tile_by_keys_is_drawn_behind_a_prefix() -> None:
    query = (
        "SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=grid&STYLE=default&"
        "FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=7&TILEROW=45&"
        "TILECOL=67"
    )

    found = answer(wmts.handler, mapped("prod", "/geo/v1/wmts", query))

    assert found.headers["content-type"] == "image/png"


@pytest.mark.usefixtures("_seen")
@pytest.mark.parametrize(
    "path", ["/geo/v1/nowhere", "/geo/v2/datasets", "/geo/v1x/health"]
)
def test_other_paths_are_no_routes(path: str) -> None:
    found = answer(meta.handler, mapped("$default", path))

    assert found.status == 404


def test_a_host_that_is_not_listed_has_no_prefix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RASTERLET_ALLOWED_HOSTS", "other.example/geo/v1")

    assert answer(meta.handler, mapped("$default", "/geo/v1/health")).status == 404


prefixes = st.lists(
    st.sampled_from(["/a", "/a/a", "/b", "/datasets", "/prod", "/health", ""]),
    max_size=3,
)
paths = st.sampled_from(
    [route.path.replace("{", "").replace("}", "") for route in ROUTES]
)


@given(prefixes=prefixes, path=paths, order=st.randoms(use_true_random=False))
def test_any_prefix_is_taken_away_or_was_not_there(prefixes, path, order):
    shown = list(dict.fromkeys(prefixes))
    order.shuffle(shown)

    assert route_path(path, ["/a", "/b", "/prod"]) == path
    assert route_path("".join(shown) + path, prefixes) == path


def test_reading_a_path_takes_no_longer_than_its_prefixes() -> None:
    assert route_path("/a" * 5000, ["/a", "/a/a", "/a/a/a"]) == "/a" * 4994


@pytest.mark.parametrize(
    "broken",
    [{}, {"rawPath": 7}, {"requestContext": {"stage": 3}, "rawPath": "/"}],
)
def test_an_event_that_is_none_is_answered(broken: dict[str, Any]) -> None:
    assert answer(meta.handler, broken).status >= 400
