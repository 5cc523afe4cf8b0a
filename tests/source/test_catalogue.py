"""The catalogue: what is read of an Item, and which hrefs are allowed."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING

import pytest

from raster_core.errors import NotFoundError, RequestError, SourceError
from raster_core.grid import Bounds
from raster_core.source.catalogue import (
    Catalogue,
    ItemError,
    RenderDefaults,
    parse_catalogue,
    resolve_href,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def document(sample: Path) -> dict[str, object]:
    return json.loads((sample / "catalog.json").read_text())


def parse(document: object) -> Catalogue:
    return parse_catalogue(json.dumps(document).encode(), "/data/catalog.json")


def test_the_sample_is_read_whole(document: dict[str, object]):
    catalogue = parse(document)

    landcover, elevation = catalogue.datasets.values()
    assert catalogue.faults == {}
    assert landcover.href == "/data/landcover_global_2019.tif"
    assert landcover.grid.shape == (3600, 7200)
    assert landcover.overviews == (2, 4, 8, 16)
    assert len(landcover.bands[0].classes) == 17
    assert landcover.bands[0].classes[1].color == "#05450a"
    assert elevation.rendering == RenderDefaults(1, (552.0, 3971.0), "terrain")
    assert elevation.bands[0].unit == "metre"
    assert elevation.bounds == pytest.approx(
        Bounds(-119.8003, 37.5007, -118.8802, 38.1006), abs=1e-3
    )


def test_an_unknown_dataset_is_not_found(document: dict[str, object]):
    with pytest.raises(NotFoundError, match="no dataset 'nowhere'"):
        parse(document).dataset("nowhere")


def test_a_band_beyond_the_last_is_the_callers_fault(document: dict[str, object]):
    with pytest.raises(RequestError, match="Band 2 is not one of 1 to 1"):
        parse(document).dataset("elevation").band(2)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"features": 1}', b"\xff"])
def test_what_is_no_catalogue_is_a_source_error(content: bytes):
    with pytest.raises(SourceError, match="not a collection of STAC Items"):
        parse_catalogue(content, "catalog.json")


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("assets", "data", "proj:shape"), None, "proj:shape is missing"),
        (("assets", "data", "bands"), None, "bands is missing"),
        (("assets", "data", "bands"), "x", "not a JSON array"),
        (("assets", "data", "proj:transform"), [1], ""),
        (("properties", "version"), None, "file:checksum is missing"),
        (("bbox",), [1, 2], ""),
        (("assets",), {}, ""),
        (("assets", "data", "href"), "../x.tif", "outside the allowed prefixes"),
        (("assets", "data", "href"), "https://a/%2e%2e/x", "'..' segments"),
        (("properties", "renders"), [], "not a JSON object"),
    ],
)
def test_a_bad_item_hides_no_other(
    document: dict[str, object], path: tuple[str, ...], value: object, fault: str
):
    broken = copy.deepcopy(document)
    *parents, last = path
    target = broken["features"][0]  # type: ignore[index]
    for parent in parents:
        target = target[parent]
    if value is None:
        del target[last]
    else:
        target[last] = value

    catalogue = parse(broken)

    assert list(catalogue.datasets) == ["elevation"]
    with pytest.raises(SourceError, match="'landcover' is not usable") as caught:
        catalogue.dataset("landcover")
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("href", "location", "allowed", "resolved"),
    [
        ("a.tif", "/data/c.json", ["/data"], "/data/a.tif"),
        ("./sub/../a.tif", "/data/c.json", ["/data"], "/data/a.tif"),
        ("a.tif", "c.json", ["."], "a.tif"),
        ("a.tif", "s3://b/p/c.json", ["s3://b/p"], "s3://b/p/a.tif"),
        ("a.tif", "https://h/p/c.json", ["https://h/p/"], "https://h/p/a.tif"),
        ("s3://b/x.tif", "/data/c.json", ["/data", "s3://b"], "s3://b/x.tif"),
    ],
)
def test_an_allowed_href_is_resolved(
    href: str, location: str, allowed: list[str], resolved: str
):
    assert resolve_href(href, location, allowed) == resolved


@pytest.mark.parametrize(
    ("href", "allowed"),
    [
        ("s3://bucket-two/x.tif", ["s3://bucket"]),
        ("s3://bucket/pub/../private/x.tif", ["s3://bucket/pub"]),
        ("s3://bucket/pub/%2E%2E/private/x.tif", ["s3://bucket/pub"]),
        ("../../etc/passwd", ["/data"]),
        ("/etc/passwd", ["/data"]),
        ("/vsicurl/http://host/x.tif", ["/data"]),
        ("http://169.254.169.254/latest", ["/data"]),
        ("/database/x.tif", ["/data"]),
        ("/data", ["/data"]),
        ("../x.tif", ["."]),
    ],
)
def test_any_other_href_is_refused(href: str, allowed: list[str]):
    with pytest.raises(ItemError, match="its href"):
        resolve_href(href, "/data/c.json" if allowed != ["."] else "c.json", allowed)
